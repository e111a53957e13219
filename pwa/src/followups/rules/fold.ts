/**
 * One fold over a subject's standing records gives every task of one service (docs/decisions/0005;
 * the order of steps is that of `schemas/cases/README.md`, 'followups').
 */
import type { Day } from '../../api/wire'
import { daysBetween } from '../../kernel/dates'
import { holds, type Expression } from '../../kernel/expressions'
import { newbornId, taskId } from '../../kernel/ids'
import type { Folded, FoldedTask, FoldSubject, HistoryRecord, Judgement, ParametersOn, Referral } from '../model'
import type { CompiledRule, CompiledSection } from './compile'
import { Courses } from './courses'
import { dayOf as day, within } from './days'
import { parametersOf, rulesOn, subjectVariables, type ServiceInTime } from './in_time'
import { periodicTasks, type Ending } from './periodic'
import { pointsTasks } from './points'

type Values = Record<string, unknown>

interface Past {
  readonly form: string
  readonly facts: Values
  readonly qualifies: boolean
  readonly completed: boolean
}
interface Episode {
  readonly first: Day
  readonly until: number // days
  readonly days: Set<Day>
  readonly raised: Set<Day>
}

const REFERRALS: readonly Referral[] = ['none', 'routine', 'urgent']

function strongest(referrals: readonly (Referral | undefined)[]): Referral {
  return referrals.reduce<Referral>((best, r) => (REFERRALS.indexOf(r ?? 'none') > REFERRALS.indexOf(best) ? (r ?? 'none') : best), 'none')
}

/** By visit date, then finalised instant, then id: never by when it arrived. */
export function inOrder(records: readonly HistoryRecord[]): HistoryRecord[] {
  const key = (r: HistoryRecord): [string, number, string] => [r.visit_date, Date.parse(r.finalised_at), r.submission_id]
  return [...records].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    return compare(x[0], y[0]) || x[1] - y[1] || compare(x[2], y[2])
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

class Fold {
  readonly tasks: FoldedTask[] = []
  readonly judgements: Judgement[] = []
  private open: FoldedTask | null = null
  private readonly past: Past[] = []
  private readonly episodes = new Map<string, Episode>()
  private readonly endings: Ending[] = []
  private readonly idle = new Set<string>() // submissions that were not completed
  private readonly passedOver = new Set<string>() // submissions that are none of this service
  private unmet = 0 // records in a row that were not completed

  constructor(
    private readonly service: ServiceInTime,
    private readonly subject: FoldSubject,
    private readonly parameters: ParametersOn,
    readonly courses: Courses,
    given: FoldedTask | null,
  ) {
    this.open = given
  }

  /** The register has the last word: what is open when the subject ended is cancelled. */
  finish(today: Day): void {
    const end = this.subject.ended_on
    this.expire(end !== undefined && end < today ? end : today)
    if (end !== undefined) this.settle({ state: 'cancelled', state_reason: 'ended' })
    if (this.open) this.tasks.push(this.open)
  }

  /** When the subject ended or was seen again; what the register says has the last word. */
  knownEndings(): Ending[] {
    const last = this.subject.ended_on
    return last === undefined ? this.endings : [...this.endings.filter((e) => e.day <= last), { day: last, ended: true }]
  }

  /** Whether a record is about the subject; those of its members are about a household. */
  concerns(record: HistoryRecord): boolean {
    const own = this.subject.kind === 'household' || !isAboutOther(record, this.subject)
    return own && !this.passedOver.has(record.submission_id)
  }

  /** Whether a record can do the work of a period or point. */
  works(record: HistoryRecord): boolean {
    return this.concerns(record) && !this.idle.has(record.submission_id)
  }

  /** One more record, the newest so far. `place`: in the order of all. */
  record(record: HistoryRecord, section: CompiledSection, fields: Values, place: number): void {
    this.courses.before(place, record.visit_date)
    const scope = this.scopeOf(record, fields)
    if (section.applies && !holds(section.applies.evaluate(scope))) {
      this.passedOver.add(record.submission_id)
      return
    }
    this.expire(record.visit_date)
    const ended = test(section.ended, scope, false)
    const completed = test(section.completed, scope, true) && !ended
    if (completed) this.episode(record, section, scope)
    const facts = this.facts(record.form, section, scope)
    this.endings.push({ day: record.visit_date, ended })
    this.unmet = completed || ended ? 0 : this.unmet + 1
    scope['unmet_in_row'] = this.unmet
    if (completed) this.complete(record, section, scope)
    else this.idle.add(record.submission_id)
    if (ended) {
      this.settle({ state: 'cancelled', state_reason: 'ended' })
      this.judgements.push(silent(record.submission_id))
    } else {
      this.judge(record, section, scope, completed)
    }
    const qualifies = !ended && (section.qualifies ? holds(section.qualifies.evaluate(scope)) : completed)
    this.past.push({ form: record.form, facts, qualifies, completed })
    if (ended) this.courses.end(place, record.visit_date)
    else this.courses.take(place, record, qualifies ? facts : null)
  }

  private scopeOf(record: HistoryRecord, fields: Values): Values {
    return {
      ...fields,
      ...parametersOf(rulesOn(this.service, record.visit_date), this.parameters, record.visit_date),
      visit_date: record.visit_date,
      ...subjectVariables(this.subject),
      ...this.courses.variables,
    }
  }

  /** Adds the facts, those of the previous record, and what lay in between, to the scope. */
  private facts(form: string, section: CompiledSection, scope: Values): Values {
    const index = this.past.map((p) => p.form === form && p.qualifies).lastIndexOf(true)
    const previous = this.past[index]
    for (const { id } of section.facts) scope[`previous_${id}`] = previous?.facts[id]
    scope['since_previous'] = previous
      ? this.past.slice(index + 1).filter((p) => p.completed).map((p) => p.form)
      : undefined
    const facts: Values = {}
    for (const { id, value } of section.facts) {
      const outcome = value.evaluate(scope)
      facts[id] = scope[id] = outcome.kind === 'value' ? outcome.value : undefined
    }
    return facts
  }

  private episode(record: HistoryRecord, section: CompiledSection, scope: Values): void {
    const rule = section.episode
    if (!rule) return
    const starts = holds(rule.starts.evaluate(scope))
    let episode = this.episodes.get(record.form)
    if (episode && daysBetween(episode.first, record.visit_date) > episode.until) episode = undefined
    if (!episode && starts) {
      episode = { first: record.visit_date, until: rule.withinDays, days: new Set(), raised: new Set() }
      this.episodes.set(record.form, episode)
    }
    if (!episode) return
    if (holds(rule.counts.evaluate(scope))) episode.days.add(record.visit_date)
    if (starts) episode.raised.add(record.visit_date)
    scope['episode_first'] = episode.first
    scope['episode_days'] = episode.days.size
    scope['episode_raised'] = episode.raised.size
  }

  private expire(day: Day): void {
    if (this.open?.expires != null && this.open.expires < day) this.settle({ state: 'failed', state_reason: 'missed' })
  }

  private settle(change: Partial<FoldedTask>): void {
    if (this.open) this.tasks.push({ ...this.open, ...change })
    this.open = null
  }

  private complete(record: HistoryRecord, section: CompiledSection, scope: Values): void {
    const open = this.open
    if (!open) return
    if (section.section.closes && !section.section.closes.includes(open.kind)) return
    if (record.visit_date < open.opens) return
    if (open.face_to_face && !test(section.faceToFace, scope, true)) return
    this.settle({ state: 'completed', done_by: record.submission_id })
  }

  /** Class and rules of a record; one that is not completed has no class. */
  private judge(record: HistoryRecord, section: CompiledSection, scope: Values, completed: boolean): void {
    const fired = firing(completed ? section.rules : section.unmet, scope)
    const referral = strongest(fired.map((r) => r.rule.referral))
    const escalation = fired.some((r) => r.rule.escalation === 'E3') ? 'E3' : 'E0'
    const code = completed ? (section.classes.find((c) => holds(c.when.evaluate(scope)))?.code ?? null) : null
    this.judgements.push({
      submission_id: record.submission_id,
      class: code,
      class_label: section.section.class?.find((c) => c.code === code)?.label ?? null,
      doctor_class: completed ? doctorClass(section, scope, code) : null,
      rules: fired.map((r) => r.rule.id),
      advice: fired.flatMap((r) => (r.rule.advice ? [r.rule.advice] : [])),
      reasons: fired.map((r) => r.rule.reason),
      referral,
      escalation,
    })
    const candidate = this.candidate(record, section, scope, fired, referral, escalation)
    if (candidate) this.compete(candidate)
  }

  private candidate(
    record: HistoryRecord,
    section: CompiledSection,
    scope: Values,
    fired: readonly CompiledRule[],
    referral: Referral,
    escalation: 'E0' | 'E3',
  ): FoldedTask | null {
    const windows = fired.flatMap((rule) => {
      const [opens, due, closes] = [day(rule.opens, scope), day(rule.due, scope), day(rule.closes, scope)]
      return opens === null || due === null || closes === null ? [] : [{ rule, ...within(opens, due, closes) }]
    })
    const first = windows.reduce<(typeof windows)[number] | null>((best, w) => (best && best.closes <= w.closes ? best : w), null)
    if (!first) return null
    const { opens, due } = first
    const wished = section.section.next_visit_date === undefined ? undefined : scope[section.section.next_visit_date]
    const sooner = typeof wished === 'string' && wished > record.visit_date && wished < due ? wished : null
    return {
      id: taskId(this.subject.id, this.service.key, record.submission_id),
      anchor: record.submission_id,
      kind: first.rule.rule.kind ?? 'follow_up',
      opens: sooner !== null && sooner < opens ? sooner : opens,
      due: sooner ?? due,
      closes: first.closes,
      expires: day(first.rule.expires, scope),
      face_to_face: first.rule.rule.face_to_face ?? false,
      referral,
      escalation,
      reasons: fired.map((r) => ({ rule: r.rule.id, text: r.rule.reason })),
      state: 'requested',
      state_reason: null,
      done_by: null,
      source_submission_id: record.submission_id,
    }
  }

  private compete(candidate: FoldedTask): void {
    if (this.open && !beats(candidate, this.open)) return
    this.settle({ state: 'cancelled', state_reason: 'superseded' })
    this.open = candidate
  }
}

function beats(candidate: FoldedTask, open: FoldedTask): boolean {
  if (candidate.escalation !== open.escalation) return candidate.escalation === 'E3'
  const strength = REFERRALS.indexOf(candidate.referral) - REFERRALS.indexOf(open.referral)
  if (strength !== 0) return strength > 0
  return candidate.closes < open.closes
}

function test(expression: Expression | null, scope: Values, otherwise: boolean): boolean {
  return expression ? holds(expression.evaluate(scope)) : otherwise
}

/** Rules that fire, up to and including a final one. */
function firing(rules: readonly CompiledRule[], scope: Values): CompiledRule[] {
  const fired: CompiledRule[] = []
  for (const rule of rules) {
    if (!holds(rule.when.evaluate(scope))) continue
    fired.push(rule)
    if (rule.rule.final === true) break
  }
  return fired
}

/** The doctor's class, where it stands before the computed one: the list goes from the most serious. */
function doctorClass(section: CompiledSection, scope: Values, computed: string | null): string | null {
  const field = section.section.doctor_class
  const stated = field === undefined ? undefined : scope[field]
  if (typeof stated !== 'string') return null
  const codes = section.classes.map((c) => c.code)
  const at = codes.indexOf(stated)
  const own = computed === null ? codes.length : codes.indexOf(computed)
  return at >= 0 && at < own ? stated : null
}

function silent(submissionId: string): Judgement {
  return {
    submission_id: submissionId, class: null, class_label: null, doctor_class: null, rules: [], advice: [], reasons: [],
    referral: 'none', escalation: 'E0',
  }
}

/** A mother's visit says nothing of her child, but through the row that names it. */
function isAboutOther(record: HistoryRecord, subject: FoldSubject): boolean {
  return record.about !== undefined && record.about.id !== subject.id
}

/** The place of this subject's row in a record; -1 for none. */
function rowOf(record: HistoryRecord, repeat: string, subject: FoldSubject): number {
  const rows = record.answers[repeat]
  return Array.isArray(rows) ? rows.findIndex((_, i) => newbornId(record.submission_id, i) === subject.id) : -1
}

/** The record's answers as this subject's: of a repeat only the row that is the subject. */
function fieldsFor(section: CompiledSection, record: HistoryRecord, subject: FoldSubject): Values | null {
  const repeat = section.section.for_each
  if (repeat === undefined) return isAboutOther(record, subject) ? null : { ...record.answers }
  const row = rowOf(record, repeat, subject)
  if (row < 0) return null
  const outer = Object.entries(record.answers).filter(([name]) => !section.rowFields.has(name))
  return { ...Object.fromEntries(outer), ...((record.answers[repeat] as unknown[])[row] as Values) }
}

/** First day on which anything is known of the subject: a record about it, or one with a row for it. */
function knownOn(service: ServiceInTime, subject: FoldSubject, ordered: readonly HistoryRecord[], today: Day): Day {
  const first = ordered.find((record) => {
    const repeat = service.newest.sections.get(record.form)?.section.for_each
    return !isAboutOther(record, subject) || (repeat !== undefined && rowOf(record, repeat, subject) >= 0)
  })
  return first?.visit_date ?? today
}

/**
 * Every task of the subject and service.
 *
 * @param parameters what the area's policies say, by day of the visit
 * @param given an open task whose record lies before the history that is at hand
 */
export function fold(
  service: ServiceInTime,
  subject: FoldSubject,
  records: readonly HistoryRecord[],
  parameters: ParametersOn,
  today: Day,
  given: FoldedTask | null = null,
): Folded {
  const ordered = inOrder(records)
  const run = new Fold(service, subject, parameters, new Courses(service, subject, parameters, knownOn(service, subject, ordered, today)), given)
  ordered.forEach((record, place) => {
    const section = rulesOn(service, record.visit_date).sections.get(record.form)
    const fields = section && fieldsFor(section, record, subject)
    if (section && fields) run.record(record, section, fields, place)
  })
  run.finish(today)
  const working = ordered.map((record) => (run.works(record) ? record : null))
  const works = new Set(working)
  const history = { records: ordered.filter((r) => run.concerns(r)), works: (r: HistoryRecord) => works.has(r), endings: run.knownEndings() }
  return {
    judgements: run.judgements,
    tasks: [
      ...run.tasks,
      ...periodicTasks(service, subject, history, parameters, today),
      ...pointsTasks(service, subject, working, run.courses.all(), parameters, today),
    ],
  }
}
