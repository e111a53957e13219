/** Writing what the server sends: one page, one transaction, its cursor with it (docs/decisions/0003). */
import type { Change, ChangeKind, SyncedSubmission, SyncPage, Task } from '../api/wire'
import { readFact, writeFact, type Database, type HistoryRow, type LayeredRow, type TaskRow } from '../db/database'
import { dropLocalLayers, putServerLayers } from '../db/layers'
import { steady } from '../db/health'
import { wantForms } from '../forms/store'
import type { Bytes } from '../kernel/bytes'
import type { Vault } from '../kernel/vault'

export interface Place {
  readonly cursor: string | null
  readonly epoch: string | null
  /** Counts the downloads from the start. */
  readonly round: number
  /** False until a download from the start has come to its end. */
  readonly complete: boolean
}

export async function place(db: Database): Promise<Place> {
  return (await readFact<Place>(db, 'sync')) ?? { cursor: null, epoch: null, round: 0, complete: false }
}

/** True once everything was downloaded for the first time. */
export async function downloaded(db: Database): Promise<boolean> {
  return (await readFact<boolean>(db, 'downloaded')) ?? false
}

/** How much of a first download is here. */
export async function countHomes(db: Database): Promise<{ households: number; residents: number; forms: number }> {
  const [households, residents, forms] = await Promise.all([db.households.count(), db.residents.count(), db.bundles.count()])
  return { households, residents, forms }
}

type Boxed = Change & { readonly box?: Bytes }

async function box(vault: Vault, change: Change): Promise<Boxed> {
  if (change.op === 'remove' || change.kind === 'area' || change.kind === 'form') return change
  return { ...change, box: await vault.close(change.data, `${change.kind}|${change.id}`) }
}

/** Applies a page and remembers the place behind it, or does nothing at all. */
export async function applyPage(db: Database, vault: Vault, page: SyncPage): Promise<Place> {
  const boxed = await Promise.all(page.changes.map((change) => box(vault, change)))
  const tables = [db.facts, db.areas, db.households, db.residents, db.sites, db.tasks, db.history, db.offers]
  return steady(db, () =>
    db.transaction('rw', tables, async () => {
      const before = await place(db)
      const round = page.reset ? before.round + 1 : before.round
      await apply(db, boxed, round)
      const next: Place = {
        cursor: page.cursor,
        epoch: page.epoch,
        round,
        complete: page.reset ? !page.more : before.complete || !page.more,
      }
      if (!page.more && !before.complete) await dropOutdated(db, round)
      else if (!page.more && page.reset) await dropOutdated(db, round)
      if (next.complete) await writeFact(db, 'downloaded', true)
      await writeFact(db, 'sync', next)
      await wantForms(db, boxed.flatMap((c) => (c.kind === 'submission' && c.op === 'put' ? [c.data.form] : [])))
      return next
    }),
  )
}

/** One write a table: row by row, a first download of thousands would keep a slow phone busy for minutes. */
async function apply(db: Database, changes: readonly Boxed[], round: number): Promise<void> {
  const last = [...new Map(changes.map((change) => [`${change.kind}|${change.id}`, change])).values()]
  for (const change of last) if (change.op === 'remove') await remove(db, change.kind, change.id)
  const put = last.filter((change) => change.op === 'put')
  const boxed = put.flatMap((change) => (change.box ? [{ ...change, box: change.box }] : []))
  const rows = (kind: ChangeKind): LayeredRow[] => boxed.filter((c) => c.kind === kind).map(({ id, box }) => ({ id, box, local: null, local_for: null, round }))
  await db.areas.bulkPut(put.flatMap((c) => (c.kind === 'area' ? [{ code: c.data.code, round, area: c.data }] : [])))
  await db.offers.bulkPut(put.flatMap((c) => (c.kind === 'form' ? [{ ...c.data, id: c.id, round }] : [])))
  await putServerLayers(db.households, rows('household'))
  await putServerLayers(db.residents, rows('resident'))
  await putServerLayers(db.sites, rows('site'))
  await putTasks(db, boxed.flatMap((c) => (c.kind === 'task' ? [taskRow(c.id, c.data, c.box, round)] : [])))
  await db.history.bulkPut(boxed.flatMap((c) => (c.kind === 'submission' ? [historyRow(c.id, c.data, c.box, round)] : [])))
}

function taskRow(id: string, task: Task, box: Bytes, round: number): TaskRow {
  return { id, box, local: null, local_for: null, round, subject_id: task.subject.id, open: task.state === 'requested' ? 1 : 0 }
}

function historyRow(id: string, past: SyncedSubmission, box: Bytes, round: number): HistoryRow {
  return { id, subject_id: past.subject.id, returned: past.state === 'returned' ? 1 : 0, round, box }
}

/** What this phone laid over them may be open where the server's is over, and the other way round. */
async function putTasks(db: Database, rows: readonly TaskRow[]): Promise<void> {
  const known = await db.tasks.bulkGet(rows.map((row) => row.id))
  await db.tasks.bulkPut(rows.map((row, i) => (known[i]?.local ? { ...row, local: known[i].local, local_for: known[i].local_for, open: 1 } : row)))
}

async function remove(db: Database, kind: ChangeKind, id: string): Promise<void> {
  if (kind === 'area') await db.areas.delete(id)
  else if (kind === 'form') await db.offers.delete(id)
  else if (kind === 'submission') await db.history.delete(id)
  else await removeServerLayer(db, kind, id)
}

/** Takes the server's layer; what this phone laid over it stays until its envelope is settled. */
async function removeServerLayer(db: Database, kind: 'household' | 'resident' | 'site' | 'task', id: string): Promise<void> {
  if (kind === 'task') {
    const row = await db.tasks.get(id)
    if (row?.local) await db.tasks.put({ ...row, box: null })
    else await db.tasks.delete(id)
    return
  }
  const table = { household: db.households, resident: db.residents, site: db.sites }[kind]
  const row = await table.get(id)
  if (row?.local) await table.put({ ...row, box: null })
  else await table.delete(id)
}

/** What a download from the start no longer brought has left this phone's scope. */
async function dropOutdated(db: Database, round: number): Promise<void> {
  const old = (row: { round: number; box?: unknown; local?: unknown }): boolean => row.round < round && !row.local
  for (const table of [db.households, db.residents, db.sites, db.tasks, db.history, db.areas, db.offers]) {
    await table.filter(old).delete()
  }
}

/**
 * After a whole round the server's word has replaced what this phone had worked out for the records
 * that were on the server before the round began. The doctor's own copy goes only now: between receipt and
 * round the visit would stand in no list, and the next form of the same house would be folded without it.
 */
export async function dropAnsweredLayers(db: Database, answered: readonly string[]): Promise<void> {
  if (answered.length === 0) return
  await db.transaction('rw', [db.households, db.residents, db.sites, db.tasks, db.outbox], async () => {
    await db.outbox.where('id').anyOf(answered).filter((row) => row.readable !== null).modify({ readable: null })
    for (const id of answered) {
      await dropLocalLayers(db.households, id)
      await dropLocalLayers(db.residents, id)
      await dropLocalLayers(db.sites, id)
      await dropLocalLayers(db.tasks, id)
    }
  })
}

/** Envelopes that the server has stored in their place. */
export async function answeredEnvelopes(db: Database): Promise<string[]> {
  const rows = await db.outbox.where('state').equals('sent').toArray()
  return rows.filter((row) => row.receipt?.status === 'stored' || row.receipt?.status === 'replayed').map((row) => row.id)
}
