/** Calendar arithmetic of the rules on ISO days, equal to `backend/kernel/dates.py`. */

const DAY_MS = 86_400_000
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

interface Parts {
  year: number
  month: number // 1-12
  day: number
}

/** True for a day that exists, written YYYY-MM-DD. */
export function isDay(text: unknown): boolean {
  const match = typeof text === 'string' ? DAY.exec(text) : null
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

function read(day: string): Parts {
  if (!isDay(day)) throw new RangeError(`no such day: ${day}`)
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), day: Number(day.slice(8, 10)) }
}

function write({ year, month, day }: Parts): string {
  if (year < 1 || year > 9999) throw new RangeError(`year out of range: ${String(year)}`)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function epochDays(day: string): number {
  read(day)
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS)
}

/** `day` plus so many days. */
export function addDays(day: string, days: number): string {
  const at = new Date((epochDays(day) + days) * DAY_MS)
  if (Number.isNaN(at.getTime())) throw new RangeError('day out of range')
  return write({ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() })
}

/**
 * `day` plus calendar months, clamped to the month's end: 31 January + 1 = 28 February.
 * Source: followup-rules §0 'Months'.
 */
export function addMonths(day: string, months: number): string {
  const from = read(day)
  const index = from.year * 12 + from.month - 1 + months
  const year = Math.floor(index / 12)
  const month = index - year * 12 + 1
  return write({ year, month, day: Math.min(from.day, daysInMonth(year, month)) })
}

/** Completed months of age on a day; negative before birth. */
export function ageMonths(birth: string, on: string): number {
  const [b, o] = [read(birth), read(on)]
  const months = (o.year - b.year) * 12 + o.month - b.month
  return addMonths(birth, months) <= on ? months : months - 1
}

/** Completed years of age on a day; a 29 February birthday is reached on 28 February. */
export function ageYears(birth: string, on: string): number {
  return Math.floor(ageMonths(birth, on) / 12)
}

/** Days from `start` to `end`; negative when `end` is earlier. */
export function daysBetween(start: string, end: string): number {
  return epochDays(end) - epochDays(start)
}

/** Completed weeks of pregnancy on a day, counted from the last menstrual period. */
export function gestationalWeek(lmp: string, on: string): number {
  return Math.floor(daysBetween(lmp, on) / 7)
}

/** The calendar quarter, as `2026Q3`. */
export function quarter(day: string): string {
  const { year, month } = read(day)
  return `${String(year).padStart(4, '0')}Q${String(Math.floor((month + 2) / 3))}`
}

/** First day of the part of the year that a day lies in: 3 months a quarter, 12 the year. */
export function periodStart(day: string, months: number): string {
  const { year, month } = read(day)
  if (![1, 2, 3, 4, 6, 12].includes(months)) throw new RangeError('a period has 1, 2, 3, 4, 6 or 12 months')
  return write({ year, month: month - ((month - 1) % months), day: 1 })
}

/** Last day of that part of the year. */
export function periodEnd(day: string, months: number): string {
  return addDays(addMonths(periodStart(day, months), months), -1)
}

/** First day of the day's calendar quarter. */
export function quarterStart(day: string): string {
  return periodStart(day, 3)
}

/** Last day of the day's calendar quarter. */
export function quarterEnd(day: string): string {
  return periodEnd(day, 3)
}

/** The quarter after a quarter written `2026Q3`. */
export function nextQuarterStart(day: string): string {
  return addMonths(quarterStart(day), 3)
}
