/**
 * What a service knows of a subject beyond one record: the newest facts, and the courses they run. A
 * course is one run of a plan of points: a pregnancy, a treatment, a childhood until somebody moves away.
 */
import type { Day } from '../../api/wire'
import type { FoldSubject, HistoryRecord, ParametersOn } from '../model'
import { dayOf } from './days'
import { latestVariables, parametersOf, subjectVariables, type ServiceInTime } from './in_time'

type Values = Record<string, unknown>

export interface Course {
  /** The record that began it; empty for a plan counted from the register. */
  readonly key: string
  /** Day from which it was known: a window that was over by then is not made. */
  readonly knownOn: Day
  readonly latest: Values
  /** Place of its first record in the order of all. */
  readonly begin: number
  /** Place of the first record that is no longer part of it; null while it lasts. */
  readonly end: number | null
  readonly endedOn: Day | null
}

export class Courses {
  private readonly done: Course[] = []
  private latest: Values = {}
  private running: Course | null = null

  /** @param knownOn first day on which anything is known of the subject */
  constructor(
    private readonly service: ServiceInTime,
    private readonly subject: FoldSubject,
    private readonly parameters: ParametersOn,
    knownOn: Day,
  ) {
    const points = service.newest.points
    if (points && !points.fromRecords) this.running = { key: '', knownOn, latest: {}, begin: 0, end: null, endedOn: null }
  }

  get variables(): Values {
    return latestVariables(this.latest)
  }

  /** A plan whose last day has passed is over, and what was known of it is forgotten. */
  before(place: number, day: Day): void {
    const points = this.service.newest.points
    if (!this.running || !points?.until) return
    const scope = this.scope(this.running.knownOn)
    const until = dayOf(points.until, { ...scope, anchor: dayOf(points.anchor, scope) ?? undefined })
    if (until !== null && until < day) this.close(place, null)
  }

  /** One more record that is not an ending. `facts`: null where they do not count. */
  take(place: number, record: HistoryRecord, facts: Values | null): void {
    for (const [name, value] of Object.entries(facts ?? {})) if (value !== undefined) this.latest[name] = value
    const points = this.service.newest.points
    if (this.running || !points || dayOf(points.anchor, this.scope(record.visit_date)) === null) return
    const key = points.fromRecords ? record.submission_id : ''
    this.running = { key, knownOn: record.visit_date, latest: {}, begin: place, end: null, endedOn: null }
  }

  /** The subject ended: died, moved away, gave birth. */
  end(place: number, day: Day): void {
    this.close(place, day)
  }

  /** Oldest first; what the register says of the subject has the last word. */
  all(): Course[] {
    const found = this.running ? [...this.done, { ...this.running, latest: { ...this.latest } }] : this.done
    const last = this.subject.ended_on
    if (last === undefined) return found
    return found.filter((c) => c.knownOn <= last).map((c) => ({ ...c, endedOn: c.endedOn !== null && c.endedOn < last ? c.endedOn : last }))
  }

  private close(place: number, endedOn: Day | null): void {
    if (this.running) this.done.push({ ...this.running, latest: { ...this.latest }, end: place, endedOn })
    this.running = null
    this.latest = {}
  }

  private scope(day: Day): Values {
    return { ...subjectVariables(this.subject), ...parametersOf(this.service.newest, this.parameters, day), ...this.variables }
  }
}
