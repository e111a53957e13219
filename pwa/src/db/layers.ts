/** Boxed rows with a server's layer and a local one on top. */
import type { EntityTable } from 'dexie'
import type { Vault } from '../kernel/vault'
import type { LayeredRow } from './database'

export interface Layered<T> {
  readonly value: T
  /** True while this phone's own version is shown. */
  readonly local: boolean
}

/** The value on top: what this phone laid over the server's, else the server's. */
export async function openLayered<T>(vault: Vault, kind: string, row: LayeredRow): Promise<Layered<T> | null> {
  const box = row.local ?? row.box
  return box && { value: await vault.open<T>(box, `${kind}|${row.id}`), local: row.local !== null }
}

export async function openAll<T>(vault: Vault, kind: string, rows: readonly LayeredRow[]): Promise<Layered<T>[]> {
  const opened = await Promise.all(rows.map((row) => openLayered<T>(vault, kind, row)))
  return opened.filter((value) => value !== null)
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
