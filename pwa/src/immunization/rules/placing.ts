/** Which place of its series a given dose takes (immunization.md §2, §3, §5). */
import type { Day } from '../../api/wire'
import { addDays, addMonths } from '../../kernel/dates'
import type { Edition, GivenDose, Place, Series, Settings, Span, Validity } from '../model'

export interface Given extends GivenDose {
  /** Its place in the list it came in. */
  readonly index: number
}

/** A series of one child: which places are taken by which dose. */
export interface Line {
  readonly series: Series
  /** Of a catch-up series only those the child needs. */
  readonly places: readonly Place[]
  readonly taken: Map<number, Given>
  /** Why a dose took no place, by its index. */
  readonly objections: Map<number, Validity>
  complete: boolean
  /** A catch-up series has taken over what is open here. */
  superseded: boolean
}

/** A day plus a span: months first, clamped to the month's end, then days; hours count as whole days. */
export function after(day: Day, span: Span): Day {
  const months = (span.years ?? 0) * 12 + (span.months ?? 0)
  return addDays(addMonths(day, months), (span.days ?? 0) + Math.ceil((span.hours ?? 0) / 24))
}

export function openPlaces(line: Line): Place[] {
  return line.places.filter((place) => !line.taken.has(place.no))
}

function line(series: Series, places: readonly Place[]): Line {
  return { series, places, taken: new Map(), objections: new Map(), complete: false, superseded: false }
}

function holdsFor(series: Series, settings: Settings, birth: Day, sex: string): boolean {
  const named = settings as unknown as Record<string, unknown>
  const bornAfter = series.series === 'HPV' ? (settings.hpv_born_after ?? series.born_after) : series.born_after
  return (
    Object.entries(series.product ?? {}).every(([setting, value]) => named[setting] === value) &&
    (series.sex === undefined || series.sex === sex) &&
    (series.born_after === undefined || bornAfter === undefined || birth > bornAfter)
  )
}

export function inOrder(doses: readonly GivenDose[]): Given[] {
  return doses
    .map((dose, index) => ({ ...dose, index }))
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.vaccine < b.vaccine ? -1 : a.vaccine > b.vaccine ? 1 : a.index - b.index))
}

/** The series that hold for a child, with the doses in their places. */
export function linesOf(edition: Edition, birth: Day, sex: string, given: readonly Given[], askedOn: Day): Line[] {
  const components = new Map(edition.vaccines.map((v) => [v.code, v.components]))
  const known = new Map<string, Line>()
  const listed: Line[] = []
  const grace = edition.settings.grace_days
  for (const series of edition.series) {
    if (!holdsFor(series, edition.settings, birth, sex)) continue
    const own = given.filter((dose) => components.get(dose.vaccine)?.includes(series.series))
    if (series.catch_up_for === undefined) {
      const made = fill(line(series, series.doses), own, birth, grace)
      made.complete = completeWith(series, own)
      known.set(series.series, made)
      listed.push(made)
      continue
    }
    const behind = known.get(series.catch_up_for)
    const made = behind && catchUp(series, behind, own, birth, askedOn, grace)
    if (made) listed.push(made)
  }
  return listed
}

function fill(into: Line, doses: readonly Given[], birth: Day, grace: number): Line {
  for (const dose of doses) {
    const { place, missed } = nextPlace(into, dose, birth)
    if (!place) continue
    const objection = objectionTo(into, place, dose, birth, grace, missed)
    if (objection) into.objections.set(dose.index, objection)
    else into.taken.set(place.no, dose)
  }
  return into
}

/** The next free place; one whose upper age was reached on the day of the dose is passed over. */
function nextPlace(into: Line, dose: Given, birth: Day): { place: Place | null; missed: boolean } {
  const last = Math.max(0, ...into.taken.keys())
  let missed = into.places.some((p) => p.no < last && !into.taken.has(p.no))
  for (const place of into.places) {
    if (place.no <= last) continue
    if (place.upper_age && dose.on >= after(birth, place.upper_age)) {
      missed = true
      continue
    }
    return { place, missed }
  }
  return { place: null, missed }
}

function minimumAge(place: Place, on: Day, missed: boolean): Span {
  if (place.former && on < place.former.given_before) return place.former.min_age
  return missed && place.catch_up_min_age ? place.catch_up_min_age : place.min_age
}

function objectionTo(into: Line, place: Place, dose: Given, birth: Day, grace: number, missed: boolean): Validity | null {
  if (dose.on < addDays(after(birth, minimumAge(place, dose.on, missed)), -grace)) return '2'
  const before = [...into.taken.keys()].filter((no) => no < place.no)
  const previous = before.length > 0 ? into.taken.get(Math.max(...before)) : undefined
  const first = into.taken.get(1)
  const interval = place.product_interval ?? intervalOf(place, missed)
  const soonest = [
    ...(previous && interval ? [after(previous.on, interval)] : []),
    ...(first && place.from_first ? [after(first.on, place.from_first)] : []),
  ]
  return soonest.some((day) => dose.on < addDays(day, -grace)) ? '3' : null
}

/** From the dose before; shorter in a catch-up where the edition says so. */
export function intervalOf(place: Place, missed: boolean): Span | undefined {
  return missed && place.catch_up_interval ? place.catch_up_interval : place.min_interval
}

function completeWith(series: Series, doses: readonly Given[]): boolean {
  return (series.complete_with ?? []).some((rule) => {
    let count = 0
    let previous: Day | null = null
    for (const dose of doses) {
      if (previous !== null && dose.on < after(previous, rule.min_interval)) continue
      if (rule.vaccines.includes(dose.vaccine)) count += 1
      previous = dose.on
    }
    return count >= rule.doses
  })
}

/** A series that stands in for the open places of another from some age on (DT for DTaP). */
function catchUp(series: Series, behind: Line, doses: readonly Given[], birth: Day, askedOn: Day, grace: number): Line | null {
  const [firstPlace] = series.doses
  if (!firstPlace) return null
  const start = after(birth, firstPlace.min_age)
  if (askedOn < start || openPlaces(behind).length === 0 || behind.complete) return null
  const own = new Set(series.doses.map((place) => place.vaccine))
  const counted = [...behind.taken.values()]
  if (counted.length >= 3 && counted.some((dose) => own.has(dose.vaccine))) {
    behind.complete = true // at least three, one of them DT: nothing is missing (§5.5)
    return null
  }
  const needed = series.needed?.find((n) => n.given === counted.length)
  behind.superseded = true
  if (!needed) return null
  const places = series.doses.slice(0, needed.doses).flatMap((place, i) => {
    const interval = needed.after[i]
    return interval ? [{ ...place, min_interval: interval }] : []
  })
  const made = line(series, places)
  const last = counted.at(-1)
  if (last) made.taken.set(0, last) // the last dose of the other series is the one before the first of this
  return fill(made, doses.filter((dose) => dose.on >= start && !counted.includes(dose)), birth, grace)
}

/** Of each dose as listed: whether it counts for any of its series, or why not. */
export function validityOf(lines: readonly Line[], given: readonly Given[]): Validity[] {
  return [...given]
    .sort((a, b) => a.index - b.index)
    .map((dose) => {
      const objections = lines.flatMap((l) => l.objections.get(dose.index) ?? [])
      const taken = lines.some((l) => [...l.taken.values()].includes(dose))
      return taken ? '1' : (objections.sort()[0] ?? '1')
    })
}
