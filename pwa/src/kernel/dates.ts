/** Calendar arithmetic of the rules on ISO days, equal to `backend/kernel/dates.py`. */

interface Parts {
  year: number
  month: number // 1-12
  day: number
}

/** True for a day that exists, written YYYY-MM-DD. */
export function isDay(text: unknown): boolean {
  return typeof text === 'string' && parts(text) !== null
}

/** Digits of an ISO text as a number; -1 where something else stands among them. */
function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}

function parts(text: string): Parts | null {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return null
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return { year, month, day }
}

function read(day: string): Parts {
  const found = parts(day)
  if (!found) throw new RangeError(`no such day: ${day}`)
  return found
}

function write({ year, month, day }: Parts): string {
  if (!(year >= 1 && year <= 9999)) throw new RangeError(`year out of range: ${String(year)}`)
  const digits = year >= 1000 ? String(year) : String(year).padStart(4, '0')
  return `${digits}-${month < 10 ? '0' : ''}${String(month)}-${day < 10 ? '0' : ''}${String(day)}`
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1 March of year 0: years that begin in March have their leap day at the end. */
function epochDays(day: string): number {
  const { year, month, day: inMonth } = read(day)
  const years = month > 2 ? year : year - 1
  const months = month > 2 ? month - 3 : month + 9
  return 365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) + Math.floor((153 * months + 2) / 5) + inMonth - 1
}

/** `day` plus so many days. */
export function addDays(day: string, days: number): string {
  const from = read(day)
  const inMonth = from.day + Math.trunc(days)
  if (inMonth >= 1 && inMonth <= 28) return write({ ...from, day: inMonth })
  const number = epochDays(day) + Math.trunc(days)
  const era = Math.floor(number / 146_097)
  const inEra = number - era * 146_097
  const years = Math.floor((inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365)
  const inYear = inEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100))
  const months = Math.floor((5 * inYear + 2) / 153)
  const month = months < 10 ? months + 3 : months - 9
  return write({ year: years + era * 400 + (month <= 2 ? 1 : 0), month, day: inYear - Math.floor((153 * months + 2) / 5) + 1 })
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
