/**
 * What lies on this phone. A row of personal data is a box (see kernel/vault): only ids, kinds and
 * what lists are ordered by stand in the clear. Schema upgrades only add.
 */
import { Dexie, type EntityTable, type Table } from 'dexie'
import type { Area, FormRef } from '../api/wire'
import type { Bytes } from '../kernel/bytes'
import type { PinLock } from '../kernel/vault'
import type { AttachmentRow, BlobRow } from '../attachments/model'
import type { OutboxRow } from '../outbox/model'

/** Keys of this device. CryptoKeys cannot be read, only used. */
export type KeyRow =
  | { readonly name: 'sign'; readonly pair: CryptoKeyPair }
  | { readonly name: 'wrap'; readonly key: CryptoKey }
  | { readonly name: 'pin'; readonly lock: PinLock }

/** A fact about this phone, never about a resident. */
export interface FactRow {
  readonly name: string
  readonly value: unknown
}

/** Something of the server's, and what this phone laid over it until the server has spoken. */
export interface LayeredRow {
  readonly id: string
  readonly box: Bytes | null
  readonly local: Bytes | null
  /** The envelope that the local layer came from. */
  readonly local_for: string | null
  /** Which download last brought it: what a new one no longer brings is out of scope. */
  readonly round: number
}
export interface AreaRow {
  readonly code: string
  readonly round: number
  readonly area: Area
}
export interface SubjectRow extends LayeredRow {
  readonly subject_id: string
}
export interface TaskRow extends SubjectRow {
  /** 0 once the server has said that it is over: such rows are not looked into when the phone is opened. */
  readonly open: 0 | 1
}
export interface HistoryRow {
  readonly id: string
  readonly subject_id: string
  /** 1 while the township waits for a correction. */
  readonly returned: 0 | 1
  readonly round: number
  readonly box: Bytes
}
/** A form or programme, immutable; `id` is `form|htn_followup|1`. */
export interface BundleRow {
  readonly id: string
  readonly sha256: string | null
  readonly body: unknown
}
export interface DraftRow {
  readonly id: string
  readonly subject_id: string
  readonly form_key: string
  readonly updated_at: number
  readonly box: Bytes
}
export class Database extends Dexie {
  declare keys: Table<KeyRow, string>
  declare facts: EntityTable<FactRow, 'name'>
  declare areas: EntityTable<AreaRow, 'code'>
  declare households: EntityTable<LayeredRow, 'id'>
  declare residents: EntityTable<LayeredRow, 'id'>
  declare sites: EntityTable<LayeredRow, 'id'>
  declare tasks: EntityTable<TaskRow, 'id'>
  declare history: EntityTable<HistoryRow, 'id'>
  declare offers: EntityTable<FormRef & { readonly id: string; readonly round: number }, 'id'>
  declare bundles: EntityTable<BundleRow, 'id'>
  declare drafts: EntityTable<DraftRow, 'id'>
  declare outbox: EntityTable<OutboxRow, 'id'>
  declare attachments: EntityTable<AttachmentRow, 'sha256'>
  declare blobs: EntityTable<BlobRow, 'sha256'>

  constructor(name = 'suifang') {
    // strict: a transaction is complete when it is on disk, not when the browser has it in memory.
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      keys: 'name',
      facts: 'name',
      areas: 'code',
      households: 'id, local_for',
      residents: 'id, local_for',
      tasks: 'id, subject_id, local_for',
      history: 'id, subject_id, returned',
      offers: 'id',
      bundles: 'id',
      drafts: 'id, subject_id, updated_at',
      outbox: 'id, seq, state, subject_id',
    })
    this.version(2).stores({ attachments: 'sha256, draft_id, state', blobs: 'sha256', sites: 'id, local_for' })
    this.version(3)
      .stores({ tasks: 'id, subject_id, local_for, open' })
      .upgrade((change) => change.table('tasks').toCollection().modify({ open: 1 }))
  }
}

export async function readFact<T>(db: Database, name: string): Promise<T | undefined> {
  return (await db.facts.get(name))?.value as T | undefined
}

export async function writeFact(db: Database, name: string, value: unknown): Promise<void> {
  await db.facts.put({ name, value })
}
