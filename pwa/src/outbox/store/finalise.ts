/** Finalising: the one transaction after which a record is safe. */
import type { SealedPicture } from '../../attachments/model'
import { queuePictures } from '../../attachments/store'
import type { Fix } from '../../api/wire'
import { readFact, writeFact, type Database, type LayeredRow } from '../../db/database'
import { steady } from '../../db/health'
import type { Vault } from '../../kernel/vault'
import { contentOf, type Finalising } from '../../submissions/rules/content'
import type { Effects, OutboxRow } from '../model'
import { HOLD_MS } from '../rules/pace'
import { sealContent, sealLateFix, type SealKey } from '../seal'

/** The same form was finalised before, in another tab. */
export class AlreadyFinalised extends Error {}

/** Another tab took the sequence number in between: seal again under the next one. */
class NumberTaken extends Error {}

interface Layer {
  readonly id: string
  readonly box: NonNullable<LayeredRow['local']>
}

async function boxed(vault: Vault, kind: string, values: readonly { readonly id: string }[]): Promise<Layer[]> {
  return Promise.all(values.map(async (value) => ({ id: value.id, box: await vault.close(value, `${kind}|${value.id}`) })))
}

/**
 * Finalises a draft in ONE transaction on disk: sequence number, sealed envelope, the doctor's own
 * copy, its pictures, what the record changes here; and the draft out. When this returns, it is saved.
 *
 * @throws AlreadyFinalised, TooLarge; DOMException QuotaExceededError when the disk is full (nothing changed)
 */
export async function finalise(
  db: Database,
  vault: Vault,
  what: Finalising,
  effects: Effects,
  key: SealKey,
  pair: CryptoKeyPair,
  pictures: readonly SealedPicture[] = [],
): Promise<OutboxRow> {
  for (let attempt = 0; ; attempt += 1) {
    const seq = (await readFact<number>(db, 'next_seq')) ?? 1
    const row = await prepare(vault, what, seq, key, pair)
    const layers = {
      residents: await boxed(vault, 'resident', effects.residents),
      households: await boxed(vault, 'household', effects.households),
      sites: await boxed(vault, 'site', effects.sites),
      tasks: await boxed(vault, 'task', effects.tasks),
    }
    const subjects = new Map(effects.tasks.map((task) => [task.id, task.subject.id]))
    try {
      await steady(db, () => commit(db, row, layers, subjects, pictures))
      return row
    } catch (error) {
      if (!(error instanceof NumberTaken) || attempt >= 5) throw error
    }
  }
}

async function prepare(vault: Vault, what: Finalising, seq: number, key: SealKey, pair: CryptoKeyPair): Promise<OutboxRow> {
  const envelope = await sealContent(what, seq, key, pair)
  return {
    id: envelope.id,
    seq,
    state: 'waiting',
    submission_id: what.draft.base?.submission_id ?? what.draft.id,
    subject_id: what.draft.subject.id,
    form_key: what.draft.form.key,
    finalised_at: what.nowMs,
    hold_until: what.position.state === 'pending' ? what.nowMs + HOLD_MS : null,
    tries: 0,
    trouble: null,
    envelope,
    readable: await vault.close(contentOf(what, seq), `outbox|${envelope.id}`),
    receipt: null,
    settled_at: null,
  }
}

async function commit(
  db: Database,
  row: OutboxRow,
  layers: { residents: Layer[]; households: Layer[]; sites: Layer[]; tasks: Layer[] },
  subjects: ReadonlyMap<string, string>,
  pictures: readonly SealedPicture[],
): Promise<void> {
  const subjectTables = [db.residents, db.households, db.sites]
  const tables = [db.facts, db.outbox, db.drafts, ...subjectTables, db.tasks, db.attachments, db.blobs]
  await db.transaction('rw', tables, async () => {
    if (await db.outbox.get(row.id)) throw new AlreadyFinalised()
    if (((await readFact<number>(db, 'next_seq')) ?? 1) !== row.seq) throw new NumberTaken()
    await writeFact(db, 'next_seq', row.seq + 1)
    await db.outbox.add(row)
    await db.drafts.delete(row.id)
    await queuePictures(db, row.id, pictures)
    for (const [table, list] of [[db.residents, layers.residents], [db.households, layers.households], [db.sites, layers.sites]] as const) {
      for (const layer of list) {
        const known = await table.get(layer.id)
        await table.put({ id: layer.id, box: known?.box ?? null, local: layer.box, local_for: row.id, round: known?.round ?? 0 })
      }
    }
    for (const layer of layers.tasks) {
      const known = await db.tasks.get(layer.id)
      const subject_id = subjects.get(layer.id) ?? known?.subject_id ?? row.subject_id
      await db.tasks.put({ id: layer.id, subject_id, box: known?.box ?? null, local: layer.box, local_for: row.id, round: known?.round ?? 0, open: 1 })
    }
  })
}

/** Adds a position to a record that was never sent yet. False: too late, or no such record. */
export async function addLateFix(db: Database, id: string, fix: Fix, publicKey: string): Promise<boolean> {
  const row = await db.outbox.get(id)
  if (row?.state !== 'waiting' || row.tries > 0) return false
  const late_fix = await sealLateFix(row.envelope, fix, publicKey)
  return db.transaction('rw', db.outbox, async () => {
    const now = await db.outbox.get(id)
    if (now?.state !== 'waiting' || now.tries > 0) return false
    await db.outbox.put({ ...now, hold_until: null, envelope: { ...now.envelope, late_fix } })
    return true
  })
}
