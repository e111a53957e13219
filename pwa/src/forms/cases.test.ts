/** The shared cases of forms (schemas/cases/README.md): visible, computed, wrong. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answers } from '../api/wire'
import type { FormContext } from './model'
import { compileForm } from './rules/compile'
import { evaluate } from './rules/evaluate'
import { violations } from './rules/validate'
import { readBundle } from '../../dev/schemas'

interface Case {
  id: string
  context?: Partial<FormContext>
  answers?: Answers
  confirmed?: string[]
  expect: {
    visible?: string[]
    hidden?: string[]
    required?: string[]
    computed?: Record<string, unknown>
    violations?: ({ path: string; code: string } & Record<string, unknown>)[]
  }
}
interface CaseFile { form: string; version?: number; base?: Answers; base_context?: Partial<FormContext>; cases: Case[] }

const folder = new URL('../../../schemas/cases/forms/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.json'))

const laid = (base: Answers, over: Answers): Answers =>
  Object.fromEntries(Object.entries({ ...base, ...over }).filter(([, value]) => value !== null))

describe.each(names)('%s', (name) => {
  const file = JSON.parse(readFileSync(new URL(name, folder), 'utf-8')) as CaseFile
  it.each(file.cases.map((c) => [c.id, c] as const))('%s', (_id, test) => {
    const bundle = readBundle(file.form, file.version)
    if (!bundle) throw new Error(`no form ${file.form}`)
    const form = compileForm(bundle)
    const context = { today: '2026-01-01', ...file.base_context, ...test.context }
    const answers = laid(file.base ?? {}, test.answers ?? {})
    const seen = evaluate(form, answers, context)
    expect(seen.defects).toEqual([])
    for (const path of test.expect.visible ?? []) expect([...seen.shown]).toContain(path)
    for (const path of test.expect.hidden ?? []) expect([...seen.shown]).not.toContain(path)
    for (const path of test.expect.required ?? []) expect([...seen.required]).toContain(path)
    for (const [field, value] of Object.entries(test.expect.computed ?? {})) expect(seen.answers[field] ?? null).toEqual(value)
    if (test.expect.violations) {
      const found = violations(form, answers, seen, test.confirmed ?? [])
      const key = (v: { path: string; code: string }): string => `${v.path} ${v.code}`
      expect(found.map(key).sort()).toEqual(test.expect.violations.map(key).sort())
    }
  })
})
