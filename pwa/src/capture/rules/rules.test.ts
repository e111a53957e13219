import { describe, expect, it } from 'vitest'
import { draft } from '../../../dev/phone_fixture'
import type { Item } from '../../forms/model'
import { parse } from '../route'
import { confirmedPaths, getAt, setAt, signatureOf, withoutRow } from './draft'
import { pairPressure } from './layout'
import { isBetter, toFix } from './position'

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
