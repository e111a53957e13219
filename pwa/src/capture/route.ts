/** The address behind `#`: which screen, and of what. */
import { ref } from 'vue'
import type { Subject } from '../api/wire'

export type Screen = 'today' | 'people' | 'households' | 'resident' | 'household' | 'village' | 'site' | 'form' | 'done' | 'outbox' | 'settings' | 'check' | 'tour' | 'round' | 'month'
export interface Route {
  readonly screen: Screen
  readonly id: string
}

const SCREENS: readonly string[] = ['today', 'people', 'households', 'resident', 'household', 'village', 'site', 'form', 'done', 'outbox', 'settings', 'check', 'tour', 'round', 'month']

export function parse(hash: string): Route {
  const [screen = '', id = ''] = hash.replace(/^#\/?/, '').split('/')
  return SCREENS.includes(screen) ? { screen: screen as Screen, id: decodeURIComponent(id) } : { screen: 'today', id: '' }
}

export function href(screen: Screen, id = ''): string {
  return id ? `#/${screen}/${encodeURIComponent(id)}` : `#/${screen}`
}

/** The screen of a subject. */
export function screenOf(kind: Subject['kind']): Screen {
  return kind === 'area' ? 'village' : kind
}

export const route = ref<Route>(parse(typeof location === 'undefined' ? '' : location.hash))

export function followAddress(): void {
  window.addEventListener('hashchange', show)
}

/** The screen of the address. Not waited for where we set it ourselves: the browser tells of it a moment later. */
function show(): void {
  const { screen, id } = parse(location.hash)
  if (route.value.screen === screen && route.value.id === id) return
  route.value = { screen, id }
  window.scrollTo(0, 0)
}

export function goto(screen: Screen, id = ''): void {
  location.hash = href(screen, id)
  show()
}

/** Leaves this address out of the way back: what was here is over. */
export function replace(screen: Screen, id = ''): void {
  location.replace(href(screen, id))
  show()
}

export function back(): void {
  if (history.length > 1) history.back()
  else goto('today')
}
