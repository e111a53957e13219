/**
 * The lock on what lies on this phone. Every row of personal data is a box under the working key;
 * the working key itself is kept only wrapped twice: by a key made of the PIN, and by a device key
 * that cannot leave this browser. Neither alone opens it (reliability and security, section 3).
 */
import { concat, fromUtf8, randomBytes, utf8, type Bytes } from './bytes'

/** PBKDF2-SHA-256 rounds. Stored with each lock, so that it can be raised later. */
export const PIN_ROUNDS = 600_000

export interface PinLock {
  readonly salt: Bytes
  readonly rounds: number
  readonly wrapped: Bytes
}

export class WrongPin extends Error {}

const IV_BYTES = 12
const KEPT = 'kept'
const RECENT = 400

/** The random number of a box: no two boxes of one key have the same. */
function numberOf(box: Bytes): string {
  return String.fromCharCode(...box.subarray(0, IV_BYTES))
}

type Kept = readonly [place: string, number: string, value: unknown]

/** Opens and closes boxes. Exists only while the phone is unlocked. */
export class Vault {
  private readonly kept = new Map<string, Kept>()
  private readonly recent = new Map<string, Kept>()
  private changes = 0

  constructor(private readonly key: CryptoKey) {}

  /**
   * As `open`, for what is looked at again and again: a box that was opened before is known by its number and
   * is not opened a second time. The value is shared: nobody may change it.
   */
  async openKept<T>(box: Bytes, place: string): Promise<T> {
    const known = this.keptValue(box, place)
    if (known !== undefined) return known as T
    const value = await this.open<T>(box, place)
    this.kept.set(place, [place, numberOf(box), value])
    this.changes += 1
    return value
  }

  /** As `open`, for what is looked at several times in a row, one person's past: the last few hundred stay in memory. */
  async openAgain<T>(box: Bytes, place: string): Promise<T> {
    const number = numberOf(box)
    const known = this.recent.get(place)
    if (known?.[1] === number) return known[2] as T
    const value = await this.open<T>(box, place)
    this.recent.delete(place)
    this.recent.set(place, [place, number, value])
    if (this.recent.size > RECENT) this.recent.delete(this.recent.keys().next().value ?? '')
    return value
  }

  /** What `openKept` gives at once; undefined where the box was never opened. */
  keptValue(box: Bytes, place: string): unknown {
    const known = this.kept.get(place)
    return known !== undefined && known[1] === numberOf(box) ? known[2] : undefined
  }

  /** Forgets what is not among these places. @returns the places that were forgotten */
  forgetOthers(places: ReadonlySet<string>): string[] {
    const gone = [...this.kept.keys()].filter((place) => !places.has(place))
    for (const place of gone) this.kept.delete(place)
    return gone
  }

  /** How many boxes were opened since `closeKept`. */
  get freshlyOpened(): number {
    return this.changes
  }

  /** Everything that is kept as one box: opening one is a hundred times as fast as opening thousands. */
  async closeKept(): Promise<Bytes> {
    this.changes = 0
    return this.close([...this.kept.values()], KEPT)
  }

  /** Takes up what `closeKept` put away. It may be old: what has changed since has other numbers. */
  async takeUpKept(box: Bytes): Promise<void> {
    for (const one of await this.open<Kept[]>(box, KEPT)) this.kept.set(one[0], one)
  }

  /** @param place what the box belongs to, so that no box can be put in the place of another */
  async close(value: unknown, place: string): Promise<Bytes> {
    return encrypt(this.key, utf8(JSON.stringify(value)), place)
  }

  /** As `close`, for bytes that are no JSON: pictures. */
  async closeBytes(bytes: Bytes, place: string): Promise<Bytes> {
    return encrypt(this.key, bytes, place)
  }

  /** @throws OperationError as `open` does */
  async openBytes(box: Bytes, place: string): Promise<Bytes> {
    return new Uint8Array(await decrypt(this.key, box, place))
  }

  /** @throws OperationError when the box is damaged, of another key, or of another place */
  async open<T>(box: Bytes, place: string): Promise<T> {
    return JSON.parse(fromUtf8(await decrypt(this.key, box, place))) as T
  }
}

async function encrypt(key: CryptoKey, plain: Bytes, place: string): Promise<Bytes> {
  const iv = randomBytes(IV_BYTES)
  const cipher = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(place) }, key, plain)
  return concat(iv, new Uint8Array(cipher))
}

async function decrypt(key: CryptoKey, box: Bytes, place: string): Promise<ArrayBuffer> {
  const [iv, cipher] = [box.subarray(0, IV_BYTES), box.subarray(IV_BYTES)]
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: utf8(place) }, key, cipher)
}

const AES = { name: 'AES-GCM', length: 256 } as const

/** The device's wrapping key: usable here, readable nowhere. */
export async function newWrappingKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey(AES, false, ['encrypt', 'decrypt'])
}

async function pinKey(pin: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveKey'])
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, material, AES, false, [
    'encrypt',
    'decrypt',
  ])
}

async function wrap(raw: Bytes, pin: string, wrappingKey: CryptoKey, rounds: number): Promise<PinLock> {
  const salt = randomBytes(16)
  const inner = await encrypt(await pinKey(pin, salt, rounds), raw, 'pin')
  return { salt, rounds, wrapped: await encrypt(wrappingKey, inner, 'device') }
}

async function unwrap(lock: PinLock, pin: string, wrappingKey: CryptoKey): Promise<Bytes> {
  const inner = new Uint8Array(await decrypt(wrappingKey, lock.wrapped, 'device'))
  const key = await pinKey(pin, lock.salt, lock.rounds)
  try {
    return new Uint8Array(await decrypt(key, inner, 'pin'))
  } catch {
    throw new WrongPin()
  }
}

async function vaultOf(raw: Bytes): Promise<Vault> {
  const key = await crypto.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt'])
  raw.fill(0)
  return new Vault(key)
}

/** Makes a working key and locks it with the PIN. */
export async function newVault(pin: string, wrappingKey: CryptoKey, rounds = PIN_ROUNDS): Promise<[PinLock, Vault]> {
  const raw = randomBytes(32)
  const lock = await wrap(raw, pin, wrappingKey, rounds)
  return [lock, await vaultOf(raw)]
}

/** @throws WrongPin */
export async function unlock(lock: PinLock, pin: string, wrappingKey: CryptoKey): Promise<Vault> {
  return vaultOf(await unwrap(lock, pin, wrappingKey))
}

/**
 * The same working key under another PIN.
 * @throws WrongPin when the present PIN is wrong
 */
export async function changePin(lock: PinLock, pin: string, next: string, wrappingKey: CryptoKey): Promise<PinLock> {
  return wrap(await unwrap(lock, pin, wrappingKey), next, wrappingKey, Math.max(lock.rounds, PIN_ROUNDS))
}

/** A PIN of six digits that is not one of the first a thief would try. */
export function pinWeakness(pin: string): 'too_short' | 'too_simple' | null {
  if (!/^\d{6}$/.test(pin)) return 'too_short'
  const steps = new Set(Array.from(pin.slice(1), (digit, i) => Number(digit) - Number(pin[i])))
  return steps.size === 1 && [...steps].every((s) => Math.abs(s) <= 1) ? 'too_simple' : null
}
