/** When the open places of a child's series are due (schemas/cases/README.md, 'immunization'). */
import type { Day } from '../../api/wire'
import { addDays } from '../../kernel/dates'
import type { Place } from '../model'
import { anyHolds } from './facts'
import { after, afterVaccines, firstOf, intervalOf, type Asked, type Line } from './placing'

/** An open place on its way to a date; `due` null when the dose will not be given. */
export interface Open {
  readonly place: Place
  /** The one to give, where it is not that of the table. */
  readonly vaccine: string
  earliest: Day | null
  due: Day | null
  readonly gone: 'too_late' | 'not_needed' | null
  /** Note of what moved it last. */
  moved: string | null
}

/** A series as far as it is planned. */
export interface Walk {
  readonly line: Line
  readonly waiting: Place[]
  previous: Day | null
  first: Day | null
  missed: boolean
  /** Vaccine to how many open doses must still be of it. */
  readonly owed: Map<string, number>
  /** The first of `waiting` with its own day, once it was worked out. */
  head: Open | null
  readonly planned: Map<number, Open>
}

export const LIVE_NOTE = 'same_day_or_28d'
const LAST_DAY = '9999-12-31'

function latest(days: readonly Day[]): Day {
  return days.reduce((best, day) => (day > best ? day : best))
}

/** Every open place of every series with its day. */
export function plan(asked: Asked, lines: readonly Line[]): readonly Walk[] {
  return new Plan(asked, lines).walks
}

class Plan {
  readonly walks: readonly Walk[]
  private readonly live: ReadonlySet<string>
  private readonly liveGiven: readonly Day[]
  /** Vaccines that this child must not be given. */
  private readonly out: ReadonlySet<string>

  constructor(
    private readonly asked: Asked,
    lines: readonly Line[],
  ) {
    const { edition, facts, given } = asked
    this.live = asked.known.live
    this.liveGiven = given.filter((dose) => this.live.has(dose.vaccine)).map((dose) => dose.on)
    const never = edition.vaccines.filter((v) => v.contraindicated_when && anyHolds(v.contraindicated_when, facts)).map((v) => v.code)
    this.out = new Set([...never, ...(facts.contraindicated ?? [])])
    this.walks = lines.map((line) => this.begin(line))
    for (const walk of this.walks) this.settleWhatStands(walk)
    this.planLive()
  }

  /** Places after the last one taken are planned; open ones before it were missed. */
  private begin(line: Line): Walk {
    const { last } = line
    const done = line.complete || line.superseded
    return {
      line,
      waiting: done ? [] : line.places.filter((place) => place.no > last),
      previous: line.taken.get(last)?.on ?? null,
      first: firstOf(line)?.on ?? null,
      missed: line.places.some((place) => place.no < last && !line.taken.has(place.no)),
      owed: new Map(
        (line.series.at_least ?? []).map((rule) => [rule.vaccine, rule.doses - [...line.taken.values()].filter((d) => rule.of.includes(d.vaccine)).length]),
      ),
      head: null,
      planned: new Map(),
    }
  }

  /** The next place of a series with its own day; the series goes on when it is settled. */
  private next(walk: Walk): Open | null {
    const [place] = walk.waiting
    if (place) walk.head ??= this.opened(walk, place)
    return walk.head
  }

  private opened(walk: Walk, place: Place): Open {
    const { birth, facts, on } = this.asked
    const vaccine = walk.owed.size === 0 ? place.vaccine : ([...walk.owed].find(([, doses]) => doses > 0)?.[0] ?? place.vaccine)
    const none = { place, vaccine, earliest: null, due: null }
    if (anyHolds(place.not_needed_when, facts)) return { ...none, gone: 'not_needed', moved: null }
    if (this.out.has(vaccine)) return { ...none, gone: 'not_needed', moved: 'contraindicated' }
    const found = this.byTheTable(walk, place, vaccine)
    this.keepAfter(found, walk.line)
    if (this.live.has(vaccine)) this.keepApartFromGiven(found)
    const past = place.upper_age && found.due !== null && latest([found.due, on]) >= after(birth, place.upper_age)
    return past ? { ...none, gone: 'too_late', moved: null } : found
  }

  /** By age and by distance from the doses before. */
  private byTheTable(walk: Walk, place: Place, vaccine: string): Open {
    const age = walk.missed && place.catch_up_min_age ? place.catch_up_min_age : place.min_age
    const days = [after(this.asked.birth, age)]
    if (place.after_vaccine) days.push(...afterVaccines(place, walk.line.own))
    if (walk.first !== null && place.from_first) days.push(after(walk.first, place.from_first))
    const interval = intervalOf(place, walk.missed)
    const byAge = latest(days)
    const previous = walk.previous
    const apart = (span: typeof interval): Day => (previous !== null && span ? latest([byAge, after(previous, span)]) : byAge)
    return { place, vaccine, earliest: apart(interval && (place.product_interval ?? interval)), due: apart(interval), gone: null, moved: null }
  }

  /** Not before the child is well again, nor soon after immunoglobulin (§4, §5). */
  private keepAfter(found: Open, line: Line): void {
    const { facts, known } = this.asked
    const span = known.vaccines.get(found.vaccine)?.after_immunoglobulin
    if (facts.immunoglobulin_on !== undefined && span) this.notBefore(found, after(facts.immunoglobulin_on, span), 'after_immunoglobulin')
    if (facts.defer_until !== undefined) this.notBefore(found, facts.defer_until, 'deferred')
    for (const { vaccine, until } of facts.deferred ?? []) {
      if (known.counts.get(line.series)?.has(vaccine)) this.notBefore(found, until, 'deferred')
    }
  }

  private notBefore(found: Open, day: Day, note: string): void {
    if (found.due === null || found.earliest === null) return
    if (day > found.due) [found.due, found.moved] = [day, note]
    found.earliest = latest([found.earliest, day])
  }

  /** 28 days after every live injectable given; what is due already may come on the very day of another (§4). */
  private keepApartFromGiven(found: Open): void {
    for (const on of this.liveGiven) {
      if (found.due === null || (found.due <= on && on === this.asked.on)) continue
      this.move(found, latest([found.due, this.apart(on)]))
    }
  }

  private apart(day: Day): Day {
    return addDays(day, this.asked.edition.settings.live_interval_days)
  }

  private move(found: Open, day: Day): void {
    if (day === found.due) return
    found.earliest = found.due = day
    found.moved = LIVE_NOTE
  }

  private settle(walk: Walk, found: Open): void {
    walk.waiting.shift()
    walk.head = null
    walk.planned.set(found.place.no, found)
    if (found.due === null) {
      walk.missed ||= found.gone === 'too_late'
      return
    }
    const owed = walk.owed.get(found.vaccine)
    if (owed !== undefined) walk.owed.set(found.vaccine, owed - 1)
    walk.previous = latest([found.due, this.asked.on])
    if (found.place.no === (walk.line.series.first_no ?? 1)) walk.first = walk.previous
  }

  private settleWhatStands(walk: Walk): void {
    for (let found = this.next(walk); found && !this.isUpcoming(found); found = this.next(walk)) this.settle(walk, found)
  }

  /**
   * Live doses to come, in order of their day: those less than 28 days apart are planned for one day,
   * the later one; what would come less than 28 days after that is put off.
   */
  private planLive(): void {
    let last: Day | null = null
    for (;;) {
      const waiting = this.walks.flatMap((walk) => {
        const found = this.next(walk)
        return found ? [{ walk, found, day: this.putOff(found.due ?? LAST_DAY, last) }] : []
      })
      if (waiting.length === 0) return
      const until = this.apart(waiting.map(({ day }) => day).reduce((a, b) => (b < a ? b : a)))
      const together = waiting.filter(({ day }) => day < until)
      const day = latest(together.map((one) => one.day))
      for (const { walk, found } of together) {
        this.move(found, day)
        this.settle(walk, found)
        this.settleWhatStands(walk)
      }
      last = day
    }
  }

  private putOff(day: Day, last: Day | null): Day {
    return last !== null && day !== last && day < this.apart(last) ? this.apart(last) : day
  }

  /** A live dose whose day is still to come; all others are settled as they stand. */
  private isUpcoming(found: Open): boolean {
    return found.due !== null && found.due > this.asked.on && this.live.has(found.vaccine)
  }
}
