/** The shared cases of the vaccine forecast (schemas/cases/README.md). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Edition, Facts, GivenDose, Settings } from './model'
import { dosesOf } from './rules/doses'
import { forecast, nextDoses, type Child } from './rules/forecast'

interface Case {
  id: string
  child: Child
  settings?: Partial<Settings>
  facts?: Facts
  given: GivenDose[]
  asked: string
  expect: { doses?: ({ dose_id: string } & Record<string, unknown>)[]; validity?: string[]; absent?: string[] }
}
const schemas = new URL('../../../schemas/', import.meta.url)
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, schemas), 'utf-8'))
const files = ['immunization', 'immunization_catch_up', 'immunization_facts'].map(
  (name) => read(`cases/${name}.json`) as { edition: string; cases: Case[] },
)
const edition = read(`immunization/${files[0]?.edition ?? ''}.json`) as Edition

describe('the forecast', () => {
  it.each(files.flatMap((file) => file.cases.map((c) => [c.id, c] as const)))('%s', (_id, { child, settings, facts, given, asked, expect: expected }) => {
    const told = forecast(edition, child, given, asked, settings, facts)
    for (const want of expected.doses ?? []) expect(told.doses.find((d) => d.dose_id === want.dose_id)).toMatchObject(want)
    if (expected.validity) expect(told.validity).toEqual(expected.validity)
    for (const id of expected.absent ?? []) expect(told.doses.map((d) => d.dose_id)).not.toContain(id)
    // The order in which doses were written down changes nothing.
    expect(forecast(edition, child, [...given].reverse(), asked, settings, facts).doses).toEqual(told.doses)
  })
  it('tells a family the next dose of each series only', () => {
    const told = forecast(edition, { birth_date: '2026-01-15', sex: '2' }, [], '2026-03-15')
    const next = nextDoses(told.doses, '2026-03-15', 14).map((d) => d.dose_id)
    expect(next).toEqual(expect.arrayContaining(['HepB-1', 'BCG-1', 'Polio-1', 'DTaP-1']))
    expect(next).not.toContain('HepB-2')
  })
})

it('reads given doses from records, each once, and not from what was rejected', () => {
  const record = (key: string, answers: object, state = 'received') => ({ id: 'v', state, form: { key }, answers: answers as never })
  const bcg = { vacc_result: '1', vaccine_code: 'BCG', vacc_date: '2026-01-15' }
  expect(
    dosesOf([
      record('newborn_visit', { vacc_hepb1: '1', vacc_hepb1_date: '2026-01-15', vacc_bcg: '1', vacc_bcg_date: '2026-01-15' }),
      record('vaccination', bcg),
      record('vaccination', { ...bcg, vaccine_code: 'MMR' }, 'rejected'),
      record('vaccination', { vacc_result: '2', vaccine_code: 'IPV', vacc_date: '2026-03-15' }),
      record('htn_followup', { vaccine_code: 'X', vacc_date: '2026-01-01' }),
    ], 'child'),
  ).toEqual([{ vaccine: 'HepB', on: '2026-01-15' }, { vaccine: 'BCG', on: '2026-01-15' }])
})
