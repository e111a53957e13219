/** Sends pictures part by part, after the envelopes and never in their way. */
import { sha256Hex, type Bytes } from '../kernel/bytes'
import type { Round } from '../outbox/send'
import type { AttachmentRow, PartDelivery, PartPlace } from './model'
import { afterFailure, FIRST_PART, nextPart } from './rules/parts'

/** The pictures on disk, as the sender needs them. */
export interface Shelf {
  waiting(): Promise<AttachmentRow[]>
  sealed(sha256: string): Promise<Bytes | null>
  noteTry(row: AttachmentRow): Promise<void>
  settle(sha256: string): Promise<void>
  refuse(sha256: string, code: string): Promise<void>
}

export interface Outside {
  readonly now: () => number
  readonly put: (place: PartPlace, part: Bytes) => Promise<PartDelivery>
  /** A record is waiting: it goes first. */
  readonly envelopeWaits: () => Promise<boolean>
  readonly alone: (work: () => Promise<void>) => Promise<boolean>
  readonly progress: (done: number, total: number) => void
}

/** Parts in a row that the server did not add to what it has. */
const STALLS = 3
const NETWORK = { kind: 'failed', why: 'network', retryAfterMs: null } as const

export class PictureSender {
  private size = FIRST_PART

  constructor(
    private readonly shelf: Shelf,
    private readonly outside: Outside,
  ) {}

  /** One round. `held`: it made way for a record, ask again soon. */
  async round(): Promise<Round> {
    let round: Round = { kind: 'elsewhere' }
    await this.outside.alone(async () => {
      round = await this.drain()
    })
    return round
  }

  private async drain(): Promise<Round> {
    let settled = 0
    const passed = new Set<string>()
    for (;;) {
      const row = (await this.shelf.waiting()).find((each) => !passed.has(each.sha256))
      if (!row) return { kind: 'done', settled, held: false }
      passed.add(row.sha256)
      const end = await this.send(row)
      if (end === 'made_way') return { kind: 'done', settled, held: true }
      if (end === 'sent') settled += 1
      else if (end !== 'refused') return { ...end, settled }
    }
  }

  private async send(row: AttachmentRow): Promise<'sent' | 'refused' | 'made_way' | Omit<Round & { kind: 'failed' }, 'settled'>> {
    const sealed = await this.shelf.sealed(row.sha256)
    if (!sealed || row.key_id === null) {
      await this.shelf.refuse(row.sha256, 'lost_on_phone')
      return 'refused'
    }
    const place = { sha256: row.sha256, sealedSha256: await sha256Hex(sealed), keyId: row.key_id, size: sealed.length }
    await this.shelf.noteTry(row)
    // Begun before: an empty part asks how much has arrived.
    let asking = row.tries > 0
    let offset = 0
    for (let stalls = 0; stalls < STALLS; ) {
      if (await this.outside.envelopeWaits()) return 'made_way'
      const part = asking ? sealed.slice(0, 0) : sealed.slice(offset, offset + this.size)
      const began = this.outside.now()
      const delivery = await this.outside.put({ ...place, offset }, part)
      if (delivery.kind === 'refused') {
        await this.shelf.refuse(row.sha256, delivery.code)
        return 'refused'
      }
      if (delivery.kind !== 'taken') {
        this.size = afterFailure(this.size)
        return delivery.kind === 'network' ? NETWORK : { kind: 'failed', why: 'busy', retryAfterMs: delivery.retryAfterMs }
      }
      if (delivery.complete) {
        await this.shelf.settle(row.sha256)
        return 'sent'
      }
      if (!asking) this.size = nextPart(this.size, this.outside.now() - began)
      stalls = asking || delivery.received > offset ? 0 : stalls + 1
      asking = false
      offset = delivery.received
      this.outside.progress(offset, sealed.length)
    }
    return NETWORK
  }
}
