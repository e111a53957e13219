/** When the open places of a child's series are due (schemas/cases/README.md, 'immunization'). */
import type { Day } from '../../api/wire'
import { addDays, addMonths } from '../../kernel/dates'
import type { Edition, Forecast, GivenDose, Place, Settings, Validity } from '../model'
import { after, inOrder, intervalOf, linesOf, openPlaces, validityOf, type Given, type Line } from './placing'

/** An open place on its way to a date; `due` null when it is too late. */
interface Open {
  readonly place: Place
  earliest: Day | null
  due: Day | null
  /** Other live vaccines moved it. */
  moved: boolean
}

/** A series as far as it is planned. */
interface Walk {
  readonly line: Line
  readonly waiting: Place[]
  previous: Day | null
  first: Day | null
  missed: boolean
  readonly planned: Map<number, Open>
}

const LAST_DAY = '9999-12-31'

function latest(days: readonly Day[]): Day {
  return days.reduce((best, day) => (day > best ? day : best))
}

class Plan {
  private readonly live: ReadonlySet<string>
  private readonly liveGiven: readonly Day[]
  private readonly walks: readonly Walk[]

  constructor(
    private readonly edition: Edition,
    private readonly birth: Day,
    given: readonly Given[],
    lines: readonly Line[],
    private readonly askedOn: Day,
  ) {
    this.live = new Set(edition.vaccines.filter((v) => v.live_injectable).map((v) => v.code))
    this.liveGiven = given.filter((dose) => this.live.has(dose.vaccine)).map((dose) => dose.on)
    this.walks = lines.map((line) => this.begin(line))
  }

  doses(): Forecast[] {
    for (const walk of this.walks) {
      while (walk.waiting[0] && !this.live.has(walk.waiting[0].vaccine)) this.settle(walk, this.next(walk, walk.waiting[0]))
    }
    this.planLive()
    return this.walks.flatMap((walk) => walk.line.places.map((place) => this.told(walk, place)))
  }

  /** Places after the last one taken are planned; open ones before it were missed. */
  private begin(line: Line): Walk {
    const last = Math.max(0, ...line.taken.keys())
    const done = line.complete || line.superseded
    return {
      line,
      waiting: done ? [] : line.places.filter((place) => place.no > last),
      previous: line.taken.get(last)?.on ?? null,
      first: line.taken.get(1)?.on ?? null,
      missed: openPlaces(line).some((place) => place.no < last),
      planned: new Map(),
    }
  }

  /** The next place of a series with its own day; the series goes on when it is settled. */
  private next(walk: Walk, place: Place): Open {
    const age = walk.missed && place.catch_up_min_age ? place.catch_up_min_age : place.min_age
    const days = [after(this.birth, age)]
    if (walk.first !== null && place.from_first) days.push(after(walk.first, place.from_first))
    const interval = intervalOf(place, walk.missed)
    const behind = walk.previous !== null && interval ? { previous: walk.previous, interval } : null
    const due = latest([...days, ...(behind ? [after(behind.previous, behind.interval)] : [])])
    const earliest = latest([...days, ...(behind ? [after(behind.previous, place.product_interval ?? behind.interval)] : [])])
    const found: Open = { place, earliest, due, moved: false }
    if (this.live.has(place.vaccine)) this.keepApartFromGiven(found)
    return this.isPast(place, found.due) ? { place, earliest: null, due: null, moved: false } : found
  }

  private isPast(place: Place, due: Day | null): boolean {
    if (!place.upper_age || due === null) return false
    return latest([due, this.askedOn]) >= after(this.birth, place.upper_age)
  }

  /** 28 days after every live injectable given; what is due already may come on the very day of another (§4). */
  private keepApartFromGiven(found: Open): void {
    for (const on of this.liveGiven) {
      if (found.due === null || (found.due <= on && on === this.askedOn)) continue
      this.move(found, latest([found.due, this.apart(on)]))
    }
  }

  private apart(day: Day): Day {
    return addDays(day, this.edition.settings.live_interval_days)
  }

  private move(found: Open, day: Day): void {
    if (day === found.due) return
    found.earliest = found.due = day
    found.moved = true
  }

  private settle(walk: Walk, found: Open): void {
    walk.waiting.shift()
    walk.planned.set(found.place.no, found)
    if (found.due === null) {
      walk.missed = true
      return
    }
    walk.previous = latest([found.due, this.askedOn])
    if (found.place.no === 1) walk.first = walk.previous
  }

  /**
   * Live doses to come, in order of their day: those less than 28 days apart are planned for one day,
   * the later one; what would come less than 28 days after that is put off.
   */
  private planLive(): void {
    let last: Day | null = null
    for (;;) {
      const waiting = this.walks.flatMap((walk) => (walk.waiting[0] ? [{ walk, found: this.next(walk, walk.waiting[0]) }] : []))
      if (waiting.length === 0) return
      const ready = waiting.filter(({ found }) => !this.isUpcoming(found))
      ready.forEach(({ walk, found }) => this.settle(walk, found))
      if (ready.length > 0) continue
      const dayOf = (found: Open): Day => found.due ?? LAST_DAY
      for (const { found } of waiting) {
        if (last !== null && dayOf(found) !== last && dayOf(found) < this.apart(last)) this.move(found, this.apart(last))
      }
      const first = waiting.map(({ found }) => dayOf(found)).reduce((a, b) => (b < a ? b : a))
      const together = waiting.filter(({ found }) => dayOf(found) < this.apart(first))
      last = latest(together.map(({ found }) => dayOf(found)))
      for (const { walk, found } of together) {
        this.move(found, last)
        this.settle(walk, found)
      }
    }
  }

  /** A live dose whose day is still to come; all others are settled as they stand. */
  private isUpcoming(found: Open): boolean {
    return found.due !== null && found.due > this.askedOn && this.live.has(found.place.vaccine)
  }

  private told(walk: Walk, place: Place): Forecast {
    const taken = walk.line.taken.get(place.no)
    const planned = walk.planned.get(place.no)
    const vaccine = this.edition.vaccines.find((v) => v.code === place.vaccine)
    return {
      dose_id: place.dose_id,
      series: walk.line.series.series,
      no: place.no,
      vaccine: place.vaccine,
      label: vaccine?.label ?? walk.line.series.label,
      prevents: vaccine?.prevents ?? null,
      earliest: planned?.earliest ?? null,
      due: planned?.due ?? null,
      complete_before: this.completeBefore(walk, place),
      given_on: taken?.on ?? null,
      ...this.status(walk.line, place, taken, planned),
    }
  }

  private status(line: Line, place: Place, taken: Given | undefined, planned: Open | undefined): Pick<Forecast, 'status' | 'note'> {
    if (taken) return { status: 'done', note: null }
    if (line.complete) return { status: 'not_needed', note: null }
    if (line.superseded) return { status: 'too_late', note: 'use_dt' }
    const due = planned?.due ?? null
    if (due === null) return { status: 'too_late', note: null }
    const reached = (place.notes ?? []).filter((n) => after(this.birth, n.from_age) <= this.askedOn).map((n) => n.note)
    const note = reached.at(-1) ?? (planned?.moved ? 'same_day_or_28d' : null)
    if (this.askedOn < due) return { status: 'upcoming', note }
    return { status: this.askedOn > addMonths(due, this.edition.settings.timely_months) ? 'overdue' : 'due', note }
  }

  private completeBefore(walk: Walk, place: Place): Day | null {
    if (place.complete_before) return after(this.birth, place.complete_before)
    if (place.complete_after_first && walk.first !== null) return addDays(after(walk.first, place.complete_after_first), 1)
    return null
  }
}

export interface Child {
  readonly birth_date: Day
  readonly sex: string
}

/**
 * Every dose of the child's plan, in the order of the edition.
 *
 * @param settings an area's own, over those of the edition
 */
export function forecast(
  edition: Edition,
  child: Child,
  doses: readonly GivenDose[],
  askedOn: Day,
  settings: Partial<Settings> = {},
): { readonly doses: Forecast[]; readonly validity: Validity[] } {
  const own = { ...edition, settings: { ...edition.settings, ...settings } }
  const given = inOrder(doses)
  const lines = linesOf(own, child.birth_date, child.sex, given, askedOn)
  return { doses: new Plan(own, child.birth_date, given, lines, askedOn).doses(), validity: validityOf(lines, given) }
}

/** The next dose of each series that is due, overdue, or comes within `ahead` days: what to tell the family. */
export function nextDoses(doses: readonly Forecast[], today: Day, ahead: number): Forecast[] {
  const seen = new Set<string>()
  return doses
    .filter((dose) => {
      if (!['due', 'overdue', 'upcoming'].includes(dose.status) || seen.has(dose.series)) return false
      seen.add(dose.series)
      return dose.due !== null && dose.due <= addDays(today, ahead)
    })
    .sort((a, b) => ((a.due ?? '') < (b.due ?? '') ? -1 : 1))
}
