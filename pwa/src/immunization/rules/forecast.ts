/** The forecast: every dose of a child's plan, told from its places and their days. */
import type { Day } from '../../api/wire'
import { addDays, addMonths } from '../../kernel/dates'
import type { Edition, Facts, Forecast, GivenDose, Place, Settings, Validity } from '../model'
import { anyHolds } from './facts'
import { after, inOrder, knownOf, linesOf, validityOf, type Asked } from './placing'
import { LIVE_NOTE, plan, type Open, type Walk } from './planning'

export interface Child {
  readonly birth_date: Day
  readonly sex: string
}

/**
 * Every dose of the child's plan, in the order of the edition.
 *
 * @param settings an area's own, over those of the edition
 * @param facts what is known of the child beside its doses
 */
export function forecast(
  edition: Edition,
  child: Child,
  doses: readonly GivenDose[],
  askedOn: Day,
  settings: Partial<Settings> = {},
  facts: Facts = {},
): { readonly doses: Forecast[]; readonly validity: Validity[] } {
  const asked: Asked = {
    birth: child.birth_date,
    sex: child.sex,
    facts,
    given: inOrder(doses),
    on: askedOn,
    edition: { ...edition, settings: { ...edition.settings, ...settings } },
    known: knownOf(edition),
  }
  const lines = linesOf(asked)
  const told = plan(asked, lines).flatMap((walk) => walk.line.places.map((place) => tell(asked, walk, place)))
  return { doses: told, validity: validityOf(lines, asked.given) }
}

function tell(asked: Asked, walk: Walk, place: Place): Forecast {
  const planned = walk.planned.get(place.no)
  const code = planned?.vaccine ?? place.vaccine
  const vaccine = asked.known.vaccines.get(code)
  return {
    dose_id: place.dose_id,
    series: walk.line.series.series,
    no: place.no,
    vaccine: code,
    label: vaccine?.label ?? walk.line.series.label,
    prevents: vaccine?.prevents ?? null,
    earliest: planned?.earliest ?? null,
    due: planned?.due ?? null,
    complete_before: completeBefore(asked, walk, place),
    given_on: walk.line.taken.get(place.no)?.on ?? null,
    ...statusOf(asked, walk, place, planned),
  }
}

function statusOf(asked: Asked, { line }: Walk, place: Place, planned: Open | undefined): Pick<Forecast, 'status' | 'note'> {
  if (line.taken.has(place.no)) return { status: 'done', note: null }
  if (line.complete) return { status: 'not_needed', note: null }
  if (line.superseded) return { status: 'too_late', note: 'use_dt' }
  const due = planned?.due ?? null
  if (!planned || due === null) return { status: planned?.gone ?? 'too_late', note: planned?.moved ?? null }
  const note = noteOn(asked, place, planned)
  if (asked.on < due) return { status: 'upcoming', note }
  return { status: asked.on > addMonths(due, asked.edition.settings.timely_months) ? 'overdue' : 'due', note }
}

/** What put the dose off, or what the edition says of it, or that it waits for another. */
function noteOn({ birth, facts, given, on }: Asked, place: Place, { moved }: Open): string | null {
  if (moved !== null && moved !== LIVE_NOTE) return moved
  const said = (place.notes ?? []).filter(
    (note) =>
      (!note.from_age || on >= after(birth, note.from_age)) &&
      (!note.when || anyHolds(note.when, facts)) &&
      (!note.had || given.some((dose) => note.had?.includes(dose.vaccine))),
  )
  return said.at(-1)?.note ?? moved
}

function completeBefore({ birth }: Asked, { first }: Walk, place: Place): Day | null {
  if (place.complete_before) return after(birth, place.complete_before)
  if (place.complete_after_first && first !== null) return addDays(after(first, place.complete_after_first), 1)
  return null
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
