/** Sends the queue: one sender at a time, in batches, never losing a record to somebody else's fault. */
import type { Envelope, Receipt } from '../api/wire'
import type { Clock } from '../kernel/clock'
import type { Delivery, OutboxRow } from './model'
import { atOnce, isHeld, moreAtOnce, nextBatch, waitMs } from './rules/pace'
import { meaningOf, receiptFor } from './rules/receipts'

/** The queue, as the sender needs it: `outbox/store` with its database filled in. */
export interface Queue {
  waiting(): Promise<OutboxRow[]>
  claim(ids: readonly string[]): Promise<Envelope[]>
  settle(receipt: Receipt): Promise<void>
  noteTrouble(id: string, code: string): Promise<void>
  noteContact(serverTime: string): Promise<void>
}

export interface Outside {
  readonly now: Clock
  readonly post: (envelopes: readonly Envelope[]) => Promise<Delivery>
  /** Runs the work if no other tab is sending; false when one is. */
  readonly alone: (work: () => Promise<void>) => Promise<boolean>
}

/** How a round ended. `held`: something waits for its position, ask again at once after `HOLD_MS`. */
export type Round =
  | { readonly kind: 'done'; readonly settled: number; readonly held: boolean }
  | { readonly kind: 'failed'; readonly why: 'network' | 'busy' | 'signed_out'; readonly retryAfterMs: number | null; readonly settled: number }
  | { readonly kind: 'elsewhere' }

export async function sendRound(queue: Queue, outside: Outside): Promise<Round> {
  let round: Round = { kind: 'elsewhere' }
  await outside.alone(async () => {
    round = await drain(queue, outside)
  })
  return round
}

async function drain(queue: Queue, { now, post }: Outside): Promise<Round> {
  const passed = new Set<string>()
  let settled = 0
  let oneByOne = false
  let most: number | null = null
  for (;;) {
    const all = await queue.waiting()
    const ready = all.filter((row) => !passed.has(row.id) && !isHeld(row, now()))
    if (ready.length === 0) return { kind: 'done', settled, held: all.some((row) => isHeld(row, now())) }
    most ??= atOnce(ready[0]?.tries ?? 0)
    const batch = oneByOne ? ready.slice(0, 1) : nextBatch(ready, most)
    const envelopes = await queue.claim(batch.map((row) => row.id))
    if (envelopes.length === 0) {
      batch.forEach((row) => passed.add(row.id))
      continue
    }
    const delivery = await post(envelopes)
    if (delivery.kind === 'answered') {
      await queue.noteContact(delivery.body.server_time)
      const { done, stuck } = await settleAll(queue, envelopes, delivery)
      settled += done.size
      most = moreAtOnce(most)
      // An answer that names none of them is no answer at all.
      if (done.size + stuck.size === 0) return { kind: 'failed', why: 'network', retryAfterMs: null, settled }
      batch.filter((row) => !done.has(row.id)).forEach((row) => passed.add(row.id))
      continue
    }
    if (delivery.kind !== 'refused') {
      const retryAfterMs = delivery.kind === 'busy' ? delivery.retryAfterMs : null
      return { kind: 'failed', why: delivery.kind, retryAfterMs, settled }
    }
    const [first] = batch
    if (batch.length > 1 || !first) oneByOne = true
    else {
      // Only this record's fault: it stays, is shown, and does not stand in the way of the others.
      await queue.noteTrouble(first.id, delivery.code)
      passed.add(first.id)
    }
  }
}

interface Settling {
  readonly done: ReadonlySet<string>
  /** Records on which the server itself failed (fault 46): kept, tried again in a later round. */
  readonly stuck: ReadonlySet<string>
}

async function settleAll(queue: Queue, envelopes: readonly Envelope[], delivery: Delivery & { kind: 'answered' }): Promise<Settling> {
  const done = new Set<string>()
  const stuck = new Set<string>()
  for (const envelope of envelopes) {
    const receipt = receiptFor(envelope, delivery.body.receipts)
    if (!receipt) continue
    if (meaningOf(receipt) === null) {
      await queue.noteTrouble(envelope.id, receipt.reason ?? 'server_error')
      stuck.add(envelope.id)
    } else {
      await queue.settle(receipt)
      done.add(envelope.id)
    }
  }
  return { done, stuck }
}

export interface Timers {
  set(work: () => void, ms: number): number
  clear(handle: number): void
}

/**
 * Knows when to try: at each nudge, and by itself after a failure, ever more patiently. One for the
 * records, one for their pictures.
 */
export class Sender {
  private running: Promise<Round> | null = null
  private again = false
  private failures = 0
  private timer: number | null = null

  constructor(
    private readonly work: () => Promise<Round>,
    private readonly random: () => number,
    private readonly timers: Timers,
    private readonly told: (round: Round) => void,
  ) {}

  /** Something happened: opened, visible, online, finalised, the button. Returns when the round ended. */
  async nudge(): Promise<Round> {
    this.stop()
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.round()
    let failed = true
    try {
      const round = await this.running
      failed = round.kind === 'failed'
      return round
    } finally {
      this.running = null
      const { again } = this
      this.again = false
      // After a failure the rest is kept, also the one that the server asked for.
      if (again && !failed) void this.nudge()
    }
  }

  /** No more tries by itself, until the next nudge. */
  stop(): void {
    if (this.timer !== null) this.timers.clear(this.timer)
    this.timer = null
  }

  private async round(): Promise<Round> {
    const round = await this.work()
    if (round.kind === 'failed') {
      this.failures += 1
      // Without a session nothing changes by waiting: the doctor signs in, which nudges.
      if (round.why !== 'signed_out') this.later(waitMs(this.failures, this.random(), round.retryAfterMs))
    } else {
      this.failures = 0
      if (round.kind === 'elsewhere' || round.held) this.later(waitMs(3, this.random(), null))
    }
    this.told(round)
    return round
  }

  private later(ms: number): void {
    this.stop()
    this.timer = this.timers.set(() => {
      this.timer = null
      void this.nudge()
    }, ms)
  }
}
