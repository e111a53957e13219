/** The lines of a day put together by house: one goes to a door, not to a task. */
import type { Point } from '../../geo/rules'
import type { Home, People } from '../../residents/model'
import type { Section, Stop } from './today'
import { metresBetween } from './tour'

export interface House {
  readonly home: Home
  /** The most pressing first. */
  readonly stops: readonly Stop[]
}
export interface PlacedHouse extends House {
  readonly place: Point
}

function homeOf(stop: Stop, people: People): Home | null {
  const { subject, household_id } = stop.tasks[0]
  const resident = subject.kind === 'resident' ? people.residents.get(subject.id) : undefined
  const id = subject.kind === 'household' ? subject.id : (resident?.household_id ?? household_id)
  return id === null ? null : (people.households.get(id) ?? null)
}

/** In the order of their most pressing line; lines of nobody's house are left out. */
export function housesOf(stops: readonly Stop[], people: People): House[] {
  const byHome = new Map<Home, Stop[]>()
  for (const stop of stops) {
    const home = homeOf(stop, people)
    if (!home) continue
    const known = byHome.get(home)
    if (known) known.push(stop)
    else byHome.set(home, [stop])
  }
  return [...byHome].map(([home, own]) => ({ home, stops: own }))
}

/** Houses whose door is on the map, and the others. */
export function placed(houses: readonly House[]): { readonly known: PlacedHouse[]; readonly unknown: House[] } {
  const known: PlacedHouse[] = []
  const unknown: House[] = []
  for (const house of houses) {
    if (house.home.place) known.push({ ...house, place: house.home.place })
    else unknown.push(house)
  }
  return { known, unknown }
}

/** The nearest first; without a position by village and number, as one walks along a street. */
export function nearestFirst(houses: readonly PlacedHouse[], here: Point | null): PlacedHouse[] {
  if (here) {
    const far = new Map(houses.map((house) => [house, metresBetween(here, house.place)]))
    return [...houses].sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0))
  }
  const number = new Intl.Collator('zh-CN', { numeric: true })
  return [...houses].sort((a, b) => (a.home.village_code < b.home.village_code ? -1 : a.home.village_code > b.home.village_code ? 1 : number.compare(a.home.no, b.home.no)))
}

/** What one goes out for. */
export const OUT: readonly Section[] = ['urgent', 'birth', 'overdue', 'week']
/** What one does besides, where one is anyway. */
export const BESIDES: readonly Section[] = [...OUT, 'households', 'round', 'early', 'catch_up']
