/** This phone: its database, its lock and the stage the app is in. One of each, for the whole page. */
import { ref, shallowRef } from 'vue'
import type { DeviceFacts } from '../../device/model'
import { AUTO_LOCK_MS } from '../../device/model'
import { solitude } from '../../device/rules'
import * as device from '../../device/store'
import { systemClock } from '../../kernel/clock'
import type { Bytes } from '../../kernel/bytes'
import type { Vault } from '../../kernel/vault'

export type Stage = 'starting' | 'trouble' | 'welcome' | 'choose_pin' | 'download' | 'locked' | 'stopped' | 'open'

export const now = systemClock
export const db = device.openPhone()
export const stage = ref<Stage>('starting')
export const trouble = ref<device.StorageTrouble | null>(null)
export const facts = shallowRef<DeviceFacts | null>(null)
export const persisted = ref<boolean | null>(null)

let vault: Vault | null = null

/** The open lock. @throws Error while the phone is locked */
export function unlocked(): Vault {
  if (!vault) throw new Error('the phone is locked')
  return vault
}
export function vaultOrNull(): Vault | null {
  return vault
}
export function holdVault(next: Vault | null): void {
  vault = next
}

/** Headers that prove this device; none before it is enrolled. */
export async function proof(method: string, path: string, body: string | Bytes): Promise<Record<string, string>> {
  const known = facts.value
  return known ? device.proofOf(db, known.device_id, now(), method, path, body) : {}
}

/** Looks at the disk before the first question is asked. */
export async function examine(): Promise<boolean> {
  trouble.value = await device.troubleOnPhone(db)
  persisted.value = await device.isPersisted()
  if (trouble.value) stage.value = 'trouble'
  return trouble.value === null
}

/** Asks the browser to keep what lies here; the answer is shown in the settings. */
export async function askToPersist(): Promise<void> {
  const storage = (navigator as Partial<Navigator>).storage as Partial<StorageManager> | undefined
  persisted.value = (await storage?.persist?.()) ?? false
}

export async function noteContact(serverTime: string): Promise<void> {
  facts.value = (await device.noteContact(db, serverTime, now())) ?? facts.value
}

export function aloneFor(): ReturnType<typeof solitude> {
  return solitude(facts.value?.contact_ms ?? null, now())
}

let putAway: (() => Promise<void>) | null = null

/** What has to be put away before the phone locks: the open form. */
export function beforeLocking(work: (() => Promise<void>) | null): void {
  putAway = work
}
export async function putAwayAll(): Promise<void> {
  await putAway?.()
}

let idle: ReturnType<typeof setTimeout> | undefined

/** Starts the wait for the automatic lock anew. */
export function stirred(lock: () => void): void {
  clearTimeout(idle)
  if (vault) idle = setTimeout(lock, AUTO_LOCK_MS)
}
