/** Which place of its series a given dose takes (immunization.md §2, §3, §5). */
import type { Day } from '../../api/wire'
import { addDays, addMonths } from '../../kernel/dates'
import type { CompleteWith, Edition, Facts, GivenDose, Place, Series, Span, Validity, Vaccine } from '../model'
import { anyHolds } from './facts'

export interface Given extends GivenDose {
  /** Its place in the list it came in. */
  readonly index: number
}

/** What every forecast asks of an edition, worked out once. */
export interface Known {
  readonly vaccines: ReadonlyMap<string, Vaccine>
  readonly live: ReadonlySet<string>
  /** Vaccines of which a dose counts for the series. */
  readonly counts: ReadonlyMap<Series, ReadonlySet<string>>
}

const known = new WeakMap<readonly Vaccine[], Known>()

export function knownOf(edition: Edition): Known {
  const found = known.get(edition.vaccines)
  if (found) return found
  const counts = (series: Series): Set<string> =>
    new Set(edition.vaccines.filter((v) => v.components.some((part) => part === series.series || part in (series.requires ?? {}))).map((v) => v.code))
  const made = {
    vaccines: new Map(edition.vaccines.map((v) => [v.code, v])),
    live: new Set(edition.vaccines.filter((v) => v.live_injectable).map((v) => v.code)),
    counts: new Map(edition.series.map((series) => [series, counts(series)])),
  }
  known.set(edition.vaccines, made)
  return made
}

/** Whom a forecast is about, and when somebody asks; doses in the order of their days. */
export interface Asked {
  readonly birth: Day
  readonly sex: string
  readonly facts: Facts
  readonly given: readonly Given[]
  readonly on: Day
  readonly edition: Edition
  readonly known: Known
}

/** A series of one child: which places are taken by which dose. */
export interface Line {
  readonly series: Series
  /** Of a catch-up series only those the child needs. */
  readonly places: readonly Place[]
  /** Every dose of the series, whether it took a place or not. */
  readonly own: readonly Given[]
  readonly taken: Map<number, Given>
  /** Number of the last place taken; doses take places in their order. */
  last: number
  /** Why a dose took no place, by its index. */
  readonly objections: Map<number, Validity>
  complete: boolean
  /** A catch-up series has taken over what is open here. */
  superseded: boolean
}

/** A day plus a span: months first, clamped to the month's end, then days; hours count as whole days. */
export function after(day: Day, span: Span): Day {
  const months = (span.years ?? 0) * 12 + (span.months ?? 0)
  const days = (span.days ?? 0) + Math.ceil((span.hours ?? 0) / 24)
  const moved = months === 0 ? day : addMonths(day, months)
  return days === 0 ? moved : addDays(moved, days)
}

function openPlaces(line: Line): Place[] {
  return line.places.filter((place) => !line.taken.has(place.no))
}

/** The dose that `from_first` counts from. */
export function firstOf(line: Line): Given | undefined {
  return line.taken.get(line.series.first_no ?? 1)
}

function line(series: Series, places: readonly Place[], own: readonly Given[]): Line {
  return { series, places, own, taken: new Map(), last: 0, objections: new Map(), complete: false, superseded: false }
}

function holdsFor(series: Series, { edition, birth, sex, facts, given }: Asked): boolean {
  const settings = edition.settings as unknown as Record<string, string | undefined>
  const bornAfter = (series.born_after_setting && settings[series.born_after_setting]) ?? series.born_after
  if (series.product || series.when) {
    const fits = series.product && Object.entries(series.product).every(([setting, value]) => settings[setting] === value)
    if (!fits && !anyHolds(series.when, facts)) return false
  }
  return (
    (series.sex === undefined || series.sex === sex) &&
    (!bornAfter || birth > bornAfter) &&
    (series.born_before === undefined || birth < series.born_before) &&
    (!series.had || given.some((dose) => series.had?.includes(dose.vaccine)))
  )
}

export function inOrder(doses: readonly GivenDose[]): Given[] {
  return doses
    .map((dose, index) => ({ ...dose, index }))
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.vaccine < b.vaccine ? -1 : a.vaccine > b.vaccine ? 1 : a.index - b.index))
}

/** The series that hold for a child, with the doses in their places. */
export function linesOf(asked: Asked): Line[] {
  const lines = new Map<string, Line>()
  for (const series of asked.edition.series) {
    if (lines.has(series.series) || !holdsFor(series, asked)) continue
    const counts = asked.known.counts.get(series)
    const own = asked.given.filter((dose) => counts?.has(dose.vaccine))
    if (series.catch_up_for === undefined) {
      const made = fill(line(series, series.doses, own), own, asked)
      complete(made, asked)
      lines.set(series.series, made)
      continue
    }
    const behind = lines.get(series.catch_up_for)
    const made = behind && catchUp(series, behind, own, asked)
    if (made) lines.set(series.series, made)
  }
  return [...lines.values()]
}

function fill(into: Line, doses: readonly Given[], asked: Asked): Line {
  for (const dose of doses) {
    const { place, missed } = nextPlace(into, dose, asked.birth)
    if (!place || !leavesEnough(into, place, dose, asked)) continue
    const objection = objectionTo(into, place, dose, asked, missed)
    if (objection) {
      into.objections.set(dose.index, objection)
      continue
    }
    into.taken.set(place.no, dose)
    into.last = place.no
  }
  return into
}

/** The next free place; one whose upper age was reached on the day of the dose is passed over. */
function nextPlace(into: Line, dose: Given, birth: Day): { place: Place | null; missed: boolean } {
  const { last } = into
  let missed = last > 0 && into.places.some((p) => p.no < last && !into.taken.has(p.no))
  for (const place of into.places) {
    if (place.no <= last) continue
    if (place.upper_age && dose.on >= after(birth, place.upper_age)) {
      missed = true
      continue
    }
    return { place: place.accepts?.includes(dose.vaccine) === false ? null : place, missed }
  }
  return { place: null, missed }
}

/** Whether the places after this one can still give every part that the series requires: two doses of measles vaccine leave rubella out. */
function leavesEnough(into: Line, place: Place, dose: Given, { known: { vaccines } }: Asked): boolean {
  if (!into.series.requires) return true
  const given = [...into.taken.values(), dose, ...into.places.filter((later) => later.no > place.no)]
  return Object.entries(into.series.requires).every(
    ([part, doses]) => given.filter((one) => vaccines.get(one.vaccine)?.components.includes(part)).length >= doses,
  )
}

function minimumAge(place: Place, on: Day, missed: boolean): Span {
  if (place.former && on < place.former.given_before) return place.former.min_age
  return missed && place.catch_up_min_age ? place.catch_up_min_age : place.min_age
}

function objectionTo(into: Line, place: Place, dose: Given, { birth, edition }: Asked, missed: boolean): Validity | null {
  const grace = edition.settings.grace_days
  const early = (day: Day): boolean => dose.on < (grace === 0 ? day : addDays(day, -grace))
  if (early(after(birth, minimumAge(place, dose.on, missed)))) return '2'
  const previous = into.taken.get(into.last)
  const first = firstOf(into)
  const interval = place.product_interval ?? intervalOf(place, missed)
  const soonest = [
    ...(place.after_vaccine ? afterVaccines(place, into.own.filter((d) => d.on < dose.on)) : []),
    ...(previous && interval ? [after(previous.on, interval)] : []),
    ...(first && place.from_first ? [after(first.on, place.from_first)] : []),
  ]
  return soonest.some(early) ? '3' : null
}

/** From the dose before; shorter in a catch-up where the edition says so. */
export function intervalOf(place: Place, missed: boolean): Span | undefined {
  return missed && place.catch_up_interval ? place.catch_up_interval : place.min_interval
}

/** The days from which a place may be taken after doses of other vaccines of its series. */
export function afterVaccines(place: Place, doses: readonly Given[]): Day[] {
  return (place.after_vaccine ?? []).flatMap((rule) =>
    doses.filter((dose) => rule.vaccines.includes(dose.vaccine)).map((dose) => after(dose.on, rule.interval)),
  )
}

/** Marks a series that other doses have completed; those doses meet no objection then. */
function complete(into: Line, { birth, on, edition }: Asked): void {
  const grace = edition.settings.grace_days
  const graced = (day: Day): Day => (grace === 0 ? day : addDays(day, -grace))
  const [firstPlace] = into.places
  for (const rule of into.series.complete_with ?? []) {
    if (!firstPlace || on < after(birth, rule.reached_age ?? {})) continue
    const end = rule.before_age ? after(birth, rule.before_age) : null
    const youngest = graced(after(birth, firstPlace.min_age))
    const apart = farApart(into.own.filter((dose) => dose.on >= youngest && (end === null || dose.on < end)), rule, graced)
    const fromDay = graced(after(birth, rule.from_age ?? {}))
    const counted = apart.filter((dose) => rule.vaccines.includes(dose.vaccine) && dose.on >= fromDay)
    if (counted.length < rule.doses || apart.length < (rule.total ?? 0)) continue
    into.complete = true
    for (const dose of counted) into.objections.delete(dose.index)
  }
}

function farApart(doses: readonly Given[], rule: CompleteWith, graced: (day: Day) => Day): Given[] {
  const found: Given[] = []
  for (const dose of doses) {
    const last = found.at(-1)
    if (!last || dose.on >= graced(after(last.on, rule.min_interval))) found.push(dose)
  }
  return found
}

/** A series that stands in for the open places of another from some age on (DT for DTaP). */
function catchUp(series: Series, behind: Line, doses: readonly Given[], asked: Asked): Line | null {
  const [firstPlace] = series.doses
  if (!firstPlace) return null
  const start = after(asked.birth, firstPlace.min_age)
  if (asked.on < start || openPlaces(behind).length === 0 || behind.complete) return null
  const counted = [...behind.taken.values()]
  const needed = series.needed?.find((n) => n.given === counted.length)
  behind.superseded = true
  if (!needed) return null
  const places = series.doses.slice(0, needed.doses).flatMap((place, i) => {
    const interval = needed.after[i]
    return interval ? [{ ...place, min_interval: interval }] : []
  })
  const later = doses.filter((dose) => dose.on >= start && !counted.includes(dose))
  const made = line(series, places, later)
  const last = counted.at(-1)
  if (last) made.taken.set(0, last) // the last dose of the other series is the one before the first of this
  return fill(made, later, asked)
}

/** Of each dose as listed: whether it counts for any of its series, or why not. */
export function validityOf(lines: readonly Line[], given: readonly Given[]): Validity[] {
  const found = new Array<Validity>(given.length).fill('1')
  for (const { objections } of lines) {
    for (const [index, why] of objections) if (found[index] === '1' || why < (found[index] ?? '3')) found[index] = why
  }
  for (const { taken } of lines) for (const dose of taken.values()) found[dose.index] = '1'
  return found
}
