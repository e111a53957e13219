import { describe, expect, it } from 'vitest'
import type { Answers } from '../../api/wire'
import type { Parameters } from '../../followups/model'
import type { Visit } from '../../submissions/model'
import { curvesOf, frameOf, type Measure } from './curves'

const RULES: Parameters = { limit_sbp: 140, limit_sbp_elderly: 150, limit_dbp: 90, elderly_age: 65, limit_fbg: 7 }
const visit = (visit_date: string, answers: Answers, state: Visit['state'] = 'received'): Visit => ({
  id: visit_date, version_id: '', form: { key: 'htn_followup', version: 1 }, subject: { kind: 'resident', id: 'r' }, household_id: null, visit_date,
  finalised_at: visit_date, worker_id: '', state, answers, confirmed: [], returned: null, receipt: null,
})
/** Newest first, as the history is read. */
const VISITS = [
  visit('2026-05-06', { sbp: 145, dbp: 88, weight: 61.5 }), visit('2026-03-01', { sbp: 190, dbp: 120 }, 'rejected'), visit('2026-02-06', { sbp: 148, dbp: 92, weight: 62 }),
  visit('2025-11-06', { sbp: 145, dbp: 80, fbg: 7.1 }), visit('2025-08-01', { visit_outcome: '2' }),
]
const all: ReadonlySet<Measure> = new Set(['bp', 'glucose', 'weight'] as const)
const of = (birth: string, limited = all): ReturnType<typeof curvesOf> => curvesOf(VISITS, birth, '2026-05-06', limited, () => RULES)

describe('the curves of a resident', () => {
  it('oldest first, of standing records, where there are two at least', () => {
    const [bp, weight] = of('1960-03-01')
    expect(bp?.lines.map((line) => [line.series, line.readings.map((r) => r.value)])).toEqual([['sbp', [145, 148, 145]], ['dbp', [80, 92, 88]]])
    expect(weight).toMatchObject({ measure: 'weight', unit: 'kg', lines: [{ limit: null }] })
    expect(of('1960-03-01').map((curve) => curve.measure)).toEqual(['bp', 'weight'])
  })
  it.each([
    ['1960-05-07', 150, [false, false, false], 'past 65: 150'],
    ['1970-01-01', 140, [true, true, true], 'under 65: 140'],
    ['1961-03-01', 150, [true, true, false], 'turned 65 in between: each day its own limit'],
  ])('limits are those of the rules on the day: born %s', (birth, limit, above) => {
    const line = of(birth)[0]?.lines[0]
    expect(line?.limit).toBe(limit)
    expect(line?.readings.map((r) => r.above)).toEqual(above)
  })
  it('whoever is in no programme has no limit', () => {
    expect(of('1970-01-01', new Set())[0]?.lines[0]).toMatchObject({ limit: null, readings: [{ above: false }, { above: false }, { above: false }] })
  })
  it('the frame holds every value and the limit', () => {
    const [bp] = of('1970-01-01')
    if (!bp) throw new Error('no curve')
    const frame = frameOf(bp, 300, 200, { left: 30, top: 10, right: 10, bottom: 20 })
    expect(frame.ticks).toEqual([80, 100, 120, 140, 160])
    expect([frame.x('2025-11-06'), frame.x('2026-05-06'), frame.y(80), frame.y(160)]).toEqual([30, 290, 180, 10])
  })
})
