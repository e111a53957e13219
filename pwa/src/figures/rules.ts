/** How figures are read: reached or not, what changed, and the points of a chart. */
import type { FigureLine, Sum } from './model'

export type Reached = 'reached' | 'near' | 'short' | 'none'

/** A tenth below the target is still near it. */
const NEAR = 0.9

export function reached(sum: Sum, target: number | null): Reached {
  if (sum.percent === null || target === null) return 'none'
  if (sum.percent >= target) return 'reached'
  return sum.percent >= target * NEAR ? 'near' : 'short'
}

/** How many more are above the line than at the end of the day before, and how many more below it. */
export function change(line: FigureLine): { met: number; due: number } | null {
  if (line.before === null) return null
  return { met: line.sum.met - line.before.met, due: line.sum.due - line.before.due }
}

/** `+3`, `-1`; nothing for no change. */
export function signed(number: number): string {
  return number === 0 ? '' : number > 0 ? `+${number}` : `−${-number}`
}

/** With one decimal; a rate can be above 100 where mothers are told over births, and is shown as 100. */
export function percentText(sum: Sum | null | undefined): string {
  return sum?.percent == null ? '—' : `${Math.min(100, sum.percent).toFixed(1)}%`
}

/** How many more are needed to reach the target. */
export function missing(sum: Sum, target: number | null): number {
  if (target === null || sum.due === 0) return 0
  return Math.max(0, Math.ceil((target * sum.due) / 100 - 1e-9) - sum.met)
}

export interface Point { month: number; x: number; y: number; sum: Sum }

/** The months of a year on a plane of `width` by `height`; 0 % is at the bottom, 100 % at the top. */
export function points(months: readonly (Sum | null)[], width: number, height: number): Point[] {
  const step = width / months.length
  return months.flatMap((sum, index) =>
    sum?.percent == null ? [] : [{ month: index + 1, x: step * (index + 0.5), y: height * (1 - Math.min(100, sum.percent) / 100), sum }],
  )
}
