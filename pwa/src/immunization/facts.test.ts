import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Answers } from '../api/wire'
import { newbornId } from '../kernel/ids'
import type { Edition } from './model'
import { factsOf, type Told } from './rules/facts'
import { inForce } from './rules/edition'
import { forecast } from './rules/forecast'

const edition = JSON.parse(readFileSync(new URL('../../../schemas/immunization/2026.json', import.meta.url), 'utf-8')) as Edition
const NOTICE = '0197aaaa-0000-7000-8000-0000000000f1'
const twin = newbornId(NOTICE, 1)

function record(form: string, subject: string, visit_date: string, answers: object, state = 'received', id = 'v'): Told {
  return { id, state, form: { key: form }, subject: { id: subject }, visit_date, answers: answers as Answers }
}
const notice = record(
  'delivery_notice', 'mother', '2026-03-01',
  { mother_hbsag: '2', gest_weeks: 34, newborns: [{ birth_weight: 2.4 }, { birth_weight: 1.8 }] }, 'unsent', NOTICE,
)

it("knows of a twin what the mother's notice says: her answers and its own row", () => {
  expect(factsOf(edition, [notice], twin)).toMatchObject({ mother_hbsag: '2', gestation_weeks: 34, birth_weight_g: 1800 })
  expect(factsOf(edition, [notice], 'another child')).toEqual({ deferred: [], contraindicated: [] })
})

it('believes the later of two answers, and nothing that was rejected', () => {
  const visit = record('newborn_visit', twin, '2026-03-05', { mother_hbsag: '1', birth_weight: 1.95 })
  const rejected = record('newborn_visit', twin, '2026-03-06', { mother_hbsag: '3' }, 'rejected')
  expect(factsOf(edition, [rejected, visit, notice], twin)).toMatchObject({ mother_hbsag: '1', birth_weight_g: 1950 })
})

it('plans what was put off for the day until which it was put off, and nothing that must not be given', () => {
  const off = record('vaccination', 'c', '2026-03-15', { vacc_result: '2', vaccine_code: 'DTaP', vacc_date: '2026-03-15', defer_until: '2026-03-22', contraindication: ['1'] })
  const never = record('vaccination', 'c', '2026-09-15', { vacc_result: '3', vaccine_code: 'MMR', vacc_date: '2026-09-15', contraindication: ['4'] })
  const facts = factsOf(edition, [off, never], 'c')
  const plan = forecast(edition, { birth_date: '2026-01-15', sex: '1' }, [], '2026-03-15', {}, facts).doses
  const told = (id: string): unknown => plan.find((d) => d.dose_id === id)
  expect(told('DTaP-1')).toMatchObject({ due: '2026-03-22', status: 'upcoming', note: 'deferred' })
  expect(told('MMR-1')).toMatchObject({ due: null, status: 'not_needed', note: 'contraindicated' })
  expect(facts.immune_deficient).toBe(true)
  expect(told('JE-I-1')).toMatchObject({ status: 'upcoming' })
})

it('asks the edition in force, and before the first one began the first one', () => {
  const named = (effective_from: string, version: number): Edition => ({ ...edition, effective_from, version })
  const editions = [named('2028-01-01', 3), named('2026-06-17', 1), named('2026-06-17', 2)]
  const version = (day: string): number | undefined => inForce(editions, day)?.version
  expect(['2020-01-01', '2026-06-17', '2027-12-31', '2028-01-01'].map(version)).toEqual([2, 2, 2, 3])
  expect(inForce([], '2026-01-01')).toBeNull()
})
