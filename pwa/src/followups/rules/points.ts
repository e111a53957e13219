/** Plans of fixed windows counted from one day: antenatal checks, checks of a growing child. */
import type { Day } from '../../api/wire'
import { holds } from '../../kernel/expressions'
import { taskId } from '../../kernel/ids'
import type { FoldedTask, FoldSubject, HistoryRecord, ParametersOn, Point } from '../model'
import type { CompiledService } from './compile'
import type { DoingBy } from './compile_plans'
import type { Course } from './courses'
import { dayOf, within } from './days'
import { latestVariables, parametersOf, subjectVariables, type ServiceInTime } from './in_time'

interface Window {
  readonly point: Point
  readonly doneBy: DoingBy
  readonly rules: CompiledService
  readonly opens: Day
  readonly due: Day
  readonly closes: Day
  readonly expires: Day
}

interface Plan {
  readonly subject: FoldSubject
  readonly course: Course
  readonly parameters: ParametersOn
}

/**
 * The tasks of every course: what was done, missed or cancelled, what is open, and the next.
 *
 * @param records all of them in order, those that cannot do a point's work as null
 */
export function pointsTasks(
  service: ServiceInTime,
  subject: FoldSubject,
  records: readonly (HistoryRecord | null)[],
  courses: readonly Course[],
  parameters: ParametersOn,
  today: Day,
): FoldedTask[] {
  const tasks = new Map<string, FoldedTask>()
  const began = service.versions[0]?.from ?? ''
  for (const course of courses) {
    const plan = { subject, course, parameters }
    const windows = windowsOf(service, plan)
    const mine = records.slice(course.begin, course.end ?? undefined).filter((r) => r !== null)
    // Windows older than the rules were nobody's duty.
    const knownOn = course.knownOn < began ? began : course.knownOn
    for (const task of tasksOf({ ...plan, course: { ...course, knownOn } }, windows, doneBy(plan, windows, mine), today)) {
      if (tasks.get(task.anchor)?.state !== 'completed') tasks.set(task.anchor, task)
    }
  }
  return [...tasks.values()]
}

/** The windows of a course by `opens`, each under the rules in force on the day it opens. */
function windowsOf(service: ServiceInTime, plan: Plan): Window[] {
  const [first, ...later] = service.versions
  let found = first ? windowsUnder(first.rules, plan) : []
  for (const { from, rules } of later) {
    const fresh = windowsUnder(rules, plan)
    const begun = fresh.filter((w) => w.opens >= from)
    const waiting = new Set(fresh.filter((w) => w.opens < from).map((w) => w.point.id))
    const named = new Set(begun.map((w) => w.point.id))
    found = [...found.filter((w) => (w.opens < from || waiting.has(w.point.id)) && !named.has(w.point.id)), ...begun]
  }
  return found.sort((a, b) => (a.opens < b.opens ? -1 : a.opens > b.opens ? 1 : 0))
}

function windowsUnder(rules: CompiledService, { subject, course, parameters }: Plan): Window[] {
  const plan = rules.points
  if (!plan) return []
  const seen = { ...subjectVariables(subject), ...parametersOf(rules, parameters, course.knownOn), ...latestVariables(course.latest) }
  const anchor = dayOf(plan.anchor, seen)
  if (anchor === null || (plan.applies && !holds(plan.applies.evaluate(seen)))) return []
  const scope = { ...seen, anchor }
  const until = dayOf(plan.until, scope)
  if (until !== null && until < course.knownOn) return [] // over before anybody knew of it
  return plan.points.flatMap(({ point, ...when }) => {
    const [opens, due, closes] = [dayOf(when.opens, scope), dayOf(when.due, scope), dayOf(when.closes, scope)]
    if (opens === null || due === null || closes === null) return []
    const expires = dayOf(when.expires, scope) ?? closes
    return [{ point, doneBy: plan.doneBy, rules, ...within(opens, due, closes), expires: expires > closes ? expires : closes }]
  })
}

/** By which record each point was done; a record does the work of one point. */
function doneBy(plan: Plan, windows: readonly Window[], records: readonly HistoryRecord[]): Map<string, HistoryRecord> {
  const done = new Map<string, HistoryRecord>()
  for (const record of records) {
    const window = windows.find((w) => !done.has(w.point.id) && does(plan, w, record))
    if (window) done.set(window.point.id, record)
  }
  return done
}

function does({ subject, course, parameters }: Plan, window: Window, record: HistoryRecord): boolean {
  const scope = {
    ...record.answers,
    ...subjectVariables(subject),
    ...parametersOf(window.rules, parameters, course.knownOn),
    point: window.point.id,
    visit_date: record.visit_date,
  }
  const inside = window.opens <= record.visit_date && record.visit_date <= window.expires
  return window.doneBy(record.form).some(({ when, anyDay }) => (inside || anyDay) && holds(when.evaluate(scope)))
}

/** What has been settled, what is open on the last day that counts, and the next one. */
function tasksOf(plan: Plan, windows: readonly Window[], done: ReadonlyMap<string, HistoryRecord>, today: Day): FoldedTask[] {
  const { endedOn, knownOn } = plan.course
  const last = endedOn !== null && endedOn < today ? endedOn : today
  const next = windows.find((w) => w.opens > last && w.expires >= knownOn && !done.has(w.point.id))
  return windows.flatMap((window) => {
    const record = done.get(window.point.id)
    const task = taskOf(plan, window)
    if (record) return [{ ...task, state: 'completed' as const, done_by: record.submission_id }]
    if (window.expires < knownOn) return []
    if (window.expires < last) return [{ ...task, state: 'failed' as const, state_reason: 'missed' as const }]
    if (window.opens > last && window !== next) return []
    return [endedOn === null ? task : { ...task, state: 'cancelled' as const, state_reason: 'ended' as const }]
  })
}

function taskOf({ subject, course }: Plan, { point, rules, opens, due, closes, expires }: Window): FoldedTask {
  const anchor = course.key === '' ? point.id : `${course.key}.${point.id}`
  return {
    id: taskId(subject.id, rules.service.service, anchor),
    anchor,
    kind: point.kind,
    opens,
    due,
    closes,
    expires,
    face_to_face: false,
    referral: 'none',
    escalation: 'E0',
    reasons: [{ rule: point.id, text: point.reason }],
    state: 'requested',
    state_reason: null,
    done_by: null,
    source_submission_id: course.key === '' ? null : course.key,
  }
}
