/** Finalising: the one transaction after which a record is safe. */
import type { EntityTable } from 'dexie'
import type { SealedPicture } from '../../attachments/model'
import { queuePictures } from '../../attachments/store'
import type { Fix } from '../../api/wire'
import { readFact, writeFact, type Database, type LayeredRow, type TaskRow } from '../../db/database'
import { steady } from '../../db/health'
import { makeSeal, type Seal } from '../../kernel/sealing'
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
 * @param seal made ahead, good for this record alone
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
  seal: Promise<Seal> = makeSeal(key.public_key),
): Promise<OutboxRow> {
  for (let attempt = 0; ; attempt += 1) {
    const seq = (await readFact<number>(db, 'next_seq')) ?? 1
    const [row, residents, households, sites, tasks] = await Promise.all([
      prepare(vault, what, seq, key.key_id, pair, attempt === 0 ? seal : makeSeal(key.public_key)),
      boxed(vault, 'resident', effects.residents),
      boxed(vault, 'household', effects.households),
      boxed(vault, 'site', effects.sites),
      boxed(vault, 'task', effects.tasks),
    ])
    const layers = { residents, households, sites, tasks }
    const subjects = new Map(effects.tasks.map((task) => [task.id, task.subject.id]))
    try {
      await steady(db, () => commit(db, row, layers, subjects, pictures))
      return row
    } catch (error) {
      if (!(error instanceof NumberTaken) || attempt >= 5) throw error
    }
  }
}

async function prepare(vault: Vault, what: Finalising, seq: number, keyId: string, pair: CryptoKeyPair, seal: Promise<Seal>): Promise<OutboxRow> {
  const [envelope, readable] = await Promise.all([
    sealContent(what, seq, keyId, pair, seal),
    vault.close(contentOf(what, seq), `outbox|${what.draft.id}`),
  ])
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
    readable,
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
    const [twice, next] = await Promise.all([db.outbox.get(row.id), readFact<number>(db, 'next_seq')])
    if (twice) throw new AlreadyFinalised()
    if ((next ?? 1) !== row.seq) throw new NumberTaken()
    await Promise.all([
      writeFact(db, 'next_seq', row.seq + 1),
      db.outbox.add(row),
      db.drafts.delete(row.id),
      queuePictures(db, row.id, pictures),
      lay(db.residents, layers.residents, row.id, (layer) => layer),
      lay(db.households, layers.households, row.id, (layer) => layer),
      lay(db.sites, layers.sites, row.id, (layer) => layer),
      lay<TaskRow>(db.tasks, layers.tasks, row.id, (layer, known) => ({
        ...layer,
        subject_id: subjects.get(layer.id) ?? known?.subject_id ?? row.subject_id,
        open: 1,
      })),
    ])
  })
}

/** Lays what an envelope changes over the server's rows. @param whole what a row of this table holds besides */
async function lay<R extends LayeredRow>(
  table: EntityTable<R, 'id'>,
  layers: readonly Layer[],
  envelopeId: string,
  whole: (layer: LayeredRow, known: R | undefined) => LayeredRow,
): Promise<void> {
  if (layers.length === 0) return
  const known = await table.bulkGet(layers.map(({ id }) => id as never))
  await table.bulkPut(
    layers.map(({ id, box }, i) =>
      whole({ id, box: known[i]?.box ?? null, local: box, local_for: envelopeId, round: known[i]?.round ?? 0 }, known[i]) as R),
  )
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
