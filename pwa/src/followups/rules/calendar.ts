/** Periods of the calendar, and the anchors that name them. */
import type { Day } from '../../api/wire'
import { addDays, periodEnd, periodStart } from '../../kernel/dates'
import type { Every } from '../model'

const MONTHS: Readonly<Record<Every, number>> = { month: 1, two_months: 2, quarter: 3, half_year: 6, year: 12 }

/** `anchor`: `2026-03`, `2026M03-04`, `2026Q3`, `2026H1` or `2026`. */
export interface Period {
  readonly anchor: string
  readonly start: Day
  readonly end: Day
}

export function periodOf(every: Every, day: Day): Period {
  const months = MONTHS[every]
  const [start, end] = [periodStart(day, months), periodEnd(day, months)]
  return { anchor: anchor(every, start, end), start, end }
}

/** Every period from that of `first` up to that of `last`, in order. */
export function periods(every: Every, first: Day, last: Day): Period[] {
  const found: Period[] = []
  for (let period = periodOf(every, first); period.start <= last; period = periodOf(every, addDays(period.end, 1))) found.push(period)
  return found
}

function anchor(every: Every, start: Day, end: Day): string {
  const [year, month, last] = [start.slice(0, 4), start.slice(5, 7), end.slice(5, 7)]
  switch (every) {
    case 'month':
      return `${year}-${month}`
    case 'two_months':
      return `${year}M${month}-${last}`
    case 'quarter':
      return `${year}Q${String(Number(last) / 3)}`
    case 'half_year':
      return `${year}H${String(Number(last) / 6)}`
    case 'year':
      return year
  }
}
