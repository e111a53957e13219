/** Where the desk is, kept in the address after `#`. */
import { ref } from 'vue'

export type Place = 'review' | 'credibility' | 'audits' | 'map' | 'tasks' | 'clinic' | 'people' | 'identity' | 'devices' | 'quarantine' | 'reminders' | 'figures' | 'exports' | 'forms'
export const PLACES: readonly Place[] = ['review', 'credibility', 'audits', 'map', 'tasks', 'clinic', 'people', 'identity', 'devices', 'quarantine', 'reminders', 'figures', 'exports', 'forms']

export interface Route {
  readonly place: Place
  /** The submission or resident that is open. */
  readonly id: string | null
}

export function readRoute(hash: string): Route {
  const [, name = '', id = ''] = /^#?\/([a-z]+)(?:\/([0-9a-f-]{36}))?$/.exec(hash) ?? []
  const place = PLACES.find((each) => each === name) ?? 'review'
  return { place, id: id === '' ? null : id }
}

export function writeRoute({ place, id }: Route): string {
  return id === null ? `#/${place}` : `#/${place}/${id}`
}

export const route = ref<Route>({ place: 'review', id: null })

/** Called once, when the desk opens. */
export function followAddress(): void {
  const follow = (): void => {
    route.value = readRoute(location.hash)
  }
  addEventListener('hashchange', follow)
  follow()
}

/**
 * Going through a list replaces the address: "back" leaves the list, not its last line. A list that comes, or a
 * decision that is answered, after somebody has left the screen does not fetch them back.
 */
export function go(next: Route, how: 'push' | 'replace' = 'push'): void {
  const hash = writeRoute(next)
  if (how === 'push') location.hash = hash
  else if (readRoute(location.hash).place === next.place) {
    history.replaceState(null, '', hash)
    route.value = next
  }
}
