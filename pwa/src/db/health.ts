/** Whether this browser can keep what a doctor writes: asked before the first question is shown. */
import { Dexie } from 'dexie'
import type { Database } from './database'

/** Why nothing may be captured here. `missing` also covers private windows that hide IndexedDB. */
export type StorageTrouble = 'missing' | 'full' | 'broken'

const ROOM_NEEDED = 20 * 1024 * 1024

export interface StorageSpace {
  estimate?: () => Promise<{ quota?: number; usage?: number }>
}

/** Writes and takes away a trial row: the only test that cannot be wrong. */
export async function storageTrouble(db: Database, storage: StorageSpace | undefined): Promise<StorageTrouble | null> {
  try {
    if (!db.isOpen()) await db.open()
    await db.transaction('rw', db.facts, async () => {
      await db.facts.put({ name: 'trial', value: '0'.repeat(65_536) })
      await db.facts.delete('trial')
    })
  } catch (error) {
    return troubleOf(error)
  }
  const space = await storage?.estimate?.()
  const free = (space?.quota ?? Infinity) - (space?.usage ?? 0)
  return free < ROOM_NEEDED ? 'full' : null
}

export function troubleOf(error: unknown): StorageTrouble {
  const name = nameOf(error)
  if (name.includes('QuotaExceeded')) return 'full'
  return name.includes('MissingAPI') || name.includes('SecurityError') || name.includes('OpenFailed') ? 'missing' : 'broken'
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const inner = (error as Error & { inner?: unknown }).inner
  return `${error.name} ${nameOf(inner)}`
}

/** The connection broke and did not come back: the app must be started again. */
export class ConnectionLost extends Error {}

/**
 * Does the work; when the browser closed the connection under it, opens once more and does it again.
 * Only for work that is one transaction, or reads.
 *
 * @throws ConnectionLost when the second try meets a closed connection too
 */
export async function steady<T>(db: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isLost(error)) throw error
  }
  db.close()
  try {
    await db.open()
    return await work()
  } catch (error) {
    throw isLost(error) ? new ConnectionLost() : error
  }
}

function isLost(error: unknown): boolean {
  if (error instanceof Dexie.DatabaseClosedError) return true
  const name = nameOf(error)
  return name.includes('InvalidState') || name.includes('DatabaseClosed') || (error instanceof Error && /connection.*(clos|lost)/i.test(error.message))
}
