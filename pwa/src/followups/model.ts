/** Follow-ups: the programme file (`schemas/meta/programme.schema.json`) and what a fold gives. */
import type { Answers, Day, Instant, Task, Text } from '../api/wire'

export type Kind = 'follow_up' | 'referral_check' | 'visit' | 'check'
export type Referral = 'none' | 'routine' | 'urgent'
export type Escalation = 'E0' | 'E3'

export interface Rule {
  readonly id: string
  readonly when: string
  readonly final?: boolean
  readonly kind?: Kind
  readonly opens?: string
  readonly due?: string
  readonly closes?: string
  readonly expires?: string
  readonly face_to_face?: boolean
  readonly referral?: Referral
  readonly escalation?: Escalation
  readonly reason: Text
  readonly advice?: Text
}
export interface Fact {
  readonly id: string
  readonly type: 'bool' | 'number' | 'text' | 'date'
  readonly value: string
}
export interface Section {
  readonly applies?: string
  readonly for_each?: string
  readonly completed?: string
  readonly ended?: string
  readonly face_to_face?: string
  readonly qualifies?: string
  readonly closes?: readonly Kind[]
  readonly facts?: readonly Fact[]
  readonly episode?: { readonly starts: string; readonly counts: string; readonly within_days: number }
  readonly class?: readonly { readonly code: string; readonly when: string; readonly label: Text }[]
  readonly doctor_class?: string
  readonly next_visit_date?: string
  readonly rules?: readonly Rule[]
  /** Rules for a record that is not completed. */
  readonly unmet?: readonly Rule[]
}
export type SubjectKind = 'resident' | 'household' | 'area' | 'site'
export type Every = 'month' | 'two_months' | 'quarter' | 'half_year' | 'year'
export interface DoneBy {
  readonly form: string
  readonly when: string
  /** Only of points: counts outside of the window too. */
  readonly any_day?: boolean
}
export interface Periodic {
  readonly every: Every
  readonly applies?: string
  readonly kind: Kind
  readonly opens: string
  readonly due: string
  readonly closes: string
  readonly reason: Text
  readonly done_by: readonly DoneBy[]
  readonly retry?: { readonly form: string; readonly when: string; readonly after_days: number; readonly max: number; readonly reason: Text }
}
export interface Point {
  readonly id: string
  readonly kind: Kind
  readonly opens: string
  readonly due: string
  readonly closes: string
  readonly expires?: string
  readonly reason: Text
}
/** A plan of fixed windows counted from one day. */
export interface Points {
  readonly anchor: string
  readonly until?: string
  readonly applies?: string
  readonly points: readonly Point[]
  readonly done_by: readonly DoneBy[]
}
export interface Service {
  readonly service: string
  readonly title: Text
  readonly subject: SubjectKind
  readonly sensitive?: boolean
  readonly on?: Readonly<Record<string, Section>>
  readonly periodic?: Periodic
  readonly points?: Points
}
export interface Programme {
  readonly key: string
  readonly version: number
  readonly effective_from: Day
  readonly title: Text
  readonly parameters?: Readonly<Record<string, { readonly value: number | string | boolean }>>
  readonly services: readonly Service[]
}

/**
 * Of whom the tasks are. `since`: day in the first period that is looked at; `ended_on`: day of death,
 * moving out or closing, while that holds.
 */
export interface FoldSubject {
  readonly kind: SubjectKind
  readonly id: string
  readonly birth_date?: Day | undefined
  readonly sex?: string | undefined
  readonly programmes?: readonly string[] | undefined
  readonly since?: Day | undefined
  readonly ended_on?: Day | undefined
}

export type Parameters = Readonly<Record<string, number | string | boolean>>
/** What an area's policies say instead of a programme's own parameters, by day. */
export type ParametersOn = (day: Day) => Parameters

/** One standing submission, as the fold reads it. */
export interface HistoryRecord {
  readonly submission_id: string
  readonly form: string
  readonly visit_date: Day
  readonly finalised_at: Instant
  readonly answers: Answers
  /** Whom it is about, where that is not the subject of the fold. */
  readonly about?: Pick<FoldSubject, 'id' | 'birth_date' | 'sex' | 'programmes'> | undefined
}

export interface FoldedTask {
  readonly id: string
  readonly anchor: string
  readonly kind: Kind
  readonly opens: Day
  readonly due: Day
  readonly closes: Day
  readonly expires: Day | null
  readonly face_to_face: boolean
  readonly referral: Referral
  readonly escalation: Escalation
  readonly reasons: readonly { readonly rule: string; readonly text: Text }[]
  readonly state: Task['state']
  readonly state_reason: 'superseded' | 'ended' | 'missed' | null
  readonly done_by: string | null
  readonly source_submission_id: string | null
}

/** What one record said: shown to the doctor before leaving the house. */
export interface Judgement {
  readonly submission_id: string
  readonly class: string | null
  readonly class_label: Text | null
  /** The doctor's own class, where it is more serious. */
  readonly doctor_class: string | null
  readonly rules: readonly string[]
  readonly advice: readonly Text[]
  readonly reasons: readonly Text[]
  readonly referral: Referral
  readonly escalation: Escalation
}

export interface Folded {
  readonly judgements: readonly Judgement[]
  readonly tasks: readonly FoldedTask[]
}

export type Due = 'upcoming' | 'due' | 'overdue'
