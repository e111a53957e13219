/** The doctor's own figures of a month, from what this phone can see. Pure. */
import type { Day, Task } from '../../api/wire'
import type { FormInfo } from '../../forms/model'
import { addDays, addMonths, quarterStart } from '../../kernel/dates'
import { VISITED_HOUSEHOLD, type Home } from '../../residents/model'
import type { Visit } from '../../submissions/model'
import { HOUSEHOLD_SERVICE } from './today'

/**
 * What the yearly plans of counties ask for: 90 household visits a month, 95% of households a quarter.
 * They differ by area; until the targets of an area come to the phone these two are shown as usual.
 */
export const VISITS_A_MONTH = 90
export const HOUSEHOLD_RATE = 0.95

const HOME = '2'
const DONE = '1'
const COUNTS = (visit: Visit): boolean => visit.state !== 'rejected' && visit.state !== 'voided' && visit.state !== 'refused'

export interface Period {
  readonly first: Day
  readonly last: Day
}
export function monthOf(day: Day): Period {
  const first = `${day.slice(0, 7)}-01`
  return { first, last: addDays(addMonths(first, 1), -1) }
}

export interface Figures {
  /** Houses gone to, each once a day. */
  readonly visits: number
  /** Households met in the quarter so far, of those this doctor looks after. */
  readonly households: { readonly met: number; readonly all: number }
  readonly records: { readonly all: number; readonly home: number; readonly clinic: number; readonly phone: number }
  readonly returned: number
  /** Records about which the township's rules ask something; null while the server tells nothing of it. */
  readonly asked: readonly Visit[] | null
  /** Tasks whose last day lies in the month and is over, and those of them that are done. */
  readonly tasks: { readonly done: number; readonly all: number }
}

export interface Seen {
  /** The doctor's own, unsent ones too, from the beginning of the quarter on. */
  readonly visits: readonly Visit[]
  readonly tasks: readonly Task[]
  readonly households: Iterable<Home>
  readonly info: (form: Visit['form']) => FormInfo | null
  /** The house somebody lives in. */
  readonly houseOf: (visit: Visit) => string | null
}

/** Somebody was met at home: what the rules count as a household visit (`schemas/programmes/household.json`). */
function atHome({ form, answers }: Visit, info: FormInfo | null): boolean {
  if (form.key === 'bp_reading') return answers['scene'] === HOME
  if (info?.service === HOUSEHOLD_SERVICE) return answers['visit_result'] === DONE
  if (info?.visit_mode === undefined || answers[info.visit_mode] !== HOME) return false
  return info.visit_outcome === undefined || answers[info.visit_outcome] === DONE
}

const within = (day: Day, { first, last }: Period): boolean => first <= day && day <= last

export function figuresOf(seen: Seen, month: Period, today: Day): Figures {
  const standing = seen.visits.filter(COUNTS)
  const mine = standing.filter((visit) => within(visit.visit_date, month))
  const modes = mine.flatMap((visit) => {
    const field = seen.info(visit.form)?.visit_mode
    const mode = field === undefined ? undefined : visit.answers[field]
    return typeof mode === 'string' ? [mode] : []
  })
  const count = (mode: string): number => modes.filter((each) => each === mode).length
  const reached = (visit: Visit): boolean => atHome(visit, seen.info(visit.form))
  const house = (visit: Visit): string => seen.houseOf(visit) ?? visit.subject.id
  const doors = new Set(mine.filter(reached).map((visit) => `${house(visit)} ${visit.visit_date}`))
  const quarter: Period = { first: quarterStart(month.last), last: month.last }
  const all = new Set([...seen.households].filter((home) => VISITED_HOUSEHOLD.includes(home.status)).map((home) => home.id))
  const met = new Set(standing.filter((visit) => within(visit.visit_date, quarter) && reached(visit)).map(house).filter((id) => all.has(id)))
  const due = seen.tasks.filter((task) => within(task.closes, month) && task.closes < today && task.state !== 'cancelled')
  return {
    visits: doors.size,
    households: { met: met.size, all: all.size },
    records: { all: mine.length, home: count(HOME), clinic: count('1'), phone: count('3') },
    asked: seen.visits.some((visit) => visit.flags !== undefined) ? mine.filter((visit) => (visit.flags?.length ?? 0) > 0) : null,
    returned: mine.filter((visit) => visit.state === 'returned').length,
    tasks: { done: due.filter((task) => task.state === 'completed').length, all: due.length },
  }
}
