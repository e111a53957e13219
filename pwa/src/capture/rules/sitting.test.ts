import { describe, expect, it } from 'vitest'
import type { Fix } from '../../api/wire'
import type { FormBundle, FormInfo } from '../../forms/model'
import { givenBy, SAME_PLACE_MS, sharedOf, SITTING_MS, type Piece } from './sitting'

const NOW = Date.parse('2026-05-06T10:00:00+08:00')
const text = { 'zh-CN': '', en: '' }
const FORMS: Record<string, FormInfo> = {
  htn: { key: 'htn', version: 1, title: text, subject: 'resident', service: 'hypertension', visit_date: 'visit_date', visit_mode: 'visit_mode', source: 'spec' },
  house: { key: 'house', version: 1, title: text, subject: 'household', service: 'household_visit', visit_date: 'day', source: 'spec' },
  newcomer: { key: 'newcomer', version: 1, title: text, subject: 'resident', registers: 'resident', visit_date: 'registered_on', source: 'spec' },
}
const info = (form: { key: string }): FormInfo | null => FORMS[form.key] ?? null
const fix = (ageMs: number, accuracy_m: number): Fix => ({ lng: 116, lat: 30, accuracy_m, fixed_at: new Date(NOW - ageMs).toISOString(), coord_sys: 'WGS-84' })
const piece = (key: string, answers: Piece['answers'], over: Partial<Piece> = {}): Piece => ({ form: { key, version: 1 }, sitting_id: 's1', answers, fix: null, at: NOW - 60_000, ...over })
const bundle = (key: string, codes: string[] = ['1', '2', '3']): FormBundle =>
  ({ key, version: 1, form: info({ key }), schema: {}, ui: { pages: [] }, codes: { visit_mode: { name: 'visit_mode', codes: codes.map((code) => ({ code, label: text })) } } }) as FormBundle

describe('what one form of a sitting gives to the next', () => {
  it('nothing, where nothing was begun', () => {
    expect(sharedOf([], info, NOW)).toEqual({ sitting_id: null, answers: [], fix: null, day: null, mode: null })
    expect(givenBy(sharedOf([], info, NOW), bundle('htn'))).toEqual({})
  })
  it('day, mode and sitting', () => {
    const shared = sharedOf([piece('htn', { visit_date: '2026-05-05', visit_mode: '1', sbp: 150 })], info, NOW)
    expect(shared).toMatchObject({ sitting_id: 's1', day: '2026-05-05', mode: '1' })
    expect(givenBy(shared, bundle('htn'))).toEqual({ visit_date: '2026-05-05', visit_mode: '1' })
    expect(givenBy(shared, bundle('house'))).toEqual({ day: '2026-05-05' })
  })
  it('a visit to the house was made at home', () => {
    expect(givenBy(sharedOf([piece('house', { day: '2026-05-06' })], info, NOW), bundle('htn'))).toEqual({ visit_date: '2026-05-06', visit_mode: '2' })
  })
  it('the newer word counts', () => {
    const shared = sharedOf([piece('htn', { visit_mode: '2' }), piece('htn', { visit_mode: '3' })], info, NOW)
    expect(shared.mode).toBe('3')
  })
  it('a mode that the form does not know is not given', () => {
    const shared = sharedOf([piece('htn', { visit_mode: '3' })], info, NOW)
    expect(givenBy(shared, bundle('htn', ['1', '2']))).toEqual({})
  })
  it('a registration is not a visit', () => {
    expect(givenBy(sharedOf([piece('htn', { visit_date: '2026-05-06' })], info, NOW), bundle('newcomer'))).toEqual({})
  })
  it('after four hours it is over', () => {
    expect(sharedOf([piece('htn', { visit_mode: '2' }, { at: NOW - SITTING_MS })], info, NOW).sitting_id).toBeNull()
  })
  it('the best fix of the last half hour', () => {
    const of = (...fixes: Fix[]): Fix | null => sharedOf(fixes.map((one) => piece('htn', {}, { fix: one })), info, NOW).fix
    expect(of(fix(60_000, 30), fix(120_000, 8), fix(1000, 50))?.accuracy_m).toBe(8)
    expect(of(fix(SAME_PLACE_MS, 5))).toBeNull()
  })
})
