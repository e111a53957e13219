import { describe, expect, it } from 'vitest'
import type { RosterLine, RosterState } from '../actions/rosters'
import { MOST_NAMED, UNTOUCHED, isTaken, peopleTaken, turned, type Choice } from './roster'

function line(number: number, state: RosterState): RosterLine {
  return { number, state, name: '李秀英', sex: '2', birth_date: '1956-03-02', village_code: null, household_no: null, doubts: [], others: [], earlier: null }
}

describe('what of a roster is written', () => {
  it('takes everybody new and nobody else by itself', () => {
    const taken = (['new', 'known', 'twice', 'wrong'] as const).map((state, i) => isTaken(line(i, state), UNTOUCHED))
    expect(taken).toEqual([true, false, false, false])
  })

  it('leaves a new row out, takes a known one after all, and back again', () => {
    let choice: Choice = turned(line(2, 'new'), UNTOUCHED)
    choice = turned(line(3, 'known'), choice)
    expect([isTaken(line(2, 'new'), choice), isTaken(line(3, 'known'), choice)]).toEqual([false, true])
    expect(peopleTaken(10, choice)).toBe(10)
    choice = turned(line(3, 'known'), turned(line(2, 'new'), choice))
    expect(choice).toEqual(UNTOUCHED)
  })

  it('never takes a row that cannot be read', () => {
    const wrong = line(4, 'wrong')
    expect(isTaken(wrong, turned(wrong, UNTOUCHED))).toBe(false)
  })

  it('names no more rows than the server takes', () => {
    let choice: Choice = UNTOUCHED
    for (let i = 0; i <= MOST_NAMED; i += 1) choice = turned(line(i, 'new'), choice)
    expect(choice.without.size).toBe(MOST_NAMED)
  })
})
