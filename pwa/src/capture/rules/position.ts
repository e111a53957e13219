/** Which of two positions is the better one. */
import type { Fix } from '../../api/wire'

const STALE_MS = 10 * 60_000

export function toFix(coords: { longitude: number; latitude: number; accuracy: number }, timestamp: number): Fix {
  return {
    lng: Math.round(coords.longitude * 1e6) / 1e6,
    lat: Math.round(coords.latitude * 1e6) / 1e6,
    accuracy_m: Math.round(coords.accuracy * 10) / 10,
    fixed_at: new Date(timestamp).toISOString(),
    coord_sys: 'WGS-84',
  }
}

/** The more accurate one wins, unless the old one is from before the visit. */
export function isBetter(fix: Fix, known: Fix | null): boolean {
  if (!known) return true
  return fix.accuracy_m <= known.accuracy_m || Date.parse(fix.fixed_at) - Date.parse(known.fixed_at) > STALE_MS
}
