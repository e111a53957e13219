/** The phone's queue of finalised records, and what became of them. */
import type { Envelope, Household, Receipt, Resident, Site, SubmitResponse, Task } from '../api/wire'
import type { Bytes } from '../kernel/bytes'

/** One finalised record, as it lies in the database. */
export interface OutboxRow {
  readonly id: string
  readonly seq: number
  readonly state: 'waiting' | 'sent' | 'refused'
  readonly submission_id: string
  readonly subject_id: string
  readonly form_key: string
  readonly finalised_at: number
  /** Not sent before this moment: a position may still come. Null: none is waited for. */
  readonly hold_until: number | null
  readonly tries: number
  /** Code of the problem this one record met, while it waits. */
  readonly trouble: string | null
  readonly envelope: Envelope
  /** The doctor's own copy, until the server has the record. */
  readonly readable: Bytes | null
  readonly receipt: Receipt | null
  readonly settled_at: number | null
}

/** What a finalised form changes on this phone at once, until the server has spoken. */
export interface Effects {
  readonly residents: readonly Resident[]
  readonly households: readonly Household[]
  readonly sites: readonly Site[]
  readonly tasks: readonly Task[]
}

/** How one posting of a batch ended. Anything that is not JSON of the right shape is `network`. */
export type Delivery =
  | { readonly kind: 'answered'; readonly body: SubmitResponse }
  | { readonly kind: 'network' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number | null }
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'refused'; readonly code: string }

export type Settled = 'sent' | 'refused'

/** What the whole queue looks like. `unknown`: this phone cannot tell, so it says nothing good. */
export interface QueueState {
  readonly waiting: number
  readonly refused: number
  /** Photos and signatures that the server does not have yet. */
  readonly pictures: number
  readonly oldestMs: number | null
}

export interface QueueLine {
  readonly id: string
  readonly seq: number
  readonly submission_id: string
  readonly subject_id: string
  readonly form_key: string
  readonly state: 'waiting' | 'sent' | 'refused'
  readonly finalised_at: number
  readonly tries: number
  readonly trouble: string | null
  readonly receipt: Receipt | null
  readonly readable: boolean
  readonly pictures: { readonly waiting: number; readonly refused: number }
}
