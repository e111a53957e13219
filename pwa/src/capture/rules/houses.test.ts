import { describe, expect, it } from 'vitest'
import { task } from '../../../dev/phone_fixture'
import type { Subject } from '../../api/wire'
import type { Home, People, Person } from '../../residents/model'
import { housesOf, nearestFirst, placed } from './houses'
import type { Stop } from './today'

const home = (id: string, no: string, lng: number | null, village_code = 'v1'): Home => ({
  id, no, village_code, address: '', group_name: null, head_name: '', phone: null, place: lng === null ? null : { lng, lat: 30 }, status: '1', responsible_worker_id: null, details: {},
})
const homes = [home('h1', '2', 116.001), home('h2', '10', 116.003), home('h3', '1', null), home('h4', '1', 116.002, 'v2')]
const people: People = {
  areas: new Map(),
  households: new Map(homes.map((one) => [one.id, one])),
  residents: new Map([['r1', { id: 'r1', household_id: 'h1' } as Person], ['r2', { id: 'r2', household_id: null } as Person]]),
}
const stop = (key: string, subject: Subject): Stop => ({ key, section: 'week', tasks: [task({ id: key, subject, household_id: null })] })
const stops = [
  stop('a', { kind: 'household', id: 'h2' }), stop('b', { kind: 'resident', id: 'r1' }), stop('c', { kind: 'household', id: 'h1' }),
  stop('d', { kind: 'resident', id: 'r2' }), stop('e', { kind: 'area', id: 'v1' }), stop('f', { kind: 'household', id: 'h3' }), stop('g', { kind: 'household', id: 'h4' }),
]

describe('a day by house', () => {
  it('puts the lines of one door together, in the order of the most pressing one', () => {
    expect(housesOf(stops, people).map((one) => [one.home.id, one.stops.map((s) => s.key).join('')])).toEqual([['h2', 'a'], ['h1', 'bc'], ['h3', 'f'], ['h4', 'g']])
  })
  it('says which doors nobody has put on the map', () => {
    expect(placed(housesOf(stops, people)).unknown.map((one) => one.home.id)).toEqual(['h3'])
  })
  it('begins with the nearest; without a position goes along village and number', () => {
    const { known } = placed(housesOf(stops, people))
    expect(nearestFirst(known, { lng: 116.0031, lat: 30 }).map((one) => one.home.id)).toEqual(['h2', 'h4', 'h1'])
    expect(nearestFirst(known, null).map((one) => one.home.id)).toEqual(['h1', 'h2', 'h4'])
  })
})
