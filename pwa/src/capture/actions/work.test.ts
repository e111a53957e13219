import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { RESIDENT, task } from '../../../dev/phone_fixture'
import { readBundle } from '../../../dev/schemas'
import type { Programme } from '../../followups/model'
import type { FormBundle } from '../../forms/model'
import type { Person } from '../../residents/model'
import type { Visit } from '../../submissions/model'
import { beginCorrection } from './begin'
import { doTask, formLacking, formsFor, openForm } from './work'
import { allServices, canShow, forgetWorld, world } from './world'

const resident = { id: RESIDENT, status: '1', birth_date: '1960-01-01', sex: '1', programmes: [{ programme: 'hypertension', grade: null, since: '2024-01-01' }] } as unknown as Person
const form = readBundle('htn_followup') as FormBundle
/** The same form with an expression of a later app. */
const newer: FormBundle = { ...form, form: { ...form.form, offer: 'bmi_category(resident_sex) == "1"' } }

function phoneWith(bundles: readonly FormBundle[]): void {
  world.value = {
    people: { areas: new Map(), households: new Map(), residents: new Map([[RESIDENT, resident]]) },
    sites: new Map(),
    tasks: [], programmes: [], policies: [], holidays: [], edition: null, returned: [],
    offered: new Map(bundles.map((b) => [b.form.key, b])),
    bundles: new Map(bundles.map((b) => [`${b.form.key}|${String(b.form.version)}`, b])),
  }
}

beforeEach(() => {
  forgetWorld()
  formLacking.value = false
})

describe('a tap on what this phone has no form for is answered', () => {
  it('a task whose form never came', async () => {
    phoneWith([])
    await doTask(task())
    expect(formLacking.value).toBe(true)
  })
  it('a task whose form is newer than the app', async () => {
    phoneWith([newer])
    await doTask(task())
    expect(formLacking.value).toBe(true)
  })
  it('a correction of a record whose form version is not here', async () => {
    phoneWith([form])
    const visit = { id: 'v', form: { key: 'htn_followup', version: 7 }, subject: { kind: 'resident', id: RESIDENT }, answers: {}, returned: null } as unknown as Visit
    await openForm(beginCorrection(visit))
    expect(formLacking.value).toBe(true)
  })
  it('any other trouble is not taken for it', async () => {
    await expect(openForm(Promise.reject(new Error('disk')))).rejects.toThrow('disk')
    expect(formLacking.value).toBe(false)
  })
})

it('a form newer than the app is not offered, and hinders no other', () => {
  phoneWith([newer])
  expect([canShow(newer), canShow(form), formsFor(resident)]).toEqual([false, true, []])
})

it('rules newer than the app leave the others, and every list, alive', () => {
  phoneWith([form])
  const service = (name: string, when: string) => ({
    service: name, title: { 'zh-CN': '', en: '' }, subject: 'resident' as const,
    on: { htn_followup: { rules: [{ id: 'R', when, opens: 'visit_date', due: 'visit_date', closes: 'visit_date', reason: { 'zh-CN': '', en: '' } }] } },
  })
  const programme: Programme = {
    key: 'p', version: 1, effective_from: '2026-01-01', title: { 'zh-CN': '', en: '' },
    services: [service('known', 'sbp > 140.0'), service('newer', 'frailty_index(sbp) > 2.0')],
  }
  if (world.value) world.value = { ...world.value, programmes: [programme] }
  expect(allServices().map((each) => each.key)).toEqual(['known'])
})
