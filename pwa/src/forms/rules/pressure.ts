/** Several readings of one sitting and what they come to. */
import type { Json } from '../../api/wire'

export interface MeanPressure {
  readonly sbp: number
  readonly dbp: number
  readonly count: number
  /** The first two lie more than 5 mmHg apart: a third is due. */
  readonly again: boolean
}

const APART = 5
const halfUp = (value: number): number => Math.floor(value + 0.5)

/** The mean of all complete readings, systolic and diastolic apart, rounded half up; null below two. */
export function meanPressure(rows: Json): MeanPressure | null {
  const readings = (Array.isArray(rows) ? rows : []).flatMap((row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return []
    const { sbp, dbp } = row
    return typeof sbp === 'number' && typeof dbp === 'number' ? [{ sbp, dbp }] : []
  })
  const [first, second] = readings
  if (!first || !second) return null
  const mean = (of: 'sbp' | 'dbp'): number => halfUp(readings.reduce((sum, one) => sum + one[of], 0) / readings.length)
  const apart = Math.abs(first.sbp - second.sbp) > APART || Math.abs(first.dbp - second.dbp) > APART
  return { sbp: mean('sbp'), dbp: mean('dbp'), count: readings.length, again: readings.length === 2 && apart }
}
