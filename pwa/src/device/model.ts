/** This phone: whose it is, and what it last heard of the server. */
import type { Account, Config, Instant } from '../api/wire'

/** Facts in the clear: none of them is about a resident. */
export interface DeviceFacts {
  readonly device_id: string
  readonly account: Account
  readonly config: Config
  /** Phone minus server, at the last contact. */
  readonly skew_ms: number | null
  readonly last_contact_at: Instant | null
  /** Milliseconds of the last contact by this phone's clock. */
  readonly contact_ms: number | null
  /** The township closed the account: nothing is read or captured here before a new sign-in. */
  readonly barred?: boolean
}

/** Why the working data was destroyed: ten wrong PINs, the phone withdrawn, a new sign-in instead of the PIN. */
export type Wiped = 'pin' | 'revoked' | 'scope'

export type Lock = 'new' | 'locked' | 'wiped'

/** Wrong PINs after which the working key is destroyed. Unsent records stay and can be sent. */
export const MAX_WRONG_PINS = 10

/** Idle milliseconds after which the phone locks itself. */
export const AUTO_LOCK_MS = 5 * 60_000

/** Days without the server after which the doctor is warned, and after which capture stops. */
export const WARN_DAYS = 23
export const STOP_DAYS = 30

/** Milliseconds by which a clock may differ before the doctor is told. */
export const CLOCK_DOUBT_MS = 5 * 60_000
