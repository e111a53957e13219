import { describe, expect, it } from 'vitest'
import { task } from '../../dev/phone_fixture'
import type { Programme } from './model'
import { byUrgency, dueState, inForce, overdueDays } from './rules/due'
import { newbornId } from '../kernel/ids'
import { formTypes } from '../forms/rules/compile'
import { readBundle, readProgramme } from '../../dev/schemas'
import { servicesInTime } from './rules/in_time'
import { plan } from './rules/plan'

const noPolicies = () => () => ({})
const window = { opens: '2026-05-01', closes: '2026-05-20' }

describe('tasks', () => {
  it.each([['2026-04-30', 'upcoming', 0], ['2026-05-01', 'due', 0], ['2026-05-20', 'due', 0], ['2026-05-21', 'overdue', 1]])('%s: %s', (day, state, days) => {
    expect(dueState(window, day)).toBe(state)
    expect(overdueDays(window, day)).toBe(days)
  })
  it('emergencies first, then referrals, then what closes first', () => {
    const [a, b, c, d] = [task({ closes: '2026-01-01' }), task({ escalation: 'E3' }), task({ referral: 'routine' }), task({ closes: '2025-01-01' })]
    expect([a, b, c, d].sort(byUrgency)).toEqual([b, c, d, a])
  })
  it('the version of the rules in force on a day, before the first one the first', () => {
    const of = (version: number, from: string) => ({ key: 'htn', version, effective_from: from }) as Programme
    const all = [of(2, '2026-06-01'), of(1, '2026-01-01')]
    expect(['2025-12-31', '2026-01-01', '2026-06-01'].map((day) => inForce(all, day)[0]?.version)).toEqual([1, 1, 2])
  })
  it('without rules nothing is planned', () => {
    expect(plan([], [], noPolicies, 'x', new Map(), '2026-05-06')).toEqual({ judgements: [], tasks: [] })
  })
  it('a delivery notice makes the mother’s visits hers and the child’s visits the child’s', () => {
    const services = servicesInTime(['postpartum', 'newborn'].map(readProgramme), (form) => {
      const bundle = readBundle(form)
      return bundle && formTypes(bundle)
    })
    const id = '01980000-0000-7000-8000-000000000001'
    const mother = { kind: 'resident' as const, id: 'mother', birth_date: '1996-08-20', sex: '2', programmes: [] }
    const child = { kind: 'resident' as const, id: newbornId(id, 0), birth_date: '2026-03-01', sex: '1', programmes: [] }
    const record = {
      submission_id: id, form: 'delivery_notice', visit_date: '2026-03-05', finalised_at: '2026-03-05T10:00:00+08:00',
      answers: {
        visit_date: '2026-03-05', delivery_date: '2026-03-01', delivery_place: '1', delivery_mode: '1', discharge_date: '2026-03-05', home_birth: false,
        mother_risks: ['0'], newborns: [{ sex: '1', birth_weight: 3.2, risks: ['0'], hepb1: '1', hepb1_date: '2026-03-01', bcg: '1', bcg_date: '2026-03-01' }],
      },
    }
    const concern = { household_id: null, village_code: 'v', open: [] }
    const planned = plan(
      services,
      [{ ...concern, subject: mother, records: [record] }, { ...concern, subject: child, records: [{ ...record, about: mother }] }],
      noPolicies, id, new Map(), '2026-03-05',
    )
    const made = planned.tasks.map((t) => `${t.service} ${t.subject.id === 'mother' ? 'mother' : 'child'}`).sort()
    expect(made).toEqual(['newborn child', 'newborn_full_month child', 'postpartum mother', 'postpartum_42d mother'])
  })
})
