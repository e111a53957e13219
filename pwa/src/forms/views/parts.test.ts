/** What the screen is asked at a key press: the field that was typed into, and what follows from it. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { computed, effectScope, shallowRef, watchSyncEffect } from 'vue'
import type { Answers } from '../../api/wire'
import { readBundle } from '../../../dev/schemas'
import { compileForm } from '../rules/compile'
import { look, withAnswer, type Filling } from '../rules/filling'
import type { Sheet } from './host'
import { inParts, type Parts } from './parts'

const bundle = readBundle('htn_followup')
if (!bundle) throw new Error('no form')
const form = compileForm(bundle)
const context = { today: '2026-11-23', resident_birth_date: '1958-02-03', resident_sex: '1', resident_programmes: ['hypertension'] }
let scope = effectScope()
beforeEach(() => { scope = effectScope() })
afterEach(() => { scope.stop() })

function onScreen(answers: Answers) {
  const filling = shallowRef<Filling>({ answers, confirmed: {}, touched: Object.keys(answers), offered: {} })
  const sheet = shallowRef<Sheet | null>(null)
  const show = (): void => {
    const looked = look(form, filling.value, context, context.today)
    filling.value = { ...filling.value, answers: looked.answers }
    sheet.value = { form, ...looked, marked: [], offered: filling.value.offered, readOnly: false }
  }
  show()
  const asked: string[] = []
  const parts = scope.run(() => inParts(sheet)) as Parts
  const watching = (name: string, read: () => unknown): void => {
    scope.run(() => {
      const value = computed(() => { asked.push(name); return read() })
      watchSyncEffect(() => value.value)
    })
  }
  for (const name of ['sbp', 'dbp', 'weight']) watching(name, () => parts.typed(name))
  watching('bmi', () => parts.recorded['bmi'])
  watching('shown', () => parts.shown.size)
  watching('violations', () => parts.violations)
  const type = (path: string, value: number | null): string[] => {
    asked.length = 0
    filling.value = withAnswer(filling.value, path, value)
    show()
    return asked
  }
  return { parts, type, close: () => { sheet.value = null } }
}

const MET = { visit_date: '2026-11-23', visit_mode: '2', visit_outcome: '1', sbp: 132, dbp: 84, weight: 61, height: 160 }

it('asks only whom a key press concerns', () => {
  const { parts, type } = onScreen(MET)
  expect(type('sbp', 134)).toEqual(['bmi', 'sbp'])
  expect(parts.typed('sbp')).toBe(134)
  expect(type('weight', 62)).toEqual(['bmi', 'weight'])
  expect(type('weight', 62)).toEqual([])
})

it('tells an answer that was taken back, and whoever reads it later', () => {
  const { parts, type } = onScreen(MET)
  type('dbp', null)
  expect(parts.typed('dbp')).toBeNull()
  expect(parts.violations).toContainEqual(expect.objectContaining({ path: 'dbp', code: 'required' }))
  parts.turned()
  type('dbp', 90)
  expect(parts.typed('dbp')).toBe(90)
})

it('follows no answer of a page that was turned', () => {
  const { parts, type } = onScreen(MET)
  parts.turned()
  expect(type('sbp', 150)).not.toContain('sbp')
})

it('shows nothing of a form that was closed', () => {
  const { parts, close } = onScreen(MET)
  close()
  expect([parts.typed('sbp'), parts.form, parts.readOnly]).toEqual([null, null, true])
})
