/** The day of a doctor: whom to see now, in which order, and which households still wait for their visit. */
import type { Day, Holiday, Task } from '../../api/wire'
import { byUrgency, dueState, isOpen, overdueDays } from '../../followups/rules/due'
import { addDays, daysBetween } from '../../kernel/dates'
import type { People } from '../../residents/model'
import { VISITED_HOUSEHOLD } from '../../residents/model'
import { isOpenSite, type Sites } from '../../sites/model'

/**
 * Where a task stands in the day, the most pressing first. `birth`: mother and newborn, whose windows
 * are days wide. `round`: a check that has half a year and more, for which no day asks: one line a service.
 * `early`: may be done, but not this week. `catch_up`: doses missed more than a year ago. `far`: not shown
 * before its time comes.
 */
export const SECTIONS = ['urgent', 'birth', 'overdue', 'week', 'households', 'round', 'early', 'catch_up', 'soon', 'far'] as const
export type Section = (typeof SECTIONS)[number]

/** One line of a list: one task, or all doses a child can have at one visit. */
export interface Stop {
  readonly key: string
  readonly section: Section
  /** The most pressing one first. */
  readonly tasks: readonly [Task, ...Task[]]
}

export type DayPlan = Readonly<Record<Section, readonly Stop[]>>

const AHEAD_DAYS = 14
const WEEK_DAYS = 6
const YEAR_DAYS = 365
const ROUND_DAYS = 180
const BIRTH_SERVICES: readonly string[] = ['postpartum', 'newborn', 'newborn_full_month', 'postpartum_42d']
export const HOUSEHOLD_SERVICE = 'household_visit'

/** Whom and what this phone knows. */
export interface Known {
  readonly people: People
  readonly sites: Sites
}

/** Whether anybody is still to be visited for this task, or something to be done there. */
export function concernsSomebody(task: Task, { people, sites }: Known): boolean {
  if (task.subject.kind === 'area') return people.areas.has(task.subject.id)
  if (task.subject.kind === 'site') {
    const site = sites.get(task.subject.id)
    return site !== undefined && isOpenSite(site)
  }
  if (task.subject.kind === 'household') return VISITED_HOUSEHOLD.includes(people.households.get(task.subject.id)?.status ?? '')
  const resident = people.residents.get(task.subject.id)
  return resident !== undefined && resident.merged_into === null && resident.status !== '4' && resident.status !== '2' && resident.status !== '9'
}

/** Where an open task stands today. An emergency does not wait for the day it opens. */
export function sectionOf(task: Task, today: Day): Section {
  if (task.escalation === 'E3' || task.referral === 'urgent') return 'urgent'
  const state = dueState(task, today)
  const yearly = task.kind !== 'dose' && task.service !== HOUSEHOLD_SERVICE && daysBetween(task.opens, task.closes) >= ROUND_DAYS
  if (state === 'upcoming') return !yearly && task.opens <= addDays(today, AHEAD_DAYS) ? 'soon' : 'far'
  if (task.kind === 'referral_check') return 'urgent'
  if (BIRTH_SERVICES.includes(task.service)) return 'birth'
  if (yearly) return 'round'
  if (state === 'overdue') return task.kind === 'dose' && overdueDays(task, today) >= YEAR_DAYS ? 'catch_up' : 'overdue'
  if (task.service === HOUSEHOLD_SERVICE) return 'households'
  const week = addDays(today, WEEK_DAYS)
  return task.due <= week || task.closes <= week ? 'week' : 'early'
}

const up = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Which of two tasks of one section comes first. */
function before(section: Section, a: Task, b: Task): number {
  if (section === 'urgent') return byUrgency(a, b)
  if (section === 'soon' || section === 'far') return up(a.opens, b.opens)
  if (section !== 'overdue' || (a.kind !== 'dose' && b.kind !== 'dose')) return up(a.closes, b.closes)
  if (a.kind !== b.kind) return a.kind === 'dose' ? 1 : -1
  return up(b.closes, a.closes) // the fresher a missed dose, the more in time it still is
}

/** Open tasks as lines, in the order of the day. Doses of a child that can be given now are one line. */
export function stopsOf(tasks: readonly Task[], today: Day): Stop[] {
  const byKey = new Map<string, [Task, ...Task[]]>()
  for (const task of tasks) {
    const ahead = dueState(task, today) === 'upcoming' ? sectionOf(task, today) : 'now'
    const key = task.kind === 'dose' ? `${task.subject.id} ${ahead}` : task.id
    const known = byKey.get(key)
    if (known) known.push(task)
    else byKey.set(key, [task])
  }
  const rank = (section: Section): number => SECTIONS.indexOf(section)
  return [...byKey]
    .map(([key, own]): Stop => {
      own.sort((a, b) => rank(sectionOf(a, today)) - rank(sectionOf(b, today)) || up(a.closes, b.closes))
      return { key, section: sectionOf(own[0], today), tasks: own }
    })
    .sort(
      (a, b) =>
        rank(a.section) - rank(b.section) ||
        before(a.section, a.tasks[0], b.tasks[0]) ||
        // Mother and child are seen in one house: their lines stand together.
        up(a.tasks[0].household_id ?? '', b.tasks[0].household_id ?? ''),
    )
}

export function dayOf(tasks: readonly Task[], known: Known, today: Day): DayPlan {
  const stops = stopsOf(tasks.filter((task) => isOpen(task) && concernsSomebody(task, known)), today)
  return Object.fromEntries(SECTIONS.map((section) => [section, stops.filter((stop) => stop.section === section)])) as unknown as DayPlan
}

/** A yearly check and whom it still waits for: one line of the day, not three hundred. */
export interface Round {
  readonly service: string
  readonly stops: readonly Stop[]
  readonly closes: Day
}

/** The rounds of a day, the one that closes first on top. */
export function roundsOf(stops: readonly Stop[]): Round[] {
  const services = [...new Set(stops.map((stop) => stop.tasks[0].service))]
  return services
    .map((service): Round => {
      const own = stops.filter((stop) => stop.tasks[0].service === service)
      return { service, stops: own, closes: own.map((stop) => stop.tasks[0].closes).reduce((a, b) => (a < b ? a : b)) }
    })
    .sort((a, b) => up(a.closes, b.closes) || b.stops.length - a.stops.length)
}

/** When a line must be done, as exact as one says it: nobody counts the days of a year. */
export type Timing =
  | { readonly say: 'overdueDays' | 'overdueMonths' | 'daysLeft'; readonly count: number }
  | { readonly say: 'overdueYear' | 'lastDay' | 'tomorrow' }
  | { readonly say: 'until' | 'from'; readonly day: Day }

export function timingOf(task: Pick<Task, 'opens' | 'closes'>, today: Day): Timing {
  if (dueState(task, today) === 'upcoming') return { say: 'from', day: task.opens }
  const late = overdueDays(task, today)
  if (late >= YEAR_DAYS) return { say: 'overdueYear' }
  if (late > 60) return { say: 'overdueMonths', count: Math.floor(late / 30.44) }
  if (late > 0) return { say: 'overdueDays', count: late }
  if (task.closes === today) return { say: 'lastDay' }
  if (task.closes === addDays(today, 1)) return { say: 'tomorrow' }
  const left = [2, 3, 4, 5, 6, 7].find((days) => addDays(today, days) === task.closes)
  return left === undefined ? { say: 'until', day: task.closes } : { say: 'daysLeft', count: left }
}

/** The form with which a task is done: the one that feeds its service and kind. */
export function formFor(
  task: Pick<Task, 'service' | 'kind'>,
  completes: (service: string, form: string, kind: string) => boolean,
  forms: Iterable<{ readonly key: string; readonly service?: string }>,
): string | null {
  const all = [...forms]
  const able = all.filter((form) => completes(task.service, form.key, task.kind))
  if (task.kind === 'referral_check') {
    const check = able.find((form) => form.key === 'referral_check')
    if (check) return check.key
  }
  return (able.find((form) => form.service === task.service) ?? able[0] ?? all.find((form) => form.service === task.service))?.key ?? null
}

/** A holiday of several days that begins within a week, and how many open tasks have their last day in it; nothing when none has. */
export function beforeHoliday(tasks: readonly Task[], holidays: readonly Holiday[], today: Day): { holiday: Holiday; count: number } | null {
  const holiday = holidays.find((each) => each.from_on > today && each.from_on <= addDays(today, 7) && each.to_on > each.from_on)
  if (!holiday) return null
  const count = tasks.filter((task) => isOpen(task) && task.closes >= holiday.from_on && task.closes <= holiday.to_on).length
  return count > 0 ? { holiday, count } : null
}
