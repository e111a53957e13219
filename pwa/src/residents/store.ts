/** Areas, households and residents on this phone. */
import type { Household, Resident } from '../api/wire'
import type { Database } from '../db/database'
import { openAll } from '../db/layers'
import type { Vault } from '../kernel/vault'
import type { Home, People, Person } from './model'

/** Everything, opened once after unlocking: a village is small, and searching must not wait. */
export async function loadPeople(db: Database, vault: Vault): Promise<People> {
  const [areas, households, residents] = await Promise.all([
    db.areas.toArray(),
    db.households.toArray().then((rows) => openAll<Household>(vault, 'household', rows)),
    db.residents.toArray().then((rows) => openAll<Resident>(vault, 'resident', rows)),
  ])
  return {
    areas: new Map(areas.map(({ area }) => [area.code, area])),
    households: new Map(households.map(({ value, local }): [string, Home] => [value.id, { ...value, local }])),
    residents: new Map(residents.map(({ value, local }): [string, Person] => [value.id, { ...value, local }])),
  }
}
