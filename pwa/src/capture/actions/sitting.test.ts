import 'fake-indexeddb/auto'
import { beforeEach, expect, it } from 'vitest'
import { draft, newPhone, RESIDENT } from '../../../dev/phone_fixture'
import { readBundle } from '../../../dev/schemas'
import type { Fix } from '../../api/wire'
import type { FormBundle } from '../../forms/model'
import type { Home, Person } from '../../residents/model'
import { loadDraft, loadFinished } from '../../submissions/store'
import { begin, standing } from './begin'
import { db, holdVault, now, unlocked } from './phone'
import { finishedAt, noteFinished } from './sitting'
import { forgetWorld, world } from './world'

const HOUSE = '0197aaaa-0000-7000-8000-0000000000aa'
const SITTING = '0197aaaa-0000-7000-8000-0000000000bb'
const person = (id: string, household_id: string | null): Person =>
  ({ id, household_id, village_code: 'v1', status: '1', merged_into: null, birth_date: '1960-01-01', sex: '1', name: '', details: {}, programmes: [{ programme: 'hypertension', grade: null, since: '2024-01-01' }] }) as unknown as Person
const WIFE = RESIDENT.replace(/1$/, '2')
const NEIGHBOUR = RESIDENT.replace(/1$/, '3')
const forms = ['htn_followup', 'household_visit'].map((key) => readBundle(key) as FormBundle)

beforeEach(async () => {
  forgetWorld()
  holdVault((await newPhone()).vault)
  await db.drafts.clear()
  await db.facts.clear()
  world.value = {
    people: {
      areas: new Map(),
      households: new Map([[HOUSE, { id: HOUSE, village_code: 'v1', status: '1' } as unknown as Home]]),
      residents: new Map([person(RESIDENT, HOUSE), person(WIFE, HOUSE), person(NEIGHBOUR, null)].map((one) => [one.id, one])),
    },
    sites: new Map(), tasks: [], programmes: [], policies: [], holidays: [], edition: null, returned: [],
    offered: new Map(forms.map((b) => [b.form.key, b])),
    bundles: new Map(forms.map((b) => [`${b.form.key}|${String(b.form.version)}`, b])),
  }
})

async function begun(form: string, kind: 'resident' | 'household', id: string): ReturnType<typeof loadDraft> {
  const subject = { kind, id } as const
  return loadDraft(db, unlocked(), await begin({ form, subject, ...standing(subject) }))
}

const here = (): Fix => ({ lng: 116.5, lat: 30.4, accuracy_m: 8, fixed_at: new Date(now() - 60_000).toISOString(), coord_sys: 'WGS-84' })

it('the second form of a house knows day, mode, place and the sitting, and no measured value', async () => {
  const first = draft({ subject: { kind: 'resident', id: RESIDENT }, household_id: HOUSE, sitting_id: SITTING, form: { key: 'htn_followup', version: forms[0]?.form.version ?? 0 } })
  await noteFinished(first, { visit_date: '2026-05-05', visit_mode: '1', sbp: 150, weight: 70 }, here())
  const next = await begun('htn_followup', 'resident', WIFE)
  expect(next).toMatchObject({ sitting_id: SITTING, answers: { visit_date: '2026-05-05', visit_mode: '1' }, fix: { accuracy_m: 8 } })
  expect(next?.answers).not.toHaveProperty('sbp')
  expect(next?.answers).not.toHaveProperty('weight')
  expect(await begun('household_visit', 'household', HOUSE)).toMatchObject({ sitting_id: SITTING, answers: { visit_date: '2026-05-05' } })
})

it('the neighbour is another visit', async () => {
  const first = draft({ household_id: HOUSE, sitting_id: SITTING, form: { key: 'household_visit', version: 2 }, subject: { kind: 'household', id: HOUSE } })
  await noteFinished(first, { visit_date: '2026-05-05' }, here())
  const next = await begun('htn_followup', 'resident', NEIGHBOUR)
  expect(next?.sitting_id).not.toBe(SITTING)
  expect(next).toMatchObject({ fix: null })
  expect(next?.answers).not.toHaveProperty('visit_date')
})

it('a correction begins no sitting', async () => {
  await noteFinished(draft({ household_id: HOUSE, base: { submission_id: 's', version_id: 'v' } }), {}, null)
  expect(await finishedAt(HOUSE)).toEqual([])
})

it('is kept sealed, once a form, and forgotten after the sitting', async () => {
  const one = draft({ household_id: HOUSE, sitting_id: SITTING })
  await noteFinished(one, { sbp: 151 }, null)
  await noteFinished(one, { sbp: 152 }, null)
  expect((await loadFinished(db, unlocked())).map((form) => form.answers)).toEqual([{ sbp: 152 }])
  const raw = new TextDecoder('latin1').decode((await db.facts.get('sitting'))?.value as Uint8Array)
  expect(raw).not.toContain('sbp')
})
