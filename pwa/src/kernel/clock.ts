/** Where time comes in. Rules never call this; they are handed a date or an instant. */

/** Anything that tells the present instant in milliseconds since 1970. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

const SHANGHAI_MS = 8 * 3_600_000

/** The calendar day of an instant in China, the one time zone of every date in this house. */
export function localDay(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 10)
}

/** RFC 3339 in UTC with milliseconds and `Z`. */
export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** RFC 3339 with the phone's own offset: what a doctor's watch showed. */
export function isoWithOffset(ms: number, offsetMinutes = -new Date(ms).getTimezoneOffset()): string {
  const sign = offsetMinutes < 0 ? '-' : '+'
  const size = Math.abs(offsetMinutes)
  const two = (n: number): string => String(n).padStart(2, '0')
  const wall = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1)
  return `${wall}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
