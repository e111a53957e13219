/** Writing what the server sends: one page, one transaction, its cursor with it (docs/decisions/0003). */
import type { Change, ChangeKind, SyncPage } from '../api/wire'
import { readFact, writeFact, type Database, type LayeredRow, type TaskRow } from '../db/database'
import { dropLocalLayers, putServerLayer } from '../db/layers'
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
      for (const change of boxed) await apply(db, change, round)
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

async function apply(db: Database, change: Boxed, round: number): Promise<void> {
  if (change.op === 'remove') {
    await remove(db, change.kind, change.id)
    return
  }
  if (change.kind === 'area') {
    await db.areas.put({ code: change.data.code, round, area: change.data })
    return
  }
  if (change.kind === 'form') {
    await db.offers.put({ ...change.data, id: change.id, round })
    return
  }
  if (!change.box) return
  const row: LayeredRow = { id: change.id, box: change.box, local: null, local_for: null, round }
  if (change.kind === 'household') await putServerLayer(db.households, row)
  else if (change.kind === 'resident') await putServerLayer(db.residents, row)
  else if (change.kind === 'site') await putServerLayer(db.sites, row)
  else if (change.kind === 'task') await putTask(db, { ...row, subject_id: change.data.subject.id, open: change.data.state === 'requested' ? 1 : 0 })
  else {
    const returned = change.data.state === 'returned' ? 1 : 0
    await db.history.put({ id: change.id, subject_id: change.data.subject.id, returned, round, box: change.box })
  }
}

/** What this phone laid over it may be open where the server's is over, and the other way round. */
async function putTask(db: Database, row: TaskRow): Promise<void> {
  const known = await db.tasks.get(row.id)
  await db.tasks.put(known?.local ? { ...row, local: known.local, local_for: known.local_for, open: 1 } : row)
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
