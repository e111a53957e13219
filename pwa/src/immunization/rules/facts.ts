/** What is known of a child beside its doses: asked by the edition, told by its records. */
import type { Answers, Day } from '../../api/wire'
import { isDay } from '../../kernel/dates'
import { newbornId } from '../../kernel/ids'
import type { Condition, Edition, Facts, FactSource } from '../model'

/** A record, as far as facts are read from it. */
export interface Told {
  readonly id: string
  readonly state: string
  readonly form: { readonly key: string }
  readonly subject: { readonly id: string }
  readonly visit_date: Day
  readonly answers: Answers
}

/** Whether one of the conditions holds; an unknown fact fulfils nothing. */
export function anyHolds(conditions: readonly Condition[] | undefined, facts: Facts): boolean {
  if (!conditions) return false
  const known = facts as Readonly<Record<string, unknown>>
  return conditions.some((condition) =>
    Object.entries(condition).every(([fact, test]) => {
      const value = known[fact]
      if (value === undefined) return false
      if (test.in && !test.in.includes(value as string)) return false
      return test.below === undefined || (value as number) < test.below
    }),
  )
}

/**
 * What a child's records, and the notice of its birth, say; of two answers the later one.
 *
 * @param records of the child, and of its mother
 */
export function factsOf(edition: Edition, records: readonly Told[], child: string): Facts {
  const found: Record<string, unknown> = {}
  const deferred: { vaccine: string; until: Day }[] = []
  const contraindicated = new Set<string>()
  const order = (r: Told): string => `${r.visit_date} ${r.id}`
  const standing = records.filter((r) => r.state !== 'rejected' && r.state !== 'voided')
  for (const record of standing.sort((a, b) => (order(a) < order(b) ? -1 : 1))) {
    for (const source of edition.facts ?? []) {
      const answers = answersAbout(source, record, child)
      const value = answers && valueOf(source, answers)
      if (value === undefined || value === null) continue
      const vaccine = answers?.[source.vaccine_field ?? ''] as string
      if (source.fact === 'deferred') deferred.push({ vaccine, until: value as Day })
      else if (source.fact === 'contraindicated') contraindicated.add(vaccine)
      else found[source.fact] = value
    }
  }
  return { ...found, deferred, contraindicated: [...contraindicated] }
}

/** The answers about this child; null where the record is not about it. */
function answersAbout(source: FactSource, record: Told, child: string): Answers | null {
  if (record.form.key !== source.form) return null
  if (source.in === undefined) return record.subject.id === child ? record.answers : null
  const rows = record.answers[source.in]
  const row = Array.isArray(rows) ? (rows as Answers[]).find((_, i) => newbornId(record.id, i) === child) : undefined
  return row ? { ...record.answers, ...row } : null
}

/** The value told; undefined where there is none, or it cannot be used. */
function valueOf(source: FactSource, answers: Answers): unknown {
  const value = answers[source.field]
  if (value === undefined || value === null) return undefined
  if (Object.entries(source.only_if ?? {}).some(([field, code]) => answers[field] !== code)) return undefined
  if (source.vaccine_field !== undefined && !answers[source.vaccine_field]) return undefined
  if (source.has !== undefined) return (Array.isArray(value) ? (value as unknown[]).includes(source.has) : value === source.has) || undefined
  if (source.times !== undefined) return (value as number) * source.times
  return DAYS.has(source.fact) && !isDay(value) ? undefined : value
}

const DAYS: ReadonlySet<string> = new Set(['immunoglobulin_on', 'defer_until', 'deferred'])
