/** How far, as exact as one says it. */
import { words } from '../../locales/day'

export function distanceText(metres: number): string {
  const say = words.value.tour
  if (metres < 950) return say.metres(Math.max(10, Math.round(metres / 10) * 10))
  return say.kilometres((metres / 1000).toFixed(metres < 9950 ? 1 : 0))
}
