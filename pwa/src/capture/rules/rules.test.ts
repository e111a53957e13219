import { describe, expect, it } from 'vitest'
import { draft, task } from '../../../dev/phone_fixture'
import type { Item } from '../../forms/model'
import type { Home, People, Person } from '../../residents/model'
import { parse } from '../route'
import { confirmedPaths, getAt, setAt, signatureOf, withoutRow } from './draft'
import { pairPressure } from './layout'
import { isBetter, toFix } from './position'
import { dayOf, formFor } from './today'

describe('the day of a doctor', () => {
  const people: People = {
    areas: new Map(),
    households: new Map([['h', { id: 'h', status: '1' } as Home], ['gone', { id: 'gone', status: '3' } as Home]]),
    residents: new Map([['r', { id: 'r', status: '1', merged_into: null } as Person], ['dead', { id: 'dead', status: '4', merged_into: null } as Person]]),
  }
  const of = (id: string, opens: string, closes: string, over = {}) => task({ id, subject: { kind: 'resident', id: 'r' }, opens, closes, ...over })
  const tasks = [
    of('overdue', '2026-04-01', '2026-05-05'),
    of('due', '2026-05-01', '2026-05-06'),
    of('soon', '2026-05-10', '2026-05-30'),
    of('far', '2026-08-01', '2026-08-30'),
    of('urgent', '2026-05-07', '2026-05-20', { escalation: 'E3' }),
    of('done', '2026-04-01', '2026-05-05', { state: 'completed' }),
    of('dead', '2026-04-01', '2026-05-05', { subject: { kind: 'resident', id: 'dead' } }),
    of('house', '2026-04-01', '2026-06-30', { subject: { kind: 'household', id: 'h' }, service: 'household_visit' }),
    of('left', '2026-04-01', '2026-06-30', { subject: { kind: 'household', id: 'gone' }, service: 'household_visit' }),
  ]
  it('is sorted into what to do', () => {
    const day = dayOf(tasks, people, '2026-05-06')
    const ids = (list: readonly { id: string }[]) => list.map((t) => t.id)
    expect([ids(day.urgent), ids(day.overdue), ids(day.due), ids(day.upcoming), ids(day.households)]).toEqual([
      ['urgent'], ['overdue'], ['due'], ['soon'], ['house'],
    ])
  })
  it('the form of a task is that of its service; a referral check has its own', () => {
    const forms = [{ key: 'referral_check' }, { key: 'bp_reading', service: 'bp_screening' }, { key: 'htn_followup', service: 'hypertension' }]
    const able = (service: string, form: string) => service === 'hypertension' && form !== 'bp_reading'
    expect(formFor({ service: 'hypertension', kind: 'follow_up' }, able, forms)).toBe('htn_followup')
    expect(formFor({ service: 'hypertension', kind: 'referral_check' }, able, forms)).toBe('referral_check')
    expect(formFor({ service: 'unknown', kind: 'visit' }, able, forms)).toBeNull()
  })
})

describe('editing a draft', () => {
  it('sets and takes away, in rows too', () => {
    const answers = setAt(setAt({ sbp: 120 }, 'drugs.0.name', '氨氯地平'), 'drugs.1.name', '缬沙坦')
    expect(getAt(answers, 'drugs.1.name')).toBe('缬沙坦')
    expect(withoutRow(answers, 'drugs', 0)).toEqual({ sbp: 120, drugs: [{ name: '缬沙坦' }] })
    expect(setAt(answers, 'sbp', null)).not.toHaveProperty('sbp')
  })
  it('a confirmation holds for the value it was given for, and no other', () => {
    const warnings = [{ path: 'sbp', id: 'soft', message: null, fields: ['sbp', 'dbp'] }]
    const confirmed = { sbp: signatureOf({ sbp: 182, dbp: 100 }, warnings) }
    expect(confirmedPaths(draft({ answers: { sbp: 182, dbp: 100 }, confirmed }), warnings)).toEqual(['sbp'])
    expect(confirmedPaths(draft({ answers: { sbp: 182, dbp: 99 }, confirmed }), warnings)).toEqual([])
  })
})

it('systolic and diastolic are typed together', () => {
  const number = (field: string): Item => ({ field, control: 'number', label: { 'zh-CN': '', en: '' } })
  const kinds = pairPressure([number('sbp'), number('dbp'), number('heart_rate'), number('sbp2'), number('dbp2'), number('sbp3')]).map((p) => p.key)
  expect(kinds).toEqual(['pressure', 'heart_rate', 'pressure2', 'sbp3'])
})

it('keeps the better position, unless it is from before the visit', () => {
  const fix = (accuracy: number, minute: number) => toFix({ longitude: 109.1234567, latitude: 27, accuracy }, Date.UTC(2026, 4, 6, 2, minute))
  expect(fix(12, 0).lng).toBe(109.123457)
  expect([isBetter(fix(50, 0), null), isBetter(fix(50, 1), fix(12, 0)), isBetter(fix(10, 1), fix(12, 0)), isBetter(fix(50, 30), fix(12, 0))]).toEqual([
    true, false, true, true,
  ])
})

it('reads addresses, and an unknown one is Today', () => {
  expect(parse('#/resident/abc')).toEqual({ screen: 'resident', id: 'abc' })
  expect(parse('#/nothing/1')).toEqual({ screen: 'today', id: '' })
  expect(parse('')).toEqual({ screen: 'today', id: '' })
})
