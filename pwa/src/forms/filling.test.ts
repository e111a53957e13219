import { describe, expect, it } from 'vitest'
import type { Item } from './model'
import { readBundle } from '../../dev/schemas'
import { compileForm } from './rules/compile'
import { confirmedBefore, confirmedPaths, getAt, look, setAt, signatureOf, withAnswer, withConfirmed, withoutRow, withUsual } from './rules/filling'
import { pairPressure } from './rules/layout'
import { meanPressure } from './rules/pressure'

it('an answer that was given and then hidden stands in nobody\'s way', () => {
  const bundle = readBundle('household_visit')
  if (!bundle) throw new Error('no form')
  const form = compileForm(bundle)
  const context = { today: '2026-05-06' }
  const empty = { answers: {}, confirmed: {}, touched: [], offered: {} }
  const met = withAnswer(withAnswer(empty, 'visit_result', '1'), 'education_topics', ['1'])
  const away = look(form, withAnswer(met, 'visit_result', '2'), context, '2026-05-06')
  expect(away.evaluation.hidden).toContain('education_topics')
  expect(away.violations.map((v) => v.code)).not.toContain('hidden')
  expect(away.answers['education_topics']).toEqual(['1'])
})

describe('a warning that was confirmed', () => {
  const bundle = readBundle('htn_followup')
  if (!bundle) throw new Error('no form')
  const form = compileForm(bundle)
  const context = { today: '2026-05-06', resident_birth_date: '1958-02-03', resident_sex: '2', resident_programmes: ['hypertension'] }
  const before = { visit_date: '2026-05-06', visit_mode: '1', visit_outcome: '1', sbp: 186, dbp: 100, weight: 130, height: 150 }
  const again = { answers: before, confirmed: confirmedBefore(form, before, ['sbp', 'weight'], context), touched: Object.keys(before), offered: {} }

  it('is not asked again in a correction, for as long as the answer stays', () => {
    expect(look(form, again, context, '2026-05-06').confirmed).toEqual(expect.arrayContaining(['sbp', 'weight']))
    const heavier = look(form, withAnswer(again, 'weight', 131), context, '2026-05-06')
    expect(heavier.confirmed).toContain('sbp')
    expect(heavier.confirmed).not.toContain('weight')
  })
  it('is asked when the other answer of its check changes', () => {
    expect(look(form, withAnswer(again, 'height', 149), context, '2026-05-06').confirmed).not.toContain('weight')
  })
  it('about a computed value holds for that value only', () => {
    const compiled = compileForm({ ...bundle, ui: { ...bundle.ui, pages: bundle.ui.pages.map((page) => JSON.parse(JSON.stringify(page).replace('"field":"bmi",', '"field":"bmi","soft":{"max":30},')) as typeof page) } })
    const seen = look(compiled, again, context, '2026-05-06')
    const sure = withConfirmed({ ...again, answers: seen.answers }, 'bmi', seen.evaluation)
    expect(look(compiled, sure, context, '2026-05-06').confirmed).toContain('bmi')
    expect(look(compiled, withAnswer(sure, 'weight', 140), context, '2026-05-06').confirmed).not.toContain('bmi')
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
    expect(confirmedPaths(confirmed, { sbp: 182, dbp: 100 }, warnings)).toEqual(['sbp'])
    expect(confirmedPaths(confirmed, { sbp: 182, dbp: 99 }, warnings)).toEqual([])
  })
})

describe('one tap for what was asked and is well', () => {
  const filling = { answers: { symptoms: ['2'], adherence: null }, confirmed: {}, touched: ['symptoms'], offered: {} }
  const usual = { symptoms: ['1'], emergency_signs: ['0'], adherence: '1', hidden: '1' }
  const shown = new Set(['symptoms', 'emergency_signs', 'adherence'])
  it('answers open questions that are shown, and leaves what was answered', () => {
    const after = withUsual(filling, usual, shown)
    expect(after.answers).toEqual({ symptoms: ['2'], emergency_signs: ['0'], adherence: '1' })
    expect(after.touched).toEqual(['symptoms', 'emergency_signs', 'adherence'])
  })
  it('of no published form does it give a number, a text or a date', () => {
    const bundle = readBundle('htn_followup')
    const groups = bundle?.ui.pages.flatMap((page) => page.items.flatMap((item) => ('group' in item && item.usual ? [item] : []))) ?? []
    const controls = groups.flatMap((group) => Object.keys(group.usual ?? {}).map((name) => group.items.find((item) => 'field' in item && item.field === name)))
    expect(groups.map((group) => group.group)).toEqual(['complaints', 'treatment'])
    expect(controls.every((item) => item !== undefined && 'control' in item && ['choice', 'choices', 'yes_no'].includes(item.control))).toBe(true)
  })
})

it('systolic and diastolic are typed together', () => {
  const number = (field: string): Item => ({ field, control: 'number', label: { 'zh-CN': '', en: '' } })
  const kinds = pairPressure([number('sbp'), number('dbp'), number('heart_rate'), number('sbp2'), number('dbp2'), number('sbp3')]).map((p) => p.key)
  expect(kinds).toEqual(['pressure', 'heart_rate', 'pressure2', 'sbp3'])
})

describe('several readings of one sitting', () => {
  const of = (...pairs: [number, number?][]): ReturnType<typeof meanPressure> => meanPressure(pairs.map(([sbp, dbp]) => (dbp === undefined ? { sbp } : { sbp, dbp })))
  it.each<[string, [number, number?][], ReturnType<typeof meanPressure>]>([
    ['one is no mean', [[140, 90]], null],
    ['half a reading does not count', [[140, 90], [150]], null],
    ['two, rounded half up', [[140, 85], [145, 90]], { sbp: 143, dbp: 88, count: 2, again: false }],
    ['more than 5 apart: once more', [[140, 85], [146, 85]], { sbp: 143, dbp: 85, count: 2, again: true }],
    ['the lower one counts too', [[140, 80], [140, 86]], { sbp: 140, dbp: 83, count: 2, again: true }],
    ['the mean of all three', [[150, 90], [140, 84], [142, 86]], { sbp: 144, dbp: 87, count: 3, again: false }],
  ])('%s', (_why, pairs, expected) => {
    expect(of(...pairs)).toEqual(expected)
  })
  it('nothing is nothing', () => {
    expect(meanPressure(null)).toBeNull()
  })
})
