/** The shared cases (schemas/cases/README.md): what phone and server must work out alike. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answers, Policy } from '../api/wire'
import { formTypes } from '../forms/rules/compile'
import { readBundle } from '../../dev/schemas'
import { taskId } from '../kernel/ids'
import type { FoldedTask, FoldSubject, HistoryRecord, Programme } from './model'
import type { FormTypes } from './rules/compile'
import { servicesInTime } from './rules/in_time'
import { parametersOn } from './rules/policies'
import { fold } from './rules/fold'

interface Case {
  id: string
  title: string
  subject: FoldSubject
  today: string
  parameters?: Record<string, number | string | boolean>
  policies?: Policy[]
  records: {
    submission_id: string
    form: string
    visit_date?: string
    finalised_at: string
    answers: Answers
    subject?: FoldSubject
  }[]
  expect: { records?: ({ submission_id: string } & Record<string, unknown>)[]; tasks: ({ anchor: string } & Record<string, unknown>)[] }
}
interface CaseFile {
  programme: string | Programme
  service: string
  cases: Case[]
}

const VILLAGE = '530127103201'
const schemas = new URL('../../../schemas/', import.meta.url)
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, schemas), 'utf-8'))
const names = readdirSync(new URL('cases/followups/', schemas)).filter((name) => name.endsWith('.json'))

const types = (form: string): FormTypes | null => {
  const bundle = readBundle(form)
  return bundle && formTypes(bundle)
}

function record(raw: Case['records'][number]): HistoryRecord {
  const bundle = readBundle(raw.form)
  const field = bundle?.form.visit_date ?? 'visit_date'
  const { subject, visit_date, ...rest } = raw
  return { ...rest, visit_date: visit_date ?? (raw.answers[field] as string), about: subject }
}

function asExpected(task: FoldedTask): Record<string, unknown> {
  return { ...task, reasons: task.reasons.map((r) => r.rule) }
}

describe.each(names)('%s', (name) => {
  const file = read(`cases/followups/${name}`) as CaseFile
  const programme = typeof file.programme === 'string' ? (read(`programmes/${file.programme}.json`) as Programme) : file.programme
  const service = servicesInTime([programme], types).find((s) => s.key === file.service)

  it.each(file.cases.map((c) => [c.id, c] as const))('%s', (_id, { subject, today, parameters, policies, records, expect: expected }) => {
    if (!service) throw new Error(`no service ${file.service}`)
    const decided = policies ? parametersOn(policies, programme.key, VILLAGE) : () => parameters ?? {}
    const folded = fold(service, subject, records.map(record), decided, today)
    for (const want of expected.records ?? []) {
      const got = folded.judgements.find((j) => j.submission_id === want.submission_id)
      expect(got).toMatchObject(want)
    }
    const byAnchor = (a: { anchor: string; state?: unknown }, b: { anchor: string; state?: unknown }): number =>
      `${a.anchor} ${String(a.state)}`.localeCompare(`${b.anchor} ${String(b.state)}`)
    expect(folded.tasks.map(asExpected).sort(byAnchor as never)).toMatchObject([...expected.tasks].sort(byAnchor))
    expect(folded.tasks.length).toBe(expected.tasks.length)
    for (const task of folded.tasks) expect(task.id).toBe(taskId(subject.id, file.service, task.anchor))
  })
})
