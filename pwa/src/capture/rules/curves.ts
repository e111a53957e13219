/** What was measured over time, ready to be drawn. Pure; the limits are the rules' own. */
import type { Day } from '../../api/wire'
import type { Parameters } from '../../followups/model'
import { ageYears } from '../../kernel/dates'
import type { Visit } from '../../submissions/model'

export type Measure = 'bp' | 'glucose' | 'weight'
export type Series = 'sbp' | 'dbp' | 'fbg' | 'kg'

export interface Reading {
  readonly day: Day
  readonly value: number
  /** At or over the limit of that day. */
  readonly above: boolean
}
export interface Line {
  readonly series: Series
  readonly readings: readonly Reading[]
  /** At or over it counts as not controlled, today. */
  readonly limit: number | null
}
export interface Curve {
  readonly measure: Measure
  readonly unit: string
  readonly lines: readonly Line[]
}

const FIELDS: Record<Series, { readonly field: string; readonly measure: Measure; readonly unit: string }> = {
  sbp: { field: 'sbp', measure: 'bp', unit: 'mmHg' },
  dbp: { field: 'dbp', measure: 'bp', unit: 'mmHg' },
  fbg: { field: 'fbg', measure: 'glucose', unit: 'mmol/L' },
  kg: { field: 'weight', measure: 'weight', unit: 'kg' },
}
const LEAST = 2

/** The programme whose rules say when a value is too high. Weight has no such rule. */
export const PROGRAMME_OF: Record<Measure, string | null> = { bp: 'hypertension', glucose: 'diabetes', weight: null }

function limitOf(series: Series, rules: Parameters, age: number | null): number | null {
  const number = (name: string): number | null => (typeof rules[name] === 'number' ? rules[name] : null)
  if (series === 'dbp') return number('limit_dbp')
  if (series === 'fbg') return number('limit_fbg')
  if (series !== 'sbp') return null
  const elderly = number('elderly_age')
  return age !== null && elderly !== null && age >= elderly ? (number('limit_sbp_elderly') ?? number('limit_sbp')) : number('limit_sbp')
}

/** What follow-ups count as a record that stands. */
const STANDING = (visit: Visit): boolean => visit.state !== 'rejected' && visit.state !== 'voided' && visit.state !== 'refused'

/**
 * @param limited which measures have limits for this resident: those of the programmes they are in
 * @param rules parameters of a programme on a day, the area's own word included
 */
export function curvesOf(
  visits: readonly Visit[],
  birth: Day,
  today: Day,
  limited: ReadonlySet<Measure>,
  rules: (measure: Measure, day: Day) => Parameters,
): Curve[] {
  const oldestFirst = visits.filter(STANDING).reverse()
  const line = (series: Series): Line => {
    const { field, measure } = FIELDS[series]
    const limitOn = (day: Day): number | null => (limited.has(measure) ? limitOf(series, rules(measure, day), birth === '' ? null : ageYears(birth, day)) : null)
    const readings = oldestFirst.flatMap(({ answers, visit_date }): Reading[] => {
      const value = answers[field]
      if (typeof value !== 'number') return []
      const limit = limitOn(visit_date)
      return [{ day: visit_date, value, above: limit !== null && value >= limit }]
    })
    return { series, readings, limit: limitOn(today) }
  }
  const lines = (Object.keys(FIELDS) as Series[]).map(line).filter(({ readings }) => readings.length >= LEAST)
  return (['bp', 'glucose', 'weight'] as const).flatMap((measure): Curve[] => {
    const own = lines.filter(({ series }) => FIELDS[series].measure === measure)
    return own[0] ? [{ measure, unit: FIELDS[own[0].series].unit, lines: own }] : []
  })
}

export interface Frame {
  readonly x: (day: Day) => number
  readonly y: (value: number) => number
  /** Round values for the grid, lowest first. */
  readonly ticks: readonly number[]
}

/** Fits a curve into a box: time across, values up, the limits always inside. */
export function frameOf(curve: Curve, width: number, height: number, margin: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }): Frame {
  const values = curve.lines.flatMap(({ readings, limit }) => [...readings.map(({ value }) => value), ...(limit === null ? [] : [limit])])
  const days = curve.lines.flatMap(({ readings }) => readings.map(({ day }) => Date.parse(day)))
  const [first, last] = [Math.min(...days), Math.max(...days)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const step = [0.5, 1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 4) ?? 100
  const [bottom, top] = [Math.floor(low / step) * step, Math.max(Math.ceil(high / step) * step, Math.floor(low / step) * step + step)]
  const [across, up] = [width - margin.left - margin.right, height - margin.top - margin.bottom]
  return {
    x: (day) => margin.left + (first === last ? across / 2 : ((Date.parse(day) - first) / (last - first)) * across),
    y: (value) => margin.top + (1 - (value - bottom) / (top - bottom)) * up,
    ticks: Array.from({ length: Math.round((top - bottom) / step) + 1 }, (_, i) => Math.round((bottom + i * step) * 10) / 10),
  }
}
