/** What a record makes due, for everybody it concerns: the resident, the children it names, the household. */
import type { Day, Subject, Task, Text } from '../../api/wire'
import type { Folded, FoldedTask, FoldSubject, HistoryRecord, Judgement, ParametersOn } from '../model'
import { fold } from './fold'
import { rulesOn, type ServiceInTime } from './in_time'

/** One subject that a record concerns, with the records its tasks are folded from. */
export interface Concern {
  readonly subject: FoldSubject
  readonly household_id: string | null
  readonly village_code: string
  readonly records: readonly HistoryRecord[]
  /** Open tasks as they are known, by service. */
  readonly open: readonly Task[]
}

export interface Planned {
  /** What the record said, in the services it feeds. */
  readonly judgements: readonly (Judgement & { readonly service: string; readonly title: Text })[]
  /** Tasks that differ from what is known. */
  readonly tasks: readonly Task[]
}

function toTask(folded: FoldedTask, service: ServiceInTime, concern: Concern, today: Day): Task {
  const { programme } = rulesOn(service, today)
  const subject: Subject = { kind: concern.subject.kind, id: concern.subject.id }
  return {
    id: folded.id,
    subject,
    household_id: concern.household_id,
    village_code: concern.village_code,
    service: service.key,
    kind: folded.kind,
    anchor: folded.anchor,
    opens: folded.opens,
    due: folded.due,
    closes: folded.closes,
    expires: folded.expires,
    state: folded.state,
    face_to_face: folded.face_to_face,
    referral: folded.referral,
    escalation: folded.escalation,
    reasons: [...folded.reasons],
    rule_version: `${programme.key}/${String(programme.version)}`,
    source_submission_id: folded.source_submission_id,
  }
}

function toFolded(task: Task): FoldedTask {
  return {
    ...task,
    kind: task.kind as FoldedTask['kind'],
    state_reason: null,
    done_by: null,
  }
}

/** An open task whose record is older than the history at hand is given to the fold as it is. */
function givenTask(service: ServiceInTime, concern: Concern): FoldedTask | null {
  const known = new Set(concern.records.map((r) => r.submission_id))
  const open = concern.open.find(
    (t) => t.service === service.key && t.source_submission_id === t.anchor && !known.has(t.anchor),
  )
  return open ? toFolded(open) : null
}

function differs(task: Task, known: Task | undefined): boolean {
  if (!known) return true
  return (['state', 'opens', 'due', 'closes', 'referral', 'escalation'] as const).some((key) => task[key] !== known[key])
}

function isSubjectOf(service: ServiceInTime, concern: Concern): boolean {
  return service.newest.service.subject === concern.subject.kind
}

/**
 * @param policies what the policies of the concern's area say of a programme, by day
 * @param submissionId the record that has just been made: what it changed is what is laid over
 * @param known tasks as this phone knows them, by id
 */
export function plan(
  services: readonly ServiceInTime[],
  concerns: readonly Concern[],
  policies: (programme: string, villageCode: string) => ParametersOn,
  submissionId: string,
  known: ReadonlyMap<string, Task>,
  today: Day,
): Planned {
  const judgements: Planned['judgements'][number][] = []
  const tasks: Task[] = []
  for (const concern of concerns) {
    for (const service of services) {
      if (!isSubjectOf(service, concern)) continue
      const parameters = policies(service.newest.programme.key, concern.village_code)
      const folded: Folded = fold(service, concern.subject, concern.records, parameters, today, givenTask(service, concern))
      const own = folded.judgements.find((j) => j.submission_id === submissionId)
      if (own) judgements.push({ ...own, service: service.key, title: service.newest.service.title })
      for (const task of folded.tasks) {
        const mine = task.source_submission_id === submissionId || task.done_by === submissionId
        const made = toTask(task, service, concern, today)
        if ((mine || known.has(task.id)) && differs(made, known.get(task.id))) tasks.push(made)
      }
    }
  }
  return { judgements, tasks }
}

const REFERRALS = ['none', 'routine', 'urgent'] as const

/** The strongest of several judgements. */
export function strongestReferral(judgements: readonly Pick<Judgement, 'referral'>[]): 'none' | 'routine' | 'urgent' {
  return REFERRALS[Math.max(0, ...judgements.map((j) => REFERRALS.indexOf(j.referral)))] ?? 'none'
}
