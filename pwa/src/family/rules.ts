/** The plan as a mother reads it: what is next, and a picture by age. Nothing here is advice. */
import type { Day, Text } from '../api/wire'
import type { DoseStatus, FamilyCheck, FamilyView, ForecastDose } from '../api/wire_family'
import { addDays, ageMonths } from '../kernel/dates'

/** How an age stands: all given, something to do now, or still to come. */
export type StageState = 'done' | 'overdue' | 'due' | 'upcoming'

export interface Stage {
  /** Age in months at which these doses belong. */
  readonly months: number
  readonly state: StageState
  readonly doses: readonly ForecastDose[]
}

const PLANNED: readonly DoseStatus[] = ['done', 'due', 'overdue', 'upcoming']

/** The day by which a dose stands in the plan: when it was due, else when it was given. */
export function dayOfDose(dose: ForecastDose): Day | null {
  return dose.due ?? dose.earliest ?? dose.given_on
}

/** Doses by the age at which they belong, youngest first. What is not needed or too late is left out. */
export function stages(view: Pick<FamilyView, 'child' | 'doses'>): Stage[] {
  const byAge = new Map<number, ForecastDose[]>()
  for (const dose of view.doses) {
    const day = dayOfDose(dose)
    if (day === null || !PLANNED.includes(dose.status)) continue
    const months = Math.max(ageMonths(view.child.birth_date, day), 0)
    byAge.set(months, [...(byAge.get(months) ?? []), dose])
  }
  return [...byAge]
    .sort(([a], [b]) => a - b)
    .map(([months, doses]) => ({ months, doses, state: stateOf(doses) }))
}

function stateOf(doses: readonly ForecastDose[]): StageState {
  if (doses.some((dose) => dose.status === 'overdue')) return 'overdue'
  if (doses.some((dose) => dose.status === 'due')) return 'due'
  return doses.every((dose) => dose.status === 'done') ? 'done' : 'upcoming'
}

/** Doses that will not be given any more, for a note at the end. */
export function leftOut(doses: readonly ForecastDose[]): ForecastDose[] {
  return doses.filter((dose) => dose.status === 'too_late')
}

export interface Progress {
  readonly given: number
  readonly of: number
  readonly overdue: number
}

export function progress(doses: readonly ForecastDose[]): Progress {
  const counted = doses.filter((dose) => PLANNED.includes(dose.status))
  const count = (status: DoseStatus): number => counted.filter((dose) => dose.status === status).length
  return { given: count('done'), of: counted.length, overdue: count('overdue') }
}

/** The next visit as it stands on a day, also when the plan was kept from an earlier one. */
export interface NextVisit {
  readonly on: Day
  readonly vaccines: readonly Text[]
  /** The day has come: go as soon as the clinic is open. */
  readonly now: boolean
}

export function nextVisit(view: Pick<FamilyView, 'next'>, today: Day): NextVisit | null {
  return view.next && { ...view.next, now: view.next.on <= today }
}

/** Where and when: the clinic's own day, when one is set; it may be some days after the dose is due. */
export function dayToGo(view: Pick<FamilyView, 'next'>, today: Day): { on: Day; starts: string; ends: string; place: string } | null {
  const day = view.next?.day ?? null
  return day !== null && day.on >= today ? day : null
}

/** A holiday she should know of before she sets out: it lasts, comes within a week, or put the visit off. */
export function closing(view: Pick<FamilyView, 'next' | 'holidays'>, today: Day): { name: Text; from_on: Day; to_on: Day; opens_on: Day } | null {
  // A plan that was kept from before this was told has none.
  for (const each of (view as Partial<FamilyView>).holidays ?? []) {
    const opens_on = addDays(each.to_on, 1)
    if (each.to_on >= today && (each.from_on <= addDays(today, 7) || view.next?.on === opens_on)) return { ...each, opens_on: dayToGo(view, opens_on)?.on ?? opens_on }
  }
  return null
}

/** Checks that are still to come, and those just past, which the doctor may be called about. */
export function checksAhead(checks: readonly FamilyCheck[], today: Day): FamilyCheck[] {
  return checks.filter((check) => check.closes >= addDays(today, -30)).slice(0, 4)
}

/** The last day on which something was given, as far as is known. */
export function lastGiven(doses: readonly ForecastDose[]): Day | null {
  return doses.reduce<Day | null>((last, { given_on }) => (given_on !== null && (last === null || given_on > last) ? given_on : last), null)
}

/** What may be seen after a vaccination; those that cannot wait first. As `backend/clinic/rules/reactions.py`. */
export const URGENT: ReadonlySet<string> = new Set(['breathing', 'face_swelling', 'convulsion', 'faint', 'drowsy', 'weak_limb', 'high_fever'])
export const SIGNS: readonly string[] = [...URGENT, 'fever', 'swelling', 'pus', 'rash', 'vomiting', 'crying', 'other']

/** The parts of an address line such as "0745-5550120" that a phone can dial. */
export function dialable(phone: string): string {
  return phone.replace(/[^\d+]/g, '')
}

/** A token as it stands in a link; anything else after `#` is no link of ours. */
export function tokenOf(text: string): string | null {
  return /(?:^|#)([0-9A-Za-z_-]{16,128})$/.exec(text.trim())?.[1] ?? null
}

export interface CalendarEntry {
  readonly on: Day
  readonly uid: string
  readonly title: string
  readonly place: string
  readonly notes: string
  readonly stamp: string
  /** HH:MM in China; without them it is the whole day. */
  readonly starts?: string | undefined
  readonly ends?: string | undefined
}

function instantOf(on: Day, clock: string): string {
  return `${new Date(`${on}T${clock}:00+08:00`).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

/** An entry for the phone's own calendar, a week before as well: for phones that get no messages. */
export function calendarEntry(visit: CalendarEntry): string {
  const day = (date: Day): string => date.replaceAll('-', '')
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Suifang//Family//ZH', 'BEGIN:VEVENT',
    `UID:${visit.uid}`, `DTSTAMP:${visit.stamp}`,
    ...(visit.starts && visit.ends
      ? [`DTSTART:${instantOf(visit.on, visit.starts)}`, `DTEND:${instantOf(visit.on, visit.ends)}`]
      : [`DTSTART;VALUE=DATE:${day(visit.on)}`, `DTEND;VALUE=DATE:${day(addDays(visit.on, 1))}`]),
    `SUMMARY:${escape(visit.title)}`, `LOCATION:${escape(visit.place)}`, `DESCRIPTION:${escape(visit.notes)}`,
    'BEGIN:VALARM', 'ACTION:DISPLAY', 'TRIGGER:-P1D', `DESCRIPTION:${escape(visit.title)}`, 'END:VALARM',
    'END:VEVENT', 'END:VCALENDAR', '',
  ]
  return lines.map(fold).join('\r\n')
}

function escape(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')
}

/** RFC 5545: no line above 75 octets, and no Han character cut in two. */
function fold(line: string): string {
  const parts: string[] = []
  let part = ''
  let size = 0
  for (const sign of line) {
    const octets = new TextEncoder().encode(sign).length
    if (size + octets > (parts.length === 0 ? 75 : 74)) {
      parts.push(part)
      part = ''
      size = 0
    }
    part += sign
    size += octets
  }
  return [...parts, part].join('\r\n ')
}
