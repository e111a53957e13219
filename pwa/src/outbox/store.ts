/** The queue on disk. Nothing leaves it before the server has named it, and nothing expires unsent. */
import type { Envelope, Fix, Receipt, Task } from '../api/wire'
import { readFact, writeFact, type Database, type LayeredRow, type SubjectRow } from '../db/database'
import { dropLocalLayers } from '../db/layers'
import { steady } from '../db/health'
import type { Vault } from '../kernel/vault'
import { contentOf, type Finalising } from '../submissions/rules/content'
import type { Effects, OutboxRow, QueueLine, QueueState } from './model'
import { HOLD_MS, isOutdated } from './rules/pace'
import { mayForget, meaningOf } from './rules/receipts'
import { sealContent, sealLateFix, type SealKey } from './seal'

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
 * copy, what the record changes here; and the draft out. When this returns, it is saved.
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
): Promise<OutboxRow> {
  for (let attempt = 0; ; attempt += 1) {
    const seq = (await readFact<number>(db, 'next_seq')) ?? 1
    const row = await prepare(vault, what, seq, key, pair)
    const layers = {
      residents: await boxed(vault, 'resident', effects.residents),
      households: await boxed(vault, 'household', effects.households),
      tasks: await boxed(vault, 'task', effects.tasks),
    }
    const subjects = new Map(effects.tasks.map((task) => [task.id, task.subject.id]))
    try {
      await steady(db, () => commit(db, row, layers, subjects))
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
  layers: { residents: Layer[]; households: Layer[]; tasks: Layer[] },
  subjects: ReadonlyMap<string, string>,
): Promise<void> {
  await db.transaction('rw', [db.facts, db.outbox, db.drafts, db.residents, db.households, db.tasks], async () => {
    if (await db.outbox.get(row.id)) throw new AlreadyFinalised()
    if (((await readFact<number>(db, 'next_seq')) ?? 1) !== row.seq) throw new NumberTaken()
    await writeFact(db, 'next_seq', row.seq + 1)
    await db.outbox.add(row)
    await db.drafts.delete(row.id)
    for (const [table, list] of [[db.residents, layers.residents], [db.households, layers.households]] as const) {
      for (const layer of list) {
        const known = await table.get(layer.id)
        await table.put({ id: layer.id, box: known?.box ?? null, local: layer.box, local_for: row.id, round: known?.round ?? 0 })
      }
    }
    for (const layer of layers.tasks) {
      const known = await db.tasks.get(layer.id)
      const subject_id = subjects.get(layer.id) ?? known?.subject_id ?? row.subject_id
      await db.tasks.put({ id: layer.id, subject_id, box: known?.box ?? null, local: layer.box, local_for: row.id, round: known?.round ?? 0 })
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

/** Waiting records in the order they were finalised. */
export async function waiting(db: Database): Promise<OutboxRow[]> {
  return steady(db, () => db.outbox.where('state').equals('waiting').sortBy('seq'))
}

/** Marks a batch as tried, before it goes out: from here on nothing may be added to it. */
export async function claim(db: Database, ids: readonly string[]): Promise<Envelope[]> {
  return db.transaction('rw', db.outbox, async () => {
    const rows = (await db.outbox.bulkGet([...ids])).filter((row) => row?.state === 'waiting')
    const claimed = rows.flatMap((row) => (row ? [{ ...row, tries: row.tries + 1 }] : []))
    await db.outbox.bulkPut(claimed)
    return claimed.map((row) => row.envelope)
  })
}

/**
 * The server named the record: settles it. Tasks that came with the receipt take the place of those
 * this phone had worked out.
 */
export async function settle(db: Database, vault: Vault | null, receipt: Receipt, nowMs: number): Promise<void> {
  const id = receipt.id
  if (id === null) return
  const tasks = vault ? await serverTasks(vault, receipt.tasks) : []
  await db.transaction('rw', db.outbox, db.tasks, async () => {
    const row = await db.outbox.get(id)
    if (!row) return
    const state = meaningOf(receipt)
    await db.outbox.put({
      ...row,
      state,
      receipt: { ...receipt, tasks: [] },
      trouble: null,
      settled_at: nowMs,
      readable: mayForget(receipt) ? null : row.readable,
    })
    if (state === 'refused' || tasks.length > 0) await dropLocalLayers(db.tasks, id)
    for (const task of tasks) await db.tasks.put({ ...task, round: (await db.tasks.get(task.id))?.round ?? 0 })
  })
}

async function serverTasks(vault: Vault, tasks: readonly Task[]): Promise<SubjectRow[]> {
  return Promise.all(
    tasks.map(async (task) => ({
      id: task.id,
      subject_id: task.subject.id,
      box: await vault.close(task, `task|${task.id}`),
      local: null,
      local_for: null,
      round: 0,
    })),
  )
}

/** A problem that met this record alone; it stays in the queue. */
export async function noteTrouble(db: Database, id: string, code: string): Promise<void> {
  await db.outbox.update(id, { trouble: code })
}

/** Sends again what the server has lost: it was restored from a backup. */
export async function reopen(db: Database, ids: readonly string[]): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    await db.outbox.where('id').anyOf([...ids]).modify((row, ref) => {
      ref.value = { ...row, state: 'waiting', receipt: null, settled_at: null, trouble: null }
    })
  })
}

/** Ids of everything this phone still keeps of what it sent. */
export async function sentIds(db: Database): Promise<string[]> {
  return db.outbox.where('state').anyOf('sent', 'refused').primaryKeys()
}

/** Forgets what was sent more than 30 days ago. Unsent and refused records are never touched. */
export async function prune(db: Database, nowMs: number): Promise<void> {
  await db.outbox.where('state').equals('sent').filter((row) => isOutdated(row, nowMs)).delete()
}

export async function queueState(db: Database): Promise<QueueState> {
  const [rows, refused] = await Promise.all([waiting(db), db.outbox.where('state').equals('refused').count()])
  return { waiting: rows.length, refused, oldestMs: rows[0]?.finalised_at ?? null }
}

/** Everything in the queue, newest first. */
export async function queueLines(db: Database): Promise<QueueLine[]> {
  const rows = await db.outbox.orderBy('seq').reverse().toArray()
  return rows.map((row) => ({
    id: row.id,
    seq: row.seq,
    submission_id: row.submission_id,
    subject_id: row.subject_id,
    form_key: row.form_key,
    state: row.state,
    finalised_at: row.finalised_at,
    tries: row.tries,
    trouble: row.trouble,
    receipt: row.receipt,
    readable: row.readable !== null,
  }))
}

/** The doctor's own copy of a record, while it is kept. */
export async function readQueued(db: Database, vault: Vault, id: string): Promise<ReturnType<typeof contentOf> | null> {
  const row = await db.outbox.get(id)
  return row?.readable ? vault.open(row.readable, `outbox|${id}`) : null
}
