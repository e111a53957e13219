import { describe, expect, it } from 'vitest'
import { readRoute, writeRoute } from './route'

const ID = '018f0000-03fc-7000-8000-000096771e93'

describe('the address of the desk', () => {
  it.each([
    ['', 'review', null],
    ['#/tasks', 'tasks', null],
    [`#/review/${ID}`, 'review', ID],
    ['#/nowhere', 'review', null],
    ['#/review/../../api', 'review', null],
    ['#/review/1', 'review', null],
  ] as const)('%s', (hash, place, id) => {
    expect(readRoute(hash)).toEqual({ place, id })
  })

  it('is written as it is read', () => {
    expect(readRoute(writeRoute({ place: 'people', id: ID }))).toEqual({ place: 'people', id: ID })
  })
})
