/** Editing a draft's answers. */
import type { Answers, Json } from '../../api/wire'
import type { Warning } from '../../forms/model'
import type { Draft } from '../../submissions/model'

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

export function withoutRow(answers: Answers, repeat: string, index: number): Answers {
  const rows = answers[repeat]
  return setAt(answers, repeat, Array.isArray(rows) ? rows.filter((_, i) => i !== index) : null)
}

/** The values a warning is about: a confirmation holds only for these. */
export function signatureOf(answers: Answers, warnings: readonly Warning[]): string {
  const fields = [...new Set(warnings.flatMap((w) => w.fields))].sort()
  return JSON.stringify(fields.map((field) => [field, getAt(answers, field)]))
}

/** Paths whose present values the doctor has confirmed. */
export function confirmedPaths(draft: Draft, warnings: readonly Warning[]): string[] {
  const paths = [...new Set(warnings.map((w) => w.path))]
  return paths.filter(
    (path) => draft.confirmed[path] === signatureOf(draft.answers, warnings.filter((w) => w.path === path)),
  )
}
