/** Sites on this phone. */
import type { Site } from '../api/wire'
import type { Database } from '../db/database'
import { openAll } from '../db/layers'
import type { Vault } from '../kernel/vault'
import type { KnownSite, Sites } from './model'

export async function loadSites(db: Database, vault: Vault): Promise<Sites> {
  const opened = await openAll<Site>(vault, 'site', await db.sites.toArray())
  return new Map(opened.map(({ value, local }): [string, KnownSite] => [value.id, { ...value, local }]))
}
