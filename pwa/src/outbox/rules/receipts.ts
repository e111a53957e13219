/** What a receipt means for a queued record (docs/decisions/0001, 'What the server answers'). */
import type { Envelope, Receipt, ReceiptStatus } from '../../api/wire'
import type { Settled } from '../model'

const MEANING: Record<Exclude<ReceiptStatus, 'failed'>, Settled> = {
  stored: 'sent',
  replayed: 'sent',
  held: 'sent',
  quarantined: 'refused',
  conflict: 'refused',
  deleted: 'refused',
  invalid: 'refused',
}

/** The receipt that speaks for this envelope: same id and same hash, or none at all. */
export function receiptFor(envelope: Pick<Envelope, 'id' | 'sha256'>, receipts: readonly Receipt[]): Receipt | null {
  return receipts.find((r) => r.id === envelope.id && r.sha256 === envelope.sha256 && (r.status === 'failed' || r.status in MEANING)) ?? null
}

/** What becomes of the record; null where the server itself failed on it: kept, and tried again. */
export function meaningOf(receipt: Receipt): Settled | null {
  return receipt.status === 'failed' ? null : MEANING[receipt.status]
}
