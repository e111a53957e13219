import { describe, expect, it } from 'vitest'
import type { FigureLine, Sum } from './model'
import { change, missing, percentText, points, reached, signed } from './rules'

const sum = (met: number, due: number): Sum => ({ met, due, percent: due === 0 ? null : Math.round((1000 * met) / due) / 10 })
const line = (now: Sum, before: Sum | null): FigureLine => ({ key: 'a', sum: now, target: 60, before, months: [] })

describe('figures', () => {
  it.each([
    [sum(60, 100), 60, 'reached'],
    [sum(54, 100), 60, 'near'],
    [sum(53, 100), 60, 'short'],
    [sum(0, 0), 60, 'none'],
    [sum(60, 100), null, 'none'],
  ] as const)('%o against %s is %s', (found, target, expected) => {
    expect(reached(found, target)).toBe(expected)
  })

  it('tell what changed since the day before', () => {
    expect(change(line(sum(5, 9), sum(3, 10)))).toEqual({ met: 2, due: -1 })
    expect(change(line(sum(5, 9), null))).toBeNull()
    expect([signed(3), signed(-2), signed(0)]).toEqual(['+3', '−2', ''])
  })

  it('never show more than everybody', () => {
    expect(percentText(sum(41, 40))).toBe('100.0%')
    expect(percentText(sum(0, 0))).toBe('—')
    expect(percentText(undefined)).toBe('—')
  })

  it('count how many are missing to the target', () => {
    expect(missing(sum(30, 100), 64)).toBe(34)
    expect(missing(sum(64, 100), 64)).toBe(0)
    expect(missing(sum(1, 3), 64)).toBe(1)
    expect(missing(sum(0, 0), 64)).toBe(0)
  })

  it('leave months without anybody out of the chart', () => {
    expect(points([sum(1, 2), null, sum(0, 0), sum(2, 2)], 400, 100)).toEqual([
      { month: 1, x: 50, y: 50, sum: sum(1, 2) },
      { month: 4, x: 350, y: 0, sum: sum(2, 2) },
    ])
  })
})
