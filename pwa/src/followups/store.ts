/** Tasks on this phone. */
import type { Task } from '../api/wire'
import type { Database } from '../db/database'
import { openAll } from '../db/layers'
import type { Vault } from '../kernel/vault'

export interface KnownTask extends Task {
  /** Worked out on this phone; the server has not said it yet. */
  readonly local?: boolean
}

export async function loadTasks(db: Database, vault: Vault): Promise<KnownTask[]> {
  const opened = await openAll<Task>(vault, 'task', await db.tasks.toArray())
  return opened.map(({ value, local }) => ({ ...value, local }))
}
