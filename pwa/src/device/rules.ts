/** Decisions about this phone: how long it may work alone, and whether its clock can be trusted. */
import { CLOCK_DOUBT_MS, STOP_DAYS, WARN_DAYS } from './model'

const DAY_MS = 86_400_000

export type Solitude = { readonly state: 'fine' | 'warn' | 'stop'; readonly days: number }

/** How long this phone has been without the server. A clock that went back counts as no time. */
export function solitude(contactMs: number | null, nowMs: number): Solitude {
  const days = contactMs === null ? 0 : Math.max(0, Math.floor((nowMs - contactMs) / DAY_MS))
  return { state: days >= STOP_DAYS ? 'stop' : days >= WARN_DAYS ? 'warn' : 'fine', days }
}

export function clockDoubtful(skewMs: number | null): boolean {
  return skewMs !== null && Math.abs(skewMs) > CLOCK_DOUBT_MS
}
