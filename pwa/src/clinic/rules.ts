/** Weeks, ages and lists of the clinic's desk. */
import type { Day, Holiday, Text } from '../api/wire'
import type { ChildLine, ClinicDay, DueList } from './model'
import { addDays } from '../kernel/dates'

/** The last day of the week (Sunday) that lies so many weeks after that of a day. */
export function weekEnd(today: string, weeks: number): string {
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  return addDays(today, 6 - weekday + 7 * weeks)
}

/** Birth dates of those who enter in the September of a year, at an age of whole years. */
export function cohort(year: number, age: number): { from: string; to: string } {
  return { from: `${year - age - 1}-09-01`, to: `${year - age}-08-31` }
}

/** The school year that is next checked: from October on it is the coming one. */
export function schoolYear(today: string): number {
  return Number(today.slice(0, 4)) + (today.slice(5, 7) >= '10' ? 1 : 0)
}

/** The same weekday for so many weeks, from the first such day that is not before today. */
export function weekly(today: string, weekday: number, weeks: number): string[] {
  const now = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  const first = addDays(today, (weekday - now + 7) % 7)
  return Array.from({ length: weeks }, (_, week) => addDays(first, 7 * week))
}

/** The day itself, or the first working day after the holiday it falls into. */
export function openDay(day: Day, holidays: readonly Holiday[]): Day {
  const found = holidays.find((each) => each.from_on <= day && day <= each.to_on)
  return found ? openDay(addDays(found.to_on, 1), holidays) : day
}

export interface Proposed {
  readonly on: readonly Day[]
  /** What fell into a holiday, and where it went. */
  readonly moved: readonly { readonly from: Day; readonly to: Day }[]
}

/** The same weekday for so many weeks; one in a holiday is held on the first working day after it. */
export function proposed(today: Day, weekday: number, weeks: number, holidays: readonly Holiday[]): Proposed {
  const wanted = weekly(today, weekday, weeks).map((from) => ({ from, to: openDay(from, holidays) }))
  return { on: [...new Set(wanted.map(({ to }) => to))], moved: wanted.filter(({ from, to }) => from !== to) }
}

/** Vaccines of a list with the number of doses, the most first. */
export function dosesByVaccine(items: readonly ChildLine[]): { label: Text; doses: number }[] {
  const found = new Map<string, { label: Text; doses: number }>()
  for (const { vaccine, label } of items.flatMap((child) => child.doses)) {
    found.set(vaccine, { label, doses: (found.get(vaccine)?.doses ?? 0) + 1 })
  }
  return [...found.values()].sort((a, b) => b.doses - a.doses)
}

export function pages<T>(items: readonly T[], each: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / each) }, (_, at) => items.slice(at * each, (at + 1) * each))
}

/** What the broadcast and the village's WeChat group may say: a village, vaccines, a time; no names, no numbers. */
export interface Said {
  readonly village: string
  readonly vaccines: readonly string[]
  readonly day: ClinicDay | null
  readonly clinic: string
  readonly phone: string
}

export function broadcastOf(due: DueList, pick: (label: Text) => string): Said {
  return {
    village: due.village_name,
    vaccines: dosesByVaccine(due.items).map(({ label }) => pick(label)),
    day: due.day,
    clinic: [due.clinic.name, due.clinic.address].filter(Boolean).join(' '),
    phone: due.clinic.phone ?? '',
  }
}
