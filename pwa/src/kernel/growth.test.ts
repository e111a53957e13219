/** Growth references; the values are shared cases (schemas/cases/growth.json). */
import { expect, it } from 'vitest'
import { growthCovers, growthZ } from './growth'

it('has no score without a reference', () => {
  expect(() => growthZ('hcfa', '1', 1857, 50)).toThrow('no growth reference')
  expect(() => growthZ('wfa', '9', 10, 3)).toThrow('no growth reference')
  expect(growthCovers('wfa', '1', Number.NaN)).toBe(false)
})

it('gives a number for whatever was typed', () => {
  for (const value of [-5, 0, 0.001, 400, 1e9]) expect(Number.isFinite(growthZ('wfa', '1', 365, value))).toBe(true)
})
