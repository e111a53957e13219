import { describe, expect, it } from 'vitest'
import type { SubmissionLine } from '../../api/wire'
import { afterLeaving, canSend, filterCount, neighbour, NO_FILTER, toQuery } from './queue'

const lines = ['a', 'b', 'c'].map((id) => ({ id }) as SubmissionLine)

describe('going through the list', () => {
  it.each([
    ['a', 1, 'b'],
    ['c', 1, 'c'],
    ['a', -1, 'a'],
    ['c', -1, 'b'],
    [null, 1, 'a'],
    ['gone', -1, 'a'],
  ] as const)('from %s by %i to %s', (from, step, to) => {
    expect(neighbour(lines, from, step)).toBe(to)
  })

  it('a decided line gives its place to the next one', () => {
    expect(afterLeaving(lines, 'b')).toBe('c')
    expect(afterLeaving(lines, 'c')).toBe('b')
    expect(afterLeaving(lines.slice(0, 1), 'a')).toBeNull()
    expect(neighbour([], null, 1)).toBeNull()
  })
})

describe('a filter', () => {
  it('is asked for as the server reads it', () => {
    const filter = { ...NO_FILTER, form: 'htn_followup', flagged: true, q: ' 王 ', from: '2026-03-01' }
    expect(toQuery(filter, 'x', 50)).toEqual({
      state: 'received', form: 'htn_followup', village: null, worker: null, flagged: 'true',
      from: '2026-03-01', to: null, q: '王', cursor: 'x', limit: 50,
    })
    expect(toQuery(NO_FILTER, null, 50)).toMatchObject({ flagged: null, q: null })
  })

  it('is counted without the state, and a period once', () => {
    expect(filterCount(NO_FILTER)).toBe(0)
    expect(filterCount({ ...NO_FILTER, state: 'approved', flagged: true, from: '2026-01-01', to: '2026-02-01' })).toBe(2)
  })
})

describe('sending back', () => {
  it.each([
    ['returned', [], '', false],
    ['returned', ['sbp'], '', true],
    ['returned', [], '请核对', true],
    ['rejected', ['sbp'], ' ', false],
    ['rejected', [], '重复上报', true],
  ] as const)('%s with %j and %j: %s', (verdict, fields, reason, allowed) => {
    expect(canSend(verdict, fields, reason)).toBe(allowed)
  })
})
