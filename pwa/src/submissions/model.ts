/** Submissions as the doctor sees them: those on the server and those still on this phone. */
import type { Answers, Day, Fix, FixState, Flag, Instant, Receipt, Subject, SubmissionState } from '../api/wire'

export type VisitState = SubmissionState | 'unsent' | 'refused'

/** One visit of the timeline. */
export interface Visit {
  readonly id: string
  readonly version_id: string
  readonly form: { readonly key: string; readonly version: number }
  readonly subject: Subject
  readonly household_id: string | null
  readonly visit_date: Day
  readonly finalised_at: Instant
  readonly worker_id: string
  readonly state: VisitState
  readonly answers: Answers
  /** Paths whose soft warnings this doctor confirmed. */
  readonly confirmed: readonly string[]
  readonly returned: { readonly fields: readonly string[]; readonly reason: string | null; readonly by: string; readonly at: Instant } | null
  readonly receipt: Receipt | null
  /** What the township's rules ask about it; undefined where the server does not tell. */
  readonly flags?: readonly Flag[] | undefined
}

/** What is corrected: the version that was shown to the doctor. */
export interface Base {
  readonly submission_id: string
  readonly version_id: string
}

/** A form being filled in. Saved with each answer. */
export interface Draft {
  readonly id: string
  readonly form: { readonly key: string; readonly version: number }
  readonly subject: Subject
  readonly household_id: string | null
  readonly village_code: string
  readonly started_at: Instant
  readonly answers: Answers
  /** Confirmed soft warnings, with the values they were confirmed for. */
  readonly confirmed: Readonly<Record<string, string>>
  /** Fields the doctor answered or prefill gave: defaults no longer follow their expression there. */
  readonly touched: readonly string[]
  readonly offered: Readonly<Record<string, Answers>>
  readonly page: string
  readonly seconds: Readonly<Record<string, number>>
  /** Groups answered by the one tap 'asked, all is well'. */
  readonly usual?: readonly string[]
  readonly base: Base | null
  readonly returned: { readonly fields: readonly string[]; readonly reason: string | null } | null
  readonly sitting_id: string | null
  /** The task from which the form was opened. */
  readonly task_id: string | null
  readonly fix: Fix | null
  readonly updated_at: number
}

export interface Position {
  readonly fix: Fix | null
  readonly state: FixState
}

/** A form that was finished in a house, for as long as the doctor may still sit there. */
export interface FinishedForm {
  readonly id: string
  readonly form: { readonly key: string; readonly version: number }
  readonly subject: Subject
  readonly household_id: string
  readonly sitting_id: string | null
  readonly answers: Answers
  readonly fix: Fix | null
  /** By this phone's clock. */
  readonly at: number
}
