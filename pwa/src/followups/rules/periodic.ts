/** Services owed once a period: a task for every quarter (docs/decisions/0005, cases README 12). */
import type { Day } from '../../api/wire'
import { addDays, nextQuarterStart, quarter, quarterEnd, quarterStart } from '../../kernel/dates'
import { holds, type Expression } from '../../kernel/expressions'
import { taskId } from '../../kernel/ids'
import type { CompiledPeriodic, CompiledService } from './compile'
import type { FoldedTask, FoldSubject, HistoryRecord, Periodic } from '../model'

function date(expression: Expression, scope: Record<string, unknown>): Day | null {
  const outcome = expression.evaluate(scope)
  return outcome.kind === 'value' && typeof outcome.value === 'string' ? outcome.value : null
}

interface Quarter {
  readonly start: Day
  readonly end: Day
  readonly records: readonly HistoryRecord[]
}

function scopeOf(service: CompiledService, subject: FoldSubject, record: HistoryRecord, of: Quarter): Record<string, unknown> {
  const about = record.about ?? subject
  return {
    ...service.parameters,
    period_start: of.start,
    period_end: of.end,
    today: record.visit_date,
    resident_birth_date: about.birth_date,
    resident_sex: about.sex,
    resident_programmes: about.programmes,
    ...record.answers,
    visit_date: record.visit_date,
  }
}

function isDone(service: CompiledService, rule: CompiledPeriodic, record: HistoryRecord, scope: Record<string, unknown>): boolean {
  const completed = service.sections.get(record.form)?.completed
  if (completed && !holds(completed.evaluate(scope))) return false
  return rule.doneBy(record.form).some((when) => holds(when.evaluate(scope)))
}

function isEnded(service: CompiledService, subject: FoldSubject, record: HistoryRecord, of: Quarter): boolean {
  const ended = service.sections.get(record.form)?.ended
  return ended ? holds(ended.evaluate(scopeOf(service, subject, record, of))) : false
}

/** Whether the quarter is owed: not after an end, until a record shows that life goes on. */
function isOwed(service: CompiledService, subject: FoldSubject, ordered: readonly HistoryRecord[], of: Quarter): boolean {
  const before = ordered.filter((r) => r.visit_date < of.start)
  const last = before.map((r) => isEnded(service, subject, r, of)).lastIndexOf(true)
  if (last < 0) return true
  return before.length > last + 1 || of.records.some((r) => !isEnded(service, subject, r, of))
}

function taskOf(
  service: CompiledService,
  periodic: Periodic,
  rule: CompiledPeriodic,
  subject: FoldSubject,
  of: Quarter,
  today: Day,
): FoldedTask | null {
  const bounds = { ...service.parameters, period_start: of.start, period_end: of.end }
  const [opens, due, closes] = [date(rule.opens, bounds), date(rule.due, bounds), date(rule.closes, bounds)]
  if (opens === null || due === null || closes === null) return null
  const done = of.records.find((r) => r.visit_date >= opens && isDone(service, rule, r, scopeOf(service, subject, r, of)))
  const tries = retries(service, periodic, rule, subject, of, done)
  const last = tries.at(-1)
  const moved = last && periodic.retry ? earlier(addDays(last.visit_date, periodic.retry.after_days), closes) : earlier(due, closes)
  const ended = !done && of.records.some((r) => isEnded(service, subject, r, of))
  const missed = !done && !ended && of.end < today
  return {
    id: taskId(subject.id, service.service.service, quarter(of.start)),
    anchor: quarter(of.start),
    kind: periodic.kind,
    opens: earlier(opens, moved),
    due: moved,
    closes,
    expires: of.end,
    face_to_face: false,
    referral: 'none',
    escalation: 'E0',
    reasons: [
      { rule: 'due', text: periodic.reason },
      ...(last && periodic.retry ? [{ rule: 'retry', text: periodic.retry.reason }] : []),
    ],
    state: done ? 'completed' : ended ? 'cancelled' : missed ? 'failed' : 'requested',
    state_reason: ended ? 'ended' : missed ? 'missed' : null,
    done_by: done?.submission_id ?? null,
    source_submission_id: null,
  }
}

/** Failed attempts that still move the day: at most `max` of the quarter, before it was done. */
function retries(
  service: CompiledService,
  periodic: Periodic,
  rule: CompiledPeriodic,
  subject: FoldSubject,
  of: Quarter,
  done: HistoryRecord | undefined,
): HistoryRecord[] {
  const { retry } = periodic
  const when = rule.retry
  if (!retry || !when) return []
  const until = done ? of.records.indexOf(done) : of.records.length
  return of.records
    .slice(0, until)
    .filter((r) => r.form === retry.form && holds(when.evaluate(scopeOf(service, subject, r, of))))
    .slice(0, retry.max)
}

function earlier(a: Day, b: Day): Day {
  return a < b ? a : b
}

export function periodicTasks(
  service: CompiledService,
  subject: FoldSubject,
  ordered: readonly HistoryRecord[],
  today: Day,
): FoldedTask[] {
  const periodic = service.service.periodic
  const rule = service.periodic
  if (!periodic || !rule || subject.kind !== service.service.subject) return []
  const tasks: FoldedTask[] = []
  for (let start = quarterStart(subject.since ?? ordered[0]?.visit_date ?? today); start <= today; start = nextQuarterStart(start)) {
    const end = quarterEnd(start)
    const records = ordered.filter((r) => r.visit_date >= start && r.visit_date <= end)
    const of = { start, end, records }
    const task = isOwed(service, subject, ordered, of) ? taskOf(service, periodic, rule, subject, of, today) : null
    if (task) tasks.push(task)
  }
  return tasks
}
