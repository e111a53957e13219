/** Tasks on this phone. */
import type { Task } from '../api/wire'
import type { Database, TaskRow } from '../db/database'
import { openAll } from '../db/layers'
import type { Vault } from '../kernel/vault'

export interface KnownTask extends Task {
  /** Worked out on this phone; the server has not said it yet. */
  readonly local?: boolean
}

async function opened(vault: Vault, rows: readonly TaskRow[], use: 'kept' | 'again' | 'once'): Promise<KnownTask[]> {
  return (await openAll<Task>(vault, 'task', rows, use)).map(({ value, local }) => ({ ...value, local }))
}

/** All of them, those of years ago too. */
export async function loadTasks(db: Database, vault: Vault): Promise<KnownTask[]> {
  return opened(vault, await db.tasks.toArray(), 'once')
}

/** What may be asked for. Of a village's tasks four in five are over, and starting must not wait for them. */
export async function loadOpenTasks(db: Database, vault: Vault): Promise<KnownTask[]> {
  return opened(vault, await db.tasks.where('open').equals(1).toArray(), 'kept')
}

/** Everything known of these subjects. */
export async function loadTasksOf(db: Database, vault: Vault, subjects: readonly string[]): Promise<KnownTask[]> {
  return opened(vault, await db.tasks.where('subject_id').anyOf(subjects).toArray(), 'again')
}
