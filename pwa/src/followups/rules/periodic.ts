/** Services owed once a period: a task for every month, quarter, ... (cases README 12). */
import type { Day } from '../../api/wire'
import { addDays } from '../../kernel/dates'
import { holds } from '../../kernel/expressions'
import { taskId } from '../../kernel/ids'
import type { FoldedTask, FoldSubject, HistoryRecord, ParametersOn } from '../model'
import { periods, type Period } from './calendar'
import type { CompiledService } from './compile'
import type { CompiledPeriodic } from './compile_plans'
import { dayOf, earlier, within } from './days'
import { parametersOf, rulesOn, subjectVariables, type ServiceInTime } from './in_time'

type Values = Readonly<Record<string, unknown>>

/** A day on which the subject ended, or was there again. */
export interface Ending {
  readonly day: Day
  readonly ended: boolean
}

export interface History {
  /** In order, those about the subject. */
  readonly records: readonly HistoryRecord[]
  /** Whether a record can do a period's work: one that was not completed can not. */
  readonly works: (record: HistoryRecord) => boolean
  readonly endings: readonly Ending[]
}

/** Since when the subject was gone at the end of a day; null while it is there. */
function goneOn(endings: readonly Ending[], day: Day): Day | null {
  let gone: Day | null = null
  for (const { day: on, ended } of endings) {
    if (on > day) break
    gone = ended ? (gone ?? on) : null
  }
  return gone
}

/** The expressions a record is read with: those of its form. */
function reads(service: ServiceInTime, form: string): boolean {
  return service.versions.some(
    ({ rules }) => rules.sections.has(form) || (rules.periodic !== null && (rules.periodic.doneBy(form).length > 0 || rules.periodic.periodic.retry?.form === form)),
  )
}

function scopeOf(record: HistoryRecord, seen: Values): Values {
  return { ...record.answers, ...seen, visit_date: record.visit_date }
}

function does(rule: CompiledPeriodic, record: HistoryRecord, seen: Values): boolean {
  const scope = scopeOf(record, seen)
  return rule.doneBy(record.form).some(({ when }) => holds(when.evaluate(scope)))
}

/** Failed attempts that still move the day: at most `max` of the period, before it was done. */
function retries(rule: CompiledPeriodic, records: readonly HistoryRecord[], seen: Values): HistoryRecord[] {
  const { retry: when, periodic: { retry } } = rule
  if (!retry || !when) return []
  return records.filter((r) => r.form === retry.form && holds(when.evaluate(scopeOf(r, seen)))).slice(0, retry.max)
}

function taskOf(
  service: CompiledService,
  rule: CompiledPeriodic,
  subject: FoldSubject,
  period: Period,
  { records, works }: History,
  seen: Values,
): FoldedTask | null {
  const inside = records.filter((r) => r.visit_date >= period.start && r.visit_date <= period.end)
  const did = (r: HistoryRecord): boolean => works(r) && does(rule, r, seen)
  const bounds = {
    ...seen,
    period_start: period.start,
    period_end: period.end,
    previous_done: records.filter((r) => r.visit_date < period.start).reverse().find(did)?.visit_date,
  }
  if (rule.applies && !holds(rule.applies.evaluate(bounds))) return null
  const [opens, due, closes] = [dayOf(rule.opens, bounds), dayOf(rule.due, bounds), dayOf(rule.closes, bounds)]
  if (opens === null || due === null || closes === null) return null
  const { periodic } = rule
  const first = within(opens, due, closes)
  const done = inside.findIndex(did)
  const tries = retries(rule, done < 0 ? inside : inside.slice(0, done), seen)
  const last = tries.at(-1)
  const moved = last && periodic.retry ? earlier(addDays(last.visit_date, periodic.retry.after_days), closes) : first.due
  return {
    id: taskId(subject.id, service.service.service, period.anchor),
    anchor: period.anchor,
    kind: periodic.kind,
    opens: earlier(first.opens, moved),
    due: moved,
    closes,
    expires: period.end,
    face_to_face: false,
    referral: 'none',
    escalation: 'E0',
    reasons: [
      { rule: 'due', text: periodic.reason },
      ...(last && periodic.retry ? [{ rule: 'retry', text: periodic.retry.reason }] : []),
    ],
    state: done < 0 ? 'requested' : 'completed',
    state_reason: null,
    done_by: inside[done]?.submission_id ?? null,
    source_submission_id: null,
  }
}

/** A task for every period since the service is looked at, up to that of today. */
export function periodicTasks(
  service: ServiceInTime,
  subject: FoldSubject,
  { endings, ...history }: History,
  parameters: ParametersOn,
  today: Day,
): FoldedTask[] {
  const every = service.newest.periodic?.periodic.every
  if (every === undefined || subject.kind !== service.newest.service.subject) return []
  const read = { ...history, endings, records: history.records.filter((r) => reads(service, r.form)) }
  return periods(every, subject.since ?? read.records[0]?.visit_date ?? today, today).flatMap((period) => {
    const rules = rulesOn(service, period.start)
    const gone = goneOn(endings, period.end)
    if (!rules.periodic || (gone !== null && gone < period.start)) return []
    const seen = { ...subjectVariables(subject), ...parametersOf(rules, parameters, period.start) }
    const task = taskOf(rules, rules.periodic, subject, period, read, seen)
    if (task?.state !== 'requested') return task ? [task] : []
    if (gone !== null) return [{ ...task, state: 'cancelled' as const, state_reason: 'ended' as const }]
    return [period.end < today ? { ...task, state: 'failed' as const, state_reason: 'missed' as const } : task]
  })
}
