/** The history of visits: synced ones and the doctor's own unsent ones, and drafts. */
import type { Content, SyncedSubmission } from '../api/wire'
import { dropDraftPictures } from '../attachments/store'
import { readFact, writeFact, type Database, type DraftRow } from '../db/database'
import { openBox } from '../db/layers'
import type { Bytes } from '../kernel/bytes'
import type { Vault } from '../kernel/vault'
import type { OutboxRow } from '../outbox/model'
import type { Draft, FinishedForm, Visit } from './model'

export async function saveDraft(db: Database, vault: Vault, draft: Draft): Promise<void> {
  const box = await vault.close(draft, `draft|${draft.id}`)
  const row: DraftRow = { id: draft.id, subject_id: draft.subject.id, form_key: draft.form.key, updated_at: draft.updated_at, box }
  await db.drafts.put(row)
}

/** Without those that did not open. */
function present<T>(opened: readonly (T | null)[]): T[] {
  return opened.filter((one) => one !== null)
}

export async function loadDraft(db: Database, vault: Vault, id: string): Promise<Draft | null> {
  const row = await db.drafts.get(id)
  return row ? openBox<Draft>(vault, row.box, `draft|${id}`) : null
}

/** Newest first. */
export async function loadDrafts(db: Database, vault: Vault): Promise<Draft[]> {
  const rows = await db.drafts.orderBy('updated_at').reverse().toArray()
  return present(await Promise.all(rows.map((row) => openBox<Draft>(vault, row.box, `draft|${row.id}`))))
}

/** Throws away what was never finalised: only on the doctor's word. */
export async function discardDraft(db: Database, id: string): Promise<void> {
  await db.transaction('rw', db.drafts, db.attachments, db.blobs, async () => {
    await db.drafts.delete(id)
    await dropDraftPictures(db, id)
  })
}

function fromSynced(synced: SyncedSubmission): Visit {
  return {
    id: synced.id,
    version_id: synced.version_id,
    form: synced.form,
    subject: synced.subject,
    household_id: synced.household_id,
    visit_date: synced.visit_date,
    finalised_at: synced.finalised_at,
    worker_id: synced.worker_id,
    state: synced.state,
    answers: synced.answers,
    confirmed: synced.confirmed ?? [],
    returned: synced.returned,
    receipt: null,
    flags: synced.flags,
  }
}

async function fromOutbox(vault: Vault, row: OutboxRow, visitDate: (content: Content) => string): Promise<Visit | null> {
  if (!row.readable) return null
  const content = await openBox<Content>(vault, row.readable, `outbox|${row.id}`)
  return content && {
    id: content.submission_id,
    version_id: content.id,
    form: content.form,
    subject: content.subject,
    household_id: null,
    visit_date: visitDate(content),
    finalised_at: content.finalised_at,
    worker_id: content.worker_id,
    state: row.state === 'refused' ? 'refused' : row.state === 'sent' ? 'received' : 'unsent',
    answers: content.answers,
    confirmed: content.confirmed,
    returned: null,
    receipt: row.receipt,
  }
}

/** Once the server's word about a version is here, it counts: with its state, and with what was said of it. */
function isNewer(row: OutboxRow, visits: ReadonlyMap<string, Visit>): boolean {
  return row.state !== 'sent' || visits.get(row.submission_id)?.version_id !== row.id
}

/**
 * Visits of these subjects, newest first. An unsent correction stands in the place of what it corrects.
 *
 * @param visitDate the day of the visit, which only the form knows
 */
export async function loadVisits(
  db: Database,
  vault: Vault,
  subjects: readonly string[],
  visitDate: (content: Content) => string,
): Promise<Visit[]> {
  const [rows, queued] = await Promise.all([
    db.history.where('subject_id').anyOf(subjects).toArray(),
    db.outbox.where('subject_id').anyOf(subjects).sortBy('seq'),
  ])
  const visits = new Map<string, Visit>()
  const opened = await Promise.all(rows.map((row) => openBox<SyncedSubmission>(vault, row.box, `submission|${row.id}`, 'again')))
  for (const synced of present(opened)) visits.set(synced.id, fromSynced(synced))
  for (const row of queued) {
    const visit = isNewer(row, visits) ? await fromOutbox(vault, row, visitDate) : null
    if (visit) visits.set(visit.id, { ...visit, household_id: visits.get(visit.id)?.household_id ?? null })
  }
  return [...visits.values()].sort(newestFirst)
}

/** The least UUIDv7 of a moment: ids are ordered by the time they were made. */
function firstIdOf(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/**
 * A worker's own visits whose forms were begun since a moment, unsent ones too. The key of the history says
 * when a form was begun, so that a month is read without opening the years before it.
 */
export async function loadOwn(db: Database, vault: Vault, workerId: string, sinceMs: number, visitDate: (content: Content) => string): Promise<Visit[]> {
  const [rows, queued] = await Promise.all([db.history.where('id').aboveOrEqual(firstIdOf(sinceMs)).toArray(), db.outbox.orderBy('seq').toArray()])
  const visits = new Map<string, Visit>()
  const opened = await Promise.all(rows.map((row) => openBox<SyncedSubmission>(vault, row.box, `submission|${row.id}`)))
  for (const synced of present(opened)) visits.set(synced.id, fromSynced(synced))
  for (const row of queued) {
    const visit = row.finalised_at >= sinceMs && isNewer(row, visits) ? await fromOutbox(vault, row, visitDate) : null
    if (visit) visits.set(visit.id, { ...visit, household_id: visits.get(visit.id)?.household_id ?? null })
  }
  return [...visits.values()].filter((visit) => visit.worker_id === workerId).sort(newestFirst)
}

const SITTING = 'sitting'

/** What was finished in the houses of the last hours, oldest first. It outlives a lock and a killed browser. */
export async function loadFinished(db: Database, vault: Vault): Promise<FinishedForm[]> {
  const box = await readFact<Bytes>(db, SITTING)
  return (box && (await openBox<FinishedForm[]>(vault, box, SITTING))) ?? []
}

/** @param sinceMs what was finished earlier is forgotten: that sitting is over */
export async function rememberFinished(db: Database, vault: Vault, form: FinishedForm, sinceMs: number): Promise<void> {
  const known = await loadFinished(db, vault)
  const kept = [...known.filter((one) => one.at >= sinceMs && one.id !== form.id), form]
  await writeFact(db, SITTING, await vault.close(kept, SITTING))
}

function newestFirst(a: Visit, b: Visit): number {
  return a.visit_date === b.visit_date ? Date.parse(b.finalised_at) - Date.parse(a.finalised_at) : a.visit_date < b.visit_date ? 1 : -1
}

/** The doctor's submissions that the township sent back, oldest return first, without those already answered. */
export async function loadReturned(db: Database, vault: Vault, workerId: string): Promise<Visit[]> {
  const rows = await db.history.where('returned').equals(1).toArray()
  const answered = new Set((await db.outbox.where('state').equals('waiting').toArray()).map((row) => row.submission_id))
  const opened = present(await Promise.all(rows.map((row) => openBox<SyncedSubmission>(vault, row.box, `submission|${row.id}`))))
  return opened
    .filter((s) => s.worker_id === workerId && !answered.has(s.id))
    .map(fromSynced)
    .sort((a, b) => Date.parse(a.returned?.at ?? '') - Date.parse(b.returned?.at ?? ''))
}
