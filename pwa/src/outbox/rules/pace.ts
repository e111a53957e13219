/** When to try again, and how much at once. */
import type { OutboxRow, QueueState } from '../model'

const FIRST_MS = 1000
const LONGEST_MS = 15 * 60_000
const KEEP_MS = 30 * 86_400_000

/** No position is waited for longer than this; a clock that jumped does not hold a record back. */
export const HOLD_MS = 60_000

/**
 * Milliseconds until the next try.
 *
 * @param failures rounds that failed in a row, from 1
 * @param random between 0 and 1: a thousand phones must not return in the same second
 */
export function waitMs(failures: number, random: number, retryAfterMs: number | null): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20))
  const own = Math.max(FIRST_MS, Math.round(ceiling * (0.5 + random / 2)))
  return Math.max(own, Math.min(retryAfterMs ?? 0, 6 * 3_600_000))
}

/** Held only while the moment lies ahead and is not absurdly far. */
export function isHeld(row: Pick<OutboxRow, 'hold_until'>, nowMs: number): boolean {
  return row.hold_until !== null && nowMs < row.hold_until && row.hold_until - nowMs <= HOLD_MS
}

const MOST_AT_ONCE = 50

/**
 * How many go together: all that fit at first, fewer each time the same ones did not get through. On 20 kbit/s fifty
 * would run into the time limit for ever.
 *
 * @param tries of the first in the batch
 */
export function atOnce(tries: number): number {
  return tries === 0 ? MOST_AT_ONCE : tries === 1 ? 10 : tries === 2 ? 3 : 1
}

/** After some got through: more. */
export function moreAtOnce(count: number): number {
  return Math.min(MOST_AT_ONCE, count * 4)
}

/**
 * Milliseconds that a posting may take: a silent network is given up after little more than 20 s, a slow one that
 * carries 40 kbit/s is not.
 */
export function patienceMs(bytes: number): number {
  return 20_000 + Math.ceil(bytes / 5)
}

/** The next batch, in order of the sequence numbers, small enough for a slow network. */
export function nextBatch<T extends { readonly envelope: { readonly sealed: string } }>(
  rows: readonly T[],
  maxCount = MOST_AT_ONCE,
  maxBytes = 1_000_000,
): T[] {
  const batch: T[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += row.envelope.sealed.length + 1000
    if (batch.length > 0 && (batch.length >= maxCount || bytes > maxBytes)) break
    batch.push(row)
  }
  return batch
}

/** Sent ones are kept for 30 days, so that a restored server can be given them again. */
export function isOutdated(row: Pick<OutboxRow, 'state' | 'settled_at'>, nowMs: number): boolean {
  return row.state === 'sent' && row.settled_at !== null && nowMs - row.settled_at > KEEP_MS
}

/** Records and pictures that the server does not have yet; what is not known counts as one. */
export function unsent(queue: Pick<QueueState, 'waiting' | 'pictures'> | null): number {
  return queue ? queue.waiting + queue.pictures : 1
}
