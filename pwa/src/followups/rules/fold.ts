/**
 * One fold over a subject's standing records gives every task of one service (docs/decisions/0005;
 * the order of steps is that of `schemas/cases/README.md`, 'followups').
 */
import type { Day } from '../../api/wire'
import { daysBetween } from '../../kernel/dates'
import { holds, type Expression } from '../../kernel/expressions'
import { newbornId, taskId } from '../../kernel/ids'
import type { CompiledRule, CompiledSection, CompiledService } from './compile'
import type { Folded, FoldedTask, FoldSubject, HistoryRecord, Judgement, Referral } from '../model'
import { periodicTasks } from './periodic'

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

  constructor(
    private readonly service: CompiledService,
    private readonly subject: FoldSubject,
    given: FoldedTask | null,
  ) {
    this.open = given
  }

  finish(today: Day): void {
    this.expire(today)
    if (this.open) this.tasks.push(this.open)
  }

  record(record: HistoryRecord, section: CompiledSection, fields: Values): void {
    const scope = this.scopeOf(record, fields)
    if (section.applies && !holds(section.applies.evaluate(scope))) return
    this.expire(record.visit_date)
    const completed = test(section.completed, scope, true)
    this.episode(record, section, scope)
    const facts = this.facts(record.form, section, scope)
    const ended = test(section.ended, scope, false)
    if (ended) {
      this.settle({ state: 'cancelled', state_reason: 'ended' })
      this.judgements.push(silent(record.submission_id))
    } else if (completed) {
      this.complete(record, section, scope)
      this.judge(record, section, scope)
    } else {
      this.judgements.push(silent(record.submission_id))
    }
    const qualifies = section.qualifies ? holds(section.qualifies.evaluate(scope)) : completed
    this.past.push({ form: record.form, facts, qualifies: qualifies && !ended, completed: completed && !ended })
  }

  private scopeOf(record: HistoryRecord, fields: Values): Values {
    const about = record.about ?? this.subject
    return {
      ...this.service.parameters,
      today: record.visit_date,
      resident_birth_date: about.birth_date,
      resident_sex: about.sex,
      resident_programmes: about.programmes,
      ...fields,
      visit_date: record.visit_date,
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

  private judge(record: HistoryRecord, section: CompiledSection, scope: Values): void {
    const fired = firing(section.rules, scope)
    const referral = strongest(fired.map((r) => r.rule.referral))
    const escalation = fired.some((r) => r.rule.escalation === 'E3') ? 'E3' : 'E0'
    const code = section.classes.find((c) => holds(c.when.evaluate(scope)))?.code ?? null
    this.judgements.push({
      submission_id: record.submission_id,
      class: code,
      class_label: section.section.class?.find((c) => c.code === code)?.label ?? null,
      doctor_class: doctorClass(section, scope, code),
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
      id: taskId(this.subject.id, this.service.service.service, record.submission_id),
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

/** `opens` ≤ `due` ≤ `closes`, always. */
function within(opens: Day, due: Day, closes: Day): { opens: Day; due: Day; closes: Day } {
  const kept = due < closes ? due : closes
  return { opens: opens < kept ? opens : kept, due: kept, closes }
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

function day(expression: Expression | null, scope: Values): Day | null {
  const outcome = expression?.evaluate(scope)
  return outcome?.kind === 'value' && typeof outcome.value === 'string' && outcome.value !== '' ? outcome.value : null
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
  return subject.kind === 'resident' && record.about !== undefined && record.about.id !== subject.id
}

/** The record's answers as this subject's: of a repeat only the row that is the subject. */
function fieldsFor(section: CompiledSection, record: HistoryRecord, subject: FoldSubject): Values | null {
  const repeat = section.section.for_each
  if (repeat === undefined) return isAboutOther(record, subject) ? null : { ...record.answers }
  const rows = record.answers[repeat]
  if (!Array.isArray(rows)) return null
  const row = rows.findIndex((_, i) => newbornId(record.submission_id, i) === subject.id)
  return row < 0 ? null : { ...record.answers, ...(rows[row] as Values) }
}

/**
 * Every task of the subject and service.
 *
 * @param given an open task whose record lies before the history that is at hand
 */
export function fold(
  service: CompiledService,
  subject: FoldSubject,
  records: readonly HistoryRecord[],
  today: Day,
  given: FoldedTask | null = null,
): Folded {
  const ordered = inOrder(records)
  const run = new Fold(service, subject, given)
  for (const record of ordered) {
    const section = service.sections.get(record.form)
    const fields = section && fieldsFor(section, record, subject)
    if (section && fields) run.record(record, section, fields)
  }
  run.finish(today)
  return {
    judgements: run.judgements,
    tasks: [...run.tasks, ...periodicTasks(service, subject, ordered, today)],
  }
}
