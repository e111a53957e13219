/** The queue on disk. Nothing leaves it before the server has named it, and nothing expires unsent. */
import type { Content, Envelope, Receipt, Task } from '../../api/wire'
import { reopenPictures } from '../../attachments/store'
import type { Database, TaskRow } from '../../db/database'
import { steady } from '../../db/health'
import { dropLocalLayers, openBox } from '../../db/layers'
import type { Vault } from '../../kernel/vault'
import type { OutboxRow, QueueLine, QueueState } from '../model'
import { isOutdated } from '../rules/pace'
import { meaningOf } from '../rules/receipts'

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
 * this phone had worked out. A receipt brings only open ones: what the record has done stays as this
 * phone worked it out until a round has brought the server's word.
 */
export async function settle(db: Database, vault: Vault | null, receipt: Receipt, nowMs: number): Promise<void> {
  const id = receipt.id
  if (id === null) return
  const tasks = vault ? await serverTasks(vault, receipt.tasks) : []
  await db.transaction('rw', db.outbox, db.tasks, db.attachments, async () => {
    const row = await db.outbox.get(id)
    if (!row) return
    const state = meaningOf(receipt)
    if (state === null) return
    await db.outbox.put({
      ...row,
      state,
      receipt: { ...receipt, tasks: [] },
      trouble: null,
      settled_at: nowMs,
    })
    if (receipt.missing_attachments.length > 0) await reopenPictures(db, receipt.missing_attachments)
    if (state === 'refused') await dropLocalLayers(db.tasks, id)
    for (const task of tasks) await db.tasks.put({ ...task, round: (await db.tasks.get(task.id))?.round ?? 0 })
  })
}

async function serverTasks(vault: Vault, tasks: readonly Task[]): Promise<TaskRow[]> {
  return Promise.all(
    tasks.map(async (task) => ({
      id: task.id,
      subject_id: task.subject.id,
      box: await vault.close(task, `task|${task.id}`),
      local: null,
      local_for: null,
      round: 0,
      open: 1 as const,
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

/** What this phone keeps of the numbers of one device: after enrolling anew there may be older ones. */
export async function numbersOf(db: Database, deviceId: string): Promise<Pick<OutboxRow, 'id' | 'seq' | 'state'>[]> {
  return (await db.outbox.toArray()).filter((row) => row.envelope.device_id === deviceId)
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
  const [rows, refused, pictures] = await Promise.all([
    waiting(db),
    db.outbox.where('state').equals('refused').count(),
    db.attachments.where('state').equals('waiting').count(),
  ])
  return { waiting: rows.length, refused, pictures, oldestMs: rows[0]?.finalised_at ?? null }
}

/** Everything in the queue, newest first. */
export async function queueLines(db: Database): Promise<QueueLine[]> {
  const rows = await db.outbox.orderBy('seq').reverse().toArray()
  const pictures = await db.attachments.where('state').anyOf('waiting', 'refused').toArray()
  const counted = new Map<string, number>()
  for (const { draft_id, state } of pictures) counted.set(`${draft_id}|${state}`, (counted.get(`${draft_id}|${state}`) ?? 0) + 1)
  const count = (id: string, state: string): number => counted.get(`${id}|${state}`) ?? 0
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
    pictures: { waiting: count(row.id, 'waiting'), refused: count(row.id, 'refused') },
  }))
}

/** The doctor's own copy of a record, while it is kept. */
export async function readQueued(db: Database, vault: Vault, id: string): Promise<Content | null> {
  const row = await db.outbox.get(id)
  return row?.readable ? openBox<Content>(vault, row.readable, `outbox|${id}`) : null
}
