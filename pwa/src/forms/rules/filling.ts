/** A form while it is being filled in: what was typed, touched and confirmed, and every edit of it. */
import type { Answers, Json } from '../../api/wire'
import type { Evaluation, FormContext, FormViolation, Warning } from '../model'
import { isBlank } from '../model'
import type { CompiledForm } from './compile'
import { evaluate } from './evaluate'
import { newRow, settled } from './fill'
import { violations } from './validate'

/** The part of a draft that the form itself knows. */
export interface Filling {
  readonly answers: Answers
  /** Confirmed soft warnings, with the values they were confirmed for. */
  readonly confirmed: Readonly<Record<string, string>>
  /** Fields the doctor answered or prefill gave: defaults no longer follow their expression there. */
  readonly touched: readonly string[]
  /** Values behind a group's one tap, by group. */
  readonly offered: Readonly<Record<string, Answers>>
}

export interface Looked {
  /** With the defaults that nobody touched. */
  readonly answers: Answers
  readonly evaluation: Evaluation
  readonly confirmed: readonly string[]
  readonly violations: readonly FormViolation[]
}

/** @param firstDay `today` of the defaults: the day on which the filling was begun */
export function look(form: CompiledForm, filling: Filling, context: FormContext, firstDay: string): Looked {
  const { answers, evaluation } = settled(form, filling.answers, context, filling.touched, firstDay)
  // What came out the same stays the same object: the screen draws nothing for it.
  const before = last.get(form)
  const paths = confirmedPaths(filling.confirmed, seen(answers, evaluation), evaluation.warnings)
  const confirmed = before && sameTexts(before.confirmed, paths) ? before.confirmed : paths
  // What was answered and then hidden stays in the draft, in case it is shown again; it never leaves the phone.
  const leaving = { ...evaluation, hidden: NOWHERE }
  const found = violations(form, evaluation.answers, leaving, confirmed)
  const kept = { confirmed, violations: before && sameViolations(before.violations, found) ? before.violations : found }
  last.set(form, kept)
  return { answers, evaluation, ...kept }
}

const NOWHERE: readonly string[] = []
const last = new WeakMap<CompiledForm, Pick<Looked, 'confirmed' | 'violations'>>()

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** The wording follows from path and code. */
function sameViolations(a: readonly FormViolation[], b: readonly FormViolation[]): boolean {
  return a.length === b.length && a.every((v, i) => v.path === b[i]?.path && v.code === b[i].code && v.limit === b[i].limit)
}

function touching(filling: Filling, names: readonly string[]): readonly string[] {
  return names.every((name) => filling.touched.includes(name)) ? filling.touched : [...new Set([...filling.touched, ...names])]
}

/**
 * Text as it can be kept: without half an emoji, which a field's length limit or a torn input method leaves behind, and
 * without control characters. Neither can be written as JSON, so a record with one could never be finished or taken.
 */
export function writable(text: string): string {
  return text.replace(/[\p{Surrogate}\p{Control}]/gu, (one) => (one === '\n' || one === '\t' ? one : ''))
}

function cleaned(value: Json): Json {
  if (typeof value === 'string') return writable(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cleaned(one)]))
}

/** @param path `sbp` or `medications.0.drug_name` */
export function withAnswer<T extends Filling>(filling: T, path: string, given: Json): T {
  const value = cleaned(given)
  const answers = setAt(filling.answers, path, isBlank(value) ? null : value)
  return { ...filling, answers, touched: touching(filling, [path.split('.')[0] ?? path]) }
}

export function withNewRow<T extends Filling>(filling: T, form: CompiledForm, repeat: string, evaluation: Evaluation, context: FormContext): T {
  const rows = filling.answers[repeat]
  return withAnswer(filling, repeat, [...(Array.isArray(rows) ? rows : []), newRow(form, repeat, evaluation, context)])
}

export function withoutRow(answers: Answers, repeat: string, index: number): Answers {
  const rows = answers[repeat]
  return setAt(answers, repeat, Array.isArray(rows) ? rows.filter((_, i) => i !== index) : null)
}

/** One tap: everything of the group as it was last time. */
export function withUnchanged<T extends Filling>(filling: T, group: string): T {
  const values: Answers = filling.offered[group] ?? {}
  return { ...filling, answers: { ...filling.answers, ...values }, touched: touching(filling, Object.keys(values)) }
}

/** One tap: what was asked and is well. Only open questions that are shown; what was answered stays. */
export function withUsual<T extends Filling>(filling: T, usual: Answers, shown: ReadonlySet<string>): T {
  const open = Object.entries(usual).filter(([name]) => shown.has(name) && isBlank(filling.answers[name]))
  return { ...filling, answers: { ...filling.answers, ...Object.fromEntries(open) }, touched: touching(filling, open.map(([name]) => name)) }
}

/** The doctor looked again and the value is right, for as long as it stays what it is. */
export function withConfirmed<T extends Filling>(filling: T, path: string, evaluation: Evaluation): T {
  const about = evaluation.warnings.filter((w) => w.path === path)
  return { ...filling, confirmed: { ...filling.confirmed, [path]: signatureOf(seen(filling.answers, evaluation), about) } }
}

/**
 * What was confirmed in a record that is made editable again: it stands for as long as the answers do.
 *
 * @param paths that were confirmed
 */
export function confirmedBefore(form: CompiledForm, answers: Answers, paths: readonly string[], context: FormContext): Filling['confirmed'] {
  if (paths.length === 0) return {}
  const evaluation = evaluate(form, answers, context)
  const values = seen(answers, evaluation)
  return Object.fromEntries(paths.map((path) => [path, signatureOf(values, evaluation.warnings.filter((w) => w.path === path))]))
}

/** What the warnings are about: typed, or computed from what was typed. */
function seen(typed: Answers, { answers, warnings }: Evaluation): Answers {
  const names = warnings.flatMap((w) => w.fields).map((path) => path.split('.')[0] ?? path)
  return Object.fromEntries(names.map((name) => [name, answers[name] ?? typed[name] ?? null]))
}

function isRow(value: Json | undefined): value is Answers {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets `sbp` or `medications.0.drug_name`; null takes the answer away. */
export function setAt(answers: Answers, path: string, value: Json): Answers {
  const [name = '', index, ...rest] = path.split('.')
  if (index === undefined) {
    if (value !== null) return { ...answers, [name]: value }
    return Object.fromEntries(Object.entries(answers).filter(([key]) => key !== name))
  }
  const rows = answers[name]
  const list = Array.isArray(rows) ? [...rows] : []
  const row = list[Number(index)]
  list[Number(index)] = setAt(isRow(row) ? row : {}, rest.join('.'), value)
  return { ...answers, [name]: list }
}

export function getAt(answers: Answers, path: string): Json {
  return path.split('.').reduce<Json>((at, step) => {
    if (Array.isArray(at)) return at[Number(step)] ?? null
    return isRow(at) ? (at[step] ?? null) : null
  }, answers)
}

/** The values a warning is about: a confirmation holds only for these. */
export function signatureOf(answers: Answers, warnings: readonly Warning[]): string {
  const fields = [...new Set(warnings.flatMap((w) => w.fields))].sort()
  return JSON.stringify(fields.map((field) => [field, getAt(answers, field)]))
}

/** Paths whose present values the doctor has confirmed. */
export function confirmedPaths(confirmed: Filling['confirmed'], answers: Answers, warnings: readonly Warning[]): string[] {
  const paths = [...new Set(warnings.map((w) => w.path))]
  return paths.filter((path) => confirmed[path] === signatureOf(answers, warnings.filter((w) => w.path === path)))
}
