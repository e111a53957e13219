/**
 * While somebody types, only what reads the changed answer is looked at again (rules/evaluate.ts). It must
 * say the same as a look at everything: asked here of every form, over edits by chance.
 */
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answers, Json } from '../api/wire'
import { addDays } from '../kernel/dates'
import { readBundle } from '../../dev/schemas'
import type { Evaluation, FieldItem, FormContext } from './model'
import { compileForm, type CompiledForm, type Node } from './rules/compile'
import { evaluate, evaluateAnew } from './rules/evaluate'
import { getAt, setAt } from './rules/filling'
import { violations } from './rules/validate'

const TODAY = '2026-11-23'
const published = readdirSync(new URL('../../../schemas/forms/', import.meta.url)).flatMap((key) =>
  readdirSync(new URL(`../../../schemas/forms/${key}/`, import.meta.url)).map((version) => [key, Number(version)] as const),
)

/** Something for a field: mostly what it asks for, now and then nothing, or nothing that it could use. */
function answerTo(form: CompiledForm, item: FieldItem): fc.Arbitrary<Json> {
  const codes = (form.bundle.codes[item.codes ?? '']?.codes ?? []).map((each) => each.code)
  const day = fc.integer({ min: -900, max: 60 }).map((days) => addDays(TODAY, days))
  const some: fc.Arbitrary<Json>[] = [
    fc.integer({ min: 0, max: 260 }), fc.double({ min: 0, max: 60, noNaN: true }), day, fc.boolean(),
    fc.constantFrom<Json>('x', '110101199003070134', { lng: 109.7, lat: 27.4 }, { lng: 200 }, '2026-02-30', [], ''),
  ]
  const fitting =
    codes.length > 0 ? fc.oneof(fc.constantFrom<Json>(...codes), fc.subarray(codes, { maxLength: Math.min(3, codes.length) }))
    : item.control === 'number' ? fc.oneof(fc.integer({ min: 0, max: 260 }), fc.double({ min: 0, max: 60, noNaN: true }))
    : item.control === 'date' ? day
    : fc.oneof(...some)
  return fc.oneof({ weight: 6, arbitrary: fitting }, { weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.oneof(...some) })
}

interface Edit { readonly path: string; readonly value: Json }

function editsOf(form: CompiledForm): fc.Arbitrary<Edit> {
  const found: fc.Arbitrary<Edit>[] = []
  const visit = (node: Node): void => {
    if (node.kind === 'block') node.children.forEach(visit)
    else if (node.kind === 'field') found.push(answerTo(form, node.item).map((value) => ({ path: node.item.field, value })))
    else {
      const rows = fc.array(fc.constant<Answers>({}), { maxLength: 3 })
      found.push(rows.map((value) => ({ path: node.item.repeat, value })))
      for (const field of node.fields) {
        found.push(fc.tuple(fc.nat({ max: 2 }), answerTo(form, field.item)).map(([row, value]) => ({ path: `${node.item.repeat}.${String(row)}.${field.item.field}`, value })))
      }
    }
  }
  form.pages.forEach(visit)
  return fc.oneof(...found, fc.constant({ path: 'nobody_asked', value: 1 }))
}

const people: FormContext[] = [
  { today: TODAY },
  { today: TODAY, resident_birth_date: '1958-02-03', resident_sex: '1', resident_programmes: ['hypertension', 'diabetes'] },
  { today: TODAY, resident_birth_date: '2026-08-20', resident_sex: '2', resident_programmes: [] },
  { today: '2027-01-04', resident_birth_date: '1994-05-06', resident_sex: '2', resident_programmes: ['postpartum'] },
]
const step = (form: CompiledForm): fc.Arbitrary<Edit | FormContext> =>
  fc.oneof({ weight: 30, arbitrary: editsOf(form) }, { weight: 1, arbitrary: fc.constantFrom(...people) })

function isEdit(one: Edit | FormContext): one is Edit {
  return 'path' in one
}

/** The screen shows no cell of a row that was not added. */
function isThere(answers: Answers, path: string): boolean {
  const [repeat = '', row] = path.split('.')
  return row === undefined || getAt(answers, `${repeat}.${row}`) !== null
}

/** Told in one order: sets have none. */
function told(seen: Evaluation): unknown {
  return { ...seen, shown: [...seen.shown].sort(), required: [...seen.required].sort(), codesOffered: [...seen.codesOffered].sort() }
}

describe('a quick look says what a look at everything says', () => {
  it.each(published)('%s/%i', (key, version) => {
    const bundle = readBundle(key, version)
    if (!bundle) throw new Error('no form')
    const form = compileForm(bundle)
    const other = compileForm(bundle)
    fc.assert(
      fc.property(fc.array(step(form), { minLength: 4, maxLength: 25 }), (steps) => {
        let [answers, context] = [{} as Answers, people[1] as FormContext]
        for (const one of steps) {
          if (!isEdit(one)) context = one
          else if (isThere(answers, one.path)) answers = setAt(answers, one.path, one.value)
          const quick = evaluate(form, answers, context)
          expect(told(quick)).toEqual(told(evaluateAnew(other, answers, context)))
          // A schema that says something of all answers together is asked as a whole.
          const forgetful = { ...other, bundle: { ...bundle, schema: { ...bundle.schema, minProperties: 0 } } }
          expect(new Set(violations(form, answers, quick, []))).toEqual(new Set(violations(forgetful, answers, quick, [])))
        }
      }),
      { numRuns: 12 },
    )
  })

  it('and gives back the very same objects where nothing else came out', () => {
    const bundle = readBundle('newborn_visit')
    if (!bundle) throw new Error('no form')
    const form = compileForm(bundle)
    const context = people[2] as FormContext
    const met = { visit_date: TODAY, visit_mode: '2', visit_outcome: '1', heart_rate: 120 }
    const before = evaluate(form, met, context)
    const after = evaluate(form, { ...met, heart_rate: 121 }, context)
    expect(after.answers).not.toBe(before.answers)
    for (const part of ['shown', 'required', 'warnings', 'failed', 'hidden'] as const) expect(after[part]).toBe(before[part])
  })
})
