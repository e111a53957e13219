/** What a reviewer looks at. */
import type { SubmissionState, Text, Violation } from '../api/wire'

/** One answer as it is laid out. `value` is null where nothing was answered. */
export interface AnswerLine {
  readonly path: string
  readonly label: Text
  readonly value: Text | null
  readonly control: string
  /** Ids of residents, for answers that name people. */
  readonly people: readonly string[]
  /** sha256 of photos and signatures. */
  readonly pictures: readonly string[]
  readonly violations: readonly Violation[]
  /** The doctor saw a warning here and said that it is so. */
  readonly confirmed: boolean
  /** Differs from the version it corrects. `before` is null where nothing was answered then. */
  readonly change: { readonly before: Text | null } | null
}

/** Lines under each other, or the rows of a repeat. */
export type AnswerBlock =
  | { readonly kind: 'lines'; readonly lines: readonly AnswerLine[] }
  | { readonly kind: 'rows'; readonly path: string; readonly label: Text; readonly rows: readonly (readonly AnswerLine[])[] }

export interface AnswerPage {
  readonly id: string
  readonly title: Text
  readonly blocks: readonly AnswerBlock[]
}

export interface Layout {
  readonly pages: readonly AnswerPage[]
  /** Violations that belong to no field of the form. */
  readonly strays: readonly Violation[]
}

/** What the list of incoming submissions shows. */
export interface SubmissionFilter {
  readonly state: SubmissionState
  readonly form: string | null
  readonly village: string | null
  readonly worker: string | null
  readonly flagged: boolean
  readonly from: string | null
  readonly to: string | null
  readonly q: string
}
