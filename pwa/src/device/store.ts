/** The phone's keys and facts. */
import { forgetReadable } from '../attachments/store'
import { Database, readFact, writeFact } from '../db/database'
import { storageTrouble, type StorageTrouble } from '../db/health'
import { damaged } from '../db/layers'
import { sha256Hex, utf8, type Bytes } from '../kernel/bytes'
import { newDeviceKey, signText } from '../kernel/device_key'
import { changePin, newVault, newWrappingKey, unlock, WrongPin, type Vault } from '../kernel/vault'
import { MAX_WRONG_PINS, type DeviceFacts, type Lock, type Wiped } from './model'

export { damaged }
export type { Database, StorageTrouble }

/** The phone's database; opened at its first use. */
export function openPhone(name?: string): Database {
  return new Database(name)
}

/** Why nothing may be captured on this phone, or nothing. */
export async function troubleOnPhone(db: Database): Promise<StorageTrouble | null> {
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage as Partial<StorageManager> | undefined
  return storageTrouble(db, storage?.estimate ? { estimate: () => navigator.storage.estimate() } : undefined)
}

/** Whether the browser has promised to keep what lies here; null where it cannot be asked. */
export async function isPersisted(): Promise<boolean | null> {
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage as Partial<StorageManager> | undefined
  return (await storage?.persisted?.()) ?? null
}

/** The signing pair; made at first asking, and never again. */
export async function signingKey(db: Database): Promise<CryptoKeyPair> {
  const known = await db.keys.get('sign')
  if (known?.name === 'sign') return known.pair
  const pair = await newDeviceKey()
  await db.keys.put({ name: 'sign', pair })
  return pair
}

/** Headers that prove this device (docs/decisions/0004). */
export async function proofOf(db: Database, deviceId: string, nowMs: number, method: string, path: string, body: string | Bytes): Promise<Record<string, string>> {
  const time = new Date(nowMs).toISOString()
  const hash = await sha256Hex(typeof body === 'string' ? utf8(body) : body)
  return {
    'X-Device': deviceId,
    'X-Device-Time': time,
    'X-Device-Signature': await signText(await signingKey(db), ['suifang.request/1', method, path, time, hash].join('\n')),
  }
}

export async function deviceFacts(db: Database): Promise<DeviceFacts | null> {
  return (await readFact<DeviceFacts>(db, 'device')) ?? null
}

/** A phone that was enrolled counts its records from 1, also when it was another device before. */
export async function enrolled(db: Database, facts: DeviceFacts): Promise<void> {
  await db.transaction('rw', db.facts, async () => {
    if ((await deviceFacts(db))?.device_id !== facts.device_id) await db.facts.delete('next_seq')
    await writeDeviceFacts(db, facts)
  })
}

export async function writeDeviceFacts(db: Database, facts: DeviceFacts): Promise<void> {
  await writeFact(db, 'device', facts)
}

/** What the server said about the time, at each contact. */
export async function noteContact(db: Database, serverTime: string, nowMs: number): Promise<DeviceFacts | null> {
  return db.transaction('rw', db.facts, async () => {
    const facts = await deviceFacts(db)
    if (!facts) return null
    const next = { ...facts, skew_ms: nowMs - Date.parse(serverTime), last_contact_at: serverTime, contact_ms: nowMs }
    await writeDeviceFacts(db, next)
    return next
  })
}

export async function lockState(db: Database): Promise<Lock> {
  if (await db.keys.get('pin')) return 'locked'
  return (await readFact<Wiped>(db, 'wiped')) === undefined ? 'new' : 'wiped'
}

/** Why this phone is empty, until a new PIN is set. */
export async function whyWiped(db: Database): Promise<Wiped | null> {
  const why = await readFact<Wiped | true>(db, 'wiped')
  // The first version only knew one reason.
  return why === true ? 'pin' : (why ?? null)
}

/** Makes the working key and locks it with the first PIN. */
export async function setFirstPin(db: Database, pin: string, rounds?: number): Promise<Vault> {
  const key = await newWrappingKey()
  const [lock, vault] = await newVault(pin, key, rounds)
  await db.transaction('rw', db.keys, db.facts, async () => {
    await db.keys.bulkPut([{ name: 'wrap', key }, { name: 'pin', lock }])
    await db.facts.bulkDelete(['wrong_pins', 'wiped'])
  })
  return vault
}

/** `left`: wrong PINs until the working data is destroyed. */
export type Unlocked = { readonly vault: Vault } | { readonly left: number }

async function stored(db: Database): Promise<{ lock: Parameters<typeof unlock>[0]; key: CryptoKey }> {
  const [pin, wrap] = [await db.keys.get('pin'), await db.keys.get('wrap')]
  if (pin?.name !== 'pin' || wrap?.name !== 'wrap') throw new Error('no PIN was set on this phone')
  return { lock: pin.lock, key: wrap.key }
}

/** Opens with the PIN. The count is written before the answer is known, so that a kill gains nothing. */
export async function tryPin(db: Database, pin: string): Promise<Unlocked> {
  const { lock, key } = await stored(db)
  const wrong = ((await readFact<number>(db, 'wrong_pins')) ?? 0) + 1
  await writeFact(db, 'wrong_pins', wrong)
  try {
    const vault = await unlock(lock, pin, key)
    await db.facts.delete('wrong_pins')
    return { vault }
  } catch (error) {
    if (!(error instanceof WrongPin)) throw error
  }
  if (wrong >= MAX_WRONG_PINS) await wipeWorkingData(db, 'pin')
  return { left: Math.max(0, MAX_WRONG_PINS - wrong) }
}

/** @throws WrongPin */
export async function replacePin(db: Database, pin: string, next: string): Promise<void> {
  const { lock, key } = await stored(db)
  const changed = await changePin(lock, pin, next, key)
  await db.keys.put({ name: 'pin', lock: changed })
}

/**
 * Destroys the keys first, then what they opened. Sealed records that were not sent stay: they can
 * still be sent, and nobody here can read them.
 */
export async function wipeWorkingData(db: Database, why: Wiped): Promise<void> {
  await db.keys.bulkDelete(['pin', 'wrap'])
  const personal = [db.households, db.residents, db.sites, db.tasks, db.history, db.drafts, db.areas]
  await db.transaction('rw', [...personal, db.facts, db.outbox, db.attachments, db.blobs], async () => {
    await Promise.all(personal.map((table) => table.clear()))
    await db.facts.bulkDelete(['sync', 'downloaded', 'wrong_pins', 'sitting', 'kept'])
    await db.facts.put({ name: 'wiped', value: why })
    await db.outbox.toCollection().modify({ readable: null })
    await forgetReadable(db)
  })
}

/**
 * Signed out: the account, the device and its keys go as well; the next doctor enrols anew and counts
 * from 1. Only when nothing is unsent: what was sent stays sealed for its 30 days.
 */
export async function forgetAccount(db: Database): Promise<void> {
  await wipeWorkingData(db, 'scope')
  await db.keys.delete('sign')
  await db.facts.bulkDelete(['wiped', 'device', 'sync', 'downloaded', 'next_seq'])
}

const KEPT = 'kept'
const WORTH = 50

/** What an earlier opening of this phone has read: without it, or when it is damaged, everything is opened box by box. */
export async function takeUpKept(db: Database, vault: Vault): Promise<void> {
  const box = await readFact<Bytes>(db, KEPT)
  if (!box) return
  try {
    await vault.takeUpKept(box)
  } catch {
    damaged.add(KEPT)
  }
}

/**
 * Puts away what was opened, for the next time the phone is. Whoever left this phone's scope must not lie on in here.
 *
 * @param places `kind|id` of everything that is still here
 */
export async function putKeptAway(db: Database, vault: Vault, places: ReadonlySet<string>): Promise<void> {
  const gone = vault.forgetOthers(places)
  const somebodyLeft = gone.some((place) => !place.startsWith('task|'))
  if (somebodyLeft || gone.length + vault.freshlyOpened >= WORTH) await writeFact(db, KEPT, await vault.closeKept())
}
