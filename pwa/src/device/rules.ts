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

/** A name the township recognises in its list of phones. */
export function deviceName(userAgent: string): string {
  const model = /Android[^;]*;\s*([^;)]+?)(?:\s+Build|\))/.exec(userAgent)?.[1]
  return (model ?? (/iPhone|iPad/.exec(userAgent)?.[0] ?? 'Web')).slice(0, 60)
}

/** 'Chrome 126', 'Safari 16.4'; empty where it does not say. */
export function browserName(userAgent: string): string {
  const [, chromium, firefox, safari] = /Chrom(?:e|ium)\/(\d+)|Firefox\/(\d+)|Version\/([\d.]+).*Safari/.exec(userAgent) ?? []
  return chromium ? `Chrome ${chromium}` : firefox ? `Firefox ${firefox}` : safari ? `Safari ${safari}` : ''
}
