/** Boxed rows with a server's layer and a local one on top. */
import type { EntityTable } from 'dexie'
import type { Bytes } from '../kernel/bytes'
import type { Vault } from '../kernel/vault'
import type { LayeredRow } from './database'

export interface Layered<T> {
  readonly value: T
  /** True while this phone's own version is shown. */
  readonly local: boolean
}

/**
 * Places of the boxes that did not open since the phone was unlocked: damaged on disk, or written by something older
 * than this app understands. They stay where they are, and the self-check tells of them.
 */
export const damaged = new Set<string>()

/** `kept`: what is shown whenever the phone is open; `again`: what is asked for several times in a row; `once`: anything else. */
type Use = 'kept' | 'again' | 'once'

/**
 * What is in the box; null when it does not open: one bad row must not keep the doctor from all the others.
 *
 * @param called where several boxes belong to one place: the name of this one among the damaged
 */
export async function openBox<T>(vault: Vault, box: Bytes, place: string, use: Use = 'once', called = place): Promise<T | null> {
  try {
    const value = await opened<T>(vault, box, place, use)
    damaged.delete(called)
    return value
  } catch {
    damaged.add(called)
    return null
  }
}

function opened<T>(vault: Vault, box: Bytes, place: string, use: Use): Promise<T> {
  if (use === 'kept') return vault.openKept<T>(box, place)
  return use === 'again' ? vault.openAgain<T>(box, place) : vault.open<T>(box, place)
}

/** The values on top: what this phone laid over the server's, else the server's; the server's, too, when ours is damaged. */
export async function openAll<T>(vault: Vault, kind: string, rows: readonly LayeredRow[], use: Use = 'kept'): Promise<Layered<T>[]> {
  const found = new Array<Layered<T> | null>(rows.length).fill(null)
  // Only for what is not known yet: thousands of promises for what is here already would be felt.
  const opening: Promise<void>[] = []
  rows.forEach((row, i) => {
    const place = `${kind}|${row.id}`
    const box = row.local ?? row.box
    const known = box instanceof Uint8Array ? vault.keptValue(box, place) : undefined
    if (known !== undefined) found[i] = { value: known as T, local: row.local !== null }
    else opening.push(openLayers<T>(vault, place, row, use).then((one) => void (found[i] = one)))
  })
  await Promise.all(opening)
  return found.filter((one) => one !== null)
}

async function openLayers<T>(vault: Vault, place: string, { local, box }: LayeredRow, use: Use): Promise<Layered<T> | null> {
  const own = local ? await openBox<T>(vault, local, place, use, `${place}|local`) : null
  if (own !== null) return { value: own, local: true }
  const value = box ? await openBox<T>(vault, box, place, use) : null
  return value === null ? null : { value, local: false }
}

/** The server's layer, prepared before a transaction begins (no cryptography inside of one). */
export async function close(vault: Vault, kind: string, id: string, value: unknown): Promise<LayeredRow['box']> {
  return vault.close(value, `${kind}|${id}`)
}

/** Puts the server's layers; local ones stay until their envelopes are settled. */
export async function putServerLayers<R extends LayeredRow>(table: EntityTable<R, 'id'>, rows: readonly R[]): Promise<void> {
  const known = await table.bulkGet(rows.map((row) => row.id as never))
  await table.bulkPut(rows.map((row, i) => (known[i]?.local ? { ...row, local: known[i].local, local_for: known[i].local_for } : row)))
}

/** Takes away the local layers of an envelope; rows that have nothing else go altogether. */
export async function dropLocalLayers<R extends LayeredRow>(table: EntityTable<R, 'id'>, envelopeId: string): Promise<string[]> {
  const rows = await table.where('local_for').equals(envelopeId).toArray()
  for (const row of rows) {
    if (row.box === null) await table.delete(row.id as never)
    else await table.put({ ...row, local: null, local_for: null })
  }
  return rows.map((row) => row.id)
}
