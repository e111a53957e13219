import { expect, it } from 'vitest'
import { parse } from '../route'
import { isBetter, toFix } from './position'

it('keeps the better position, unless it is from before the visit', () => {
  const fix = (accuracy: number, minute: number) => toFix({ longitude: 109.1234567, latitude: 27, accuracy }, Date.UTC(2026, 4, 6, 2, minute))
  expect(fix(12, 0).lng).toBe(109.123457)
  expect([isBetter(fix(50, 0), null), isBetter(fix(50, 1), fix(12, 0)), isBetter(fix(10, 1), fix(12, 0)), isBetter(fix(50, 30), fix(12, 0))]).toEqual([
    true, false, true, true,
  ])
})

it('reads addresses, and an unknown one is Today', () => {
  expect(parse('#/resident/abc')).toEqual({ screen: 'resident', id: 'abc' })
  expect(parse('#/nothing/1')).toEqual({ screen: 'today', id: '' })
  expect(parse('')).toEqual({ screen: 'today', id: '' })
})
