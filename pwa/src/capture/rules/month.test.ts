import { describe, expect, it } from 'vitest'
import { task } from '../../../dev/phone_fixture'
import type { Answers, Task } from '../../api/wire'
import type { FormInfo } from '../../forms/model'
import type { Home } from '../../residents/model'
import type { Visit } from '../../submissions/model'
import { figuresOf, monthOf } from './month'

const TODAY = '2026-05-20'
const text = { 'zh-CN': '', en: '' }
const FORMS: Record<string, FormInfo> = {
  htn_followup: { key: 'htn_followup', version: 1, title: text, subject: 'resident', service: 'hypertension', visit_date: 'd', visit_mode: 'visit_mode', visit_outcome: 'visit_outcome', source: 'spec' },
  household_visit: { key: 'household_visit', version: 2, title: text, subject: 'household', service: 'household_visit', visit_date: 'd', source: 'spec' },
}
const home = (id: string, status = '1'): Home => ({ id, no: '', village_code: '', address: '', group_name: null, head_name: '', phone: null, place: null, status, responsible_worker_id: null, details: {} })
const visit = (form: string, subject: string, visit_date: string, answers: Answers, state: Visit['state'] = 'received'): Visit => ({
  id: `${form} ${subject} ${visit_date}`, version_id: '', form: { key: form, version: 1 }, subject: { kind: form === 'household_visit' ? 'household' : 'resident', id: subject },
  household_id: null, visit_date, finalised_at: visit_date, worker_id: 'w', state, answers, confirmed: [], returned: null, receipt: null,
})
const met = { visit_mode: '2', visit_outcome: '1' }
const figures = (visits: Visit[], tasks: Task[] = []): ReturnType<typeof figuresOf> =>
  figuresOf(
    { visits, tasks, households: [home('h1'), home('h2', '2'), home('h3'), home('h9', '3')], info: (form) => FORMS[form.key] ?? null, houseOf: (v) => (v.subject.kind === 'household' ? v.subject.id : ({ r1: 'h1', r2: 'h1', r3: 'h2' }[v.subject.id] ?? null)) },
    monthOf(TODAY),
    TODAY,
  )

describe('the own month', () => {
  it('one house on one day is one visit, whatever was done there', () => {
    const day = [visit('htn_followup', 'r1', '2026-05-06', met), visit('htn_followup', 'r2', '2026-05-06', met), visit('household_visit', 'h1', '2026-05-06', { visit_result: '1' })]
    expect(figures(day)).toMatchObject({ visits: 1, records: { all: 3, home: 2 } })
    expect(figures([...day, visit('htn_followup', 'r1', '2026-05-07', met)]).visits).toBe(2)
  })
  it.each<[string, Visit]>([
    ['nobody was met', visit('htn_followup', 'r1', '2026-05-06', { visit_mode: '2', visit_outcome: '2' })],
    ['by phone', visit('htn_followup', 'r1', '2026-05-06', { visit_mode: '3', visit_outcome: '1' })],
    ['in the clinic', visit('bp_reading', 'r1', '2026-05-06', { scene: '1' })],
    ['the house was empty', visit('household_visit', 'h1', '2026-05-06', { visit_result: '2' })],
    ['rejected by the township', visit('htn_followup', 'r1', '2026-05-06', met, 'rejected')],
    ['refused by the server', visit('htn_followup', 'r1', '2026-05-06', met, 'refused')],
  ])('is no visit to a house: %s', (_why, one) => {
    expect(figures([one])).toMatchObject({ visits: 0, households: { met: 0 } })
  })
  it('a blood pressure measured at home is one', () => {
    expect(figures([visit('bp_reading', 'r1', '2026-05-06', { scene: '2' })]).visits).toBe(1)
  })
  it('the quarter counts houses that are still visited, from its first day on', () => {
    const visits = [
      visit('household_visit', 'h1', '2026-04-01', { visit_result: '1' }), visit('household_visit', 'h1', '2026-05-01', { visit_result: '1' }),
      visit('htn_followup', 'r3', '2026-04-30', met), visit('household_visit', 'h3', '2026-03-31', { visit_result: '1' }), visit('household_visit', 'h9', '2026-05-02', { visit_result: '1' }),
    ]
    expect(figures(visits)).toMatchObject({ visits: 2, households: { met: 2, all: 3 } })
  })
  it('of the tasks whose last day is over, those that are done', () => {
    const of = (closes: string, state: Task['state']): Task => task({ opens: '2026-01-01', due: closes, closes, state })
    const tasks = [of('2026-05-01', 'completed'), of('2026-05-19', 'requested'), of('2026-05-20', 'requested'), of('2026-04-30', 'failed'), of('2026-05-02', 'cancelled'), of('2026-05-03', 'failed')]
    expect(figures([], tasks).tasks).toEqual({ done: 1, all: 3 })
  })
  it('what is asked about the own records, once the server tells of it', () => {
    const plain = visit('htn_followup', 'r1', '2026-05-06', met)
    const flag = { kind: 'far_from_home', text, evidence: {} }
    expect(figures([plain]).asked).toBeNull()
    expect(figures([{ ...plain, flags: [] }]).asked).toEqual([])
    expect(figures([{ ...plain, flags: [flag] }, { ...visit('htn_followup', 'r2', '2026-04-30', met), flags: [flag] }]).asked?.map((v) => v.subject.id)).toEqual(['r1'])
  })
  it('what waits for a correction', () => {
    expect(figures([visit('htn_followup', 'r1', '2026-05-06', met, 'returned')])).toMatchObject({ returned: 1, visits: 1 })
  })
})
