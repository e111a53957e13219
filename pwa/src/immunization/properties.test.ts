/** What every forecast must keep to, whatever was given (the same as `tests/unit/immunization`). */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addDays, daysBetween } from '../kernel/dates'
import type { Edition, Forecast, GivenDose, Place } from './model'
import { forecast } from './rules/forecast'
import { after } from './rules/placing'

const edition = JSON.parse(readFileSync(new URL('../../../schemas/immunization/2026.json', import.meta.url), 'utf-8')) as Edition
const BORN = '2022-05-20'
const live = new Set(edition.vaccines.filter((v) => v.live_injectable).map((v) => v.code))
const codes = edition.vaccines.map((v) => v.code)
const day = (from: string): fc.Arbitrary<string> => fc.integer({ min: 0, max: 2900 }).map((days) => addDays(from, days))
const history = fc.record({
  asked: day(BORN),
  given: fc.array(fc.record({ vaccine: fc.constantFrom(...codes), on: day(BORN) }), { maxLength: 14 }),
})

function plan(given: readonly GivenDose[], asked: string): Map<string, Forecast> {
  const byThen = given.filter((dose) => dose.on <= asked)
  return new Map(forecast(edition, { birth_date: BORN, sex: '2' }, byThen, asked).doses.map((d) => [d.dose_id, d]))
}
function placeOf(dose: Forecast): Place {
  const found = edition.series.flatMap((s) => (s.series === dose.series ? s.doses : [])).filter((p) => p.dose_id === dose.dose_id)
  // HepB and polio have several tables; the last one is everybody's.
  const last = found.at(-1)
  if (!last) throw new Error(`${dose.dose_id} stands in no table`)
  return last
}

it('plans no dose before its age or its interval', () => {
  fc.assert(
    fc.property(history, ({ given, asked }) => {
      const doses = [...plan(given, asked).values()]
      for (const dose of doses) {
        const place = placeOf(dose)
        if (dose.due === null || place.catch_up_min_age || dose.series === 'DT') continue
        expect(dose.due >= after(BORN, place.min_age)).toBe(true)
        const before = doses.find((d) => d.series === dose.series && d.no === dose.no - 1)
        const last = before?.given_on ?? before?.due
        if (last && place.min_interval) expect(dose.due >= after(last, place.min_interval)).toBe(true)
      }
    }),
  )
})

it('keeps live injectables that are still to come 0 or at least 28 days apart, from each other and from given ones', () => {
  fc.assert(
    fc.property(history, ({ given, asked }) => {
      const told = [...plan(given, asked).values()].filter((d) => live.has(d.vaccine) && d.status === 'upcoming')
      const coming = told.flatMap((d) => d.due ?? [])
      const before = given.filter((d) => live.has(d.vaccine) && d.on <= asked).map((d) => d.on)
      for (const one of coming) {
        for (const other of [...coming, ...before]) {
          const apart = Math.abs(daysBetween(one, other))
          expect(apart === 0 || apart >= 28).toBe(true)
        }
      }
    }),
  )
})

it('plans the same whatever the order of the records', () => {
  fc.assert(
    fc.property(history.chain(({ given, asked }) => fc.record({ given: fc.constant(given), asked: fc.constant(asked), other: fc.shuffledSubarray(given, { minLength: given.length }) })), ({ given, asked, other }) => {
      expect(plan(other, asked)).toEqual(plan(given, asked))
    }),
  )
})

it('moves no dose of another series earlier for one dose more', () => {
  fc.assert(
    fc.property(history, fc.constantFrom(...codes), ({ given, asked }, vaccine) => {
      const [known, more] = [plan(given, asked), plan([...given, { vaccine, on: asked }], asked)]
      const own = edition.series.filter((s) => edition.vaccines.find((v) => v.code === vaccine)?.components.some((c) => c === s.series || c in (s.requires ?? {})))
      for (const dose of known.values()) {
        const due = more.get(dose.dose_id)?.due
        // Live ones are planned together, so one fewer to come may free the others.
        if (own.some((s) => s.series === dose.series) || live.has(dose.vaccine) || dose.due === null || !due) continue
        expect(due >= dose.due).toBe(true)
      }
    }),
  )
})
