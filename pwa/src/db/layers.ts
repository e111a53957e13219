/** Boxed rows with a server's layer and a local one on top. */
import type { EntityTable } from 'dexie'
import type { Vault } from '../kernel/vault'
import type { LayeredRow } from './database'

export interface Layered<T> {
  readonly value: T
  /** True while this phone's own version is shown. */
  readonly local: boolean
}

/**
 * The values on top: what this phone laid over the server's, else the server's.
 *
 * @param use `kept`: what is shown whenever the phone is open; `once`: what somebody asks for now and then
 */
export async function openAll<T>(vault: Vault, kind: string, rows: readonly LayeredRow[], use: 'kept' | 'once' = 'kept'): Promise<Layered<T>[]> {
  const found = new Array<Layered<T> | null>(rows.length).fill(null)
  // Only for what is not known yet: thousands of promises for what is here already would be felt.
  const opening: Promise<void>[] = []
  rows.forEach((row, i) => {
    const box = row.local ?? row.box
    if (!box) return
    const [place, local] = [`${kind}|${row.id}`, row.local !== null]
    const known = vault.keptValue(box, place)
    if (known !== undefined) found[i] = { value: known as T, local }
    else {
      const value = use === 'kept' ? vault.openKept<T>(box, place) : vault.openAgain<T>(box, place)
      opening.push(value.then((value) => void (found[i] = { value, local })))
    }
  })
  await Promise.all(opening)
  return found.filter((one) => one !== null)
}

/** The server's layer, prepared before a transaction begins (no cryptography inside of one). */
export async function close(vault: Vault, kind: string, id: string, value: unknown): Promise<LayeredRow['box']> {
  return vault.close(value, `${kind}|${id}`)
}

/** Puts the server's layer; the local one stays until its envelope is settled. */
export async function putServerLayer<R extends LayeredRow>(table: EntityTable<R, 'id'>, row: R): Promise<void> {
  const known = await table.get(row.id as never)
  await table.put((known?.local ? { ...row, local: known.local, local_for: known.local_for } : row))
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
