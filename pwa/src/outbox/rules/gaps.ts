/** What the server says of this phone's numbers, beside what lies here. */
import type { OutboxRow } from '../model'

type Row = Pick<OutboxRow, 'id' | 'seq' | 'state'>

export interface Gaps {
  /** Records that lie here as sent although the server lacks them: sent again. */
  readonly again: readonly string[]
  /** Numbers that the server lacks and this phone no longer has. */
  readonly lost: readonly number[]
}

/**
 * @param rows what this phone keeps of its own numbers
 * @param lastSeq the highest number the server has; null: none
 * @param missing numbers below it that the server lacks
 */
export function gapsOf(rows: readonly Row[], lastSeq: number | null, missing: readonly number[]): Gaps {
  const bySeq = new Map(rows.map((row) => [row.seq, row]))
  const above = rows.filter((row) => row.seq > (lastSeq ?? 0) && row.state === 'sent')
  const holes = missing.flatMap((seq) => bySeq.get(seq) ?? []).filter((row) => row.state === 'sent')
  return { again: [...holes, ...above].map((row) => row.id), lost: missing.filter((seq) => !bySeq.has(seq)) }
}
