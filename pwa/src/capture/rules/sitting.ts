/**
 * One household visit, several forms: what is the same in all of them is asked once. Pure.
 *
 * Day, mode and place belong to the visit and not to the form. What was measured or said never goes over.
 */
import type { Answers, Fix } from '../../api/wire'
import type { FormBundle, FormInfo } from '../../forms/model'

/** Who sat in a house at eleven does not sit there still at four. */
export const SITTING_MS = 4 * 3_600_000
/** So long the phone is believed to be where it was: time enough for the next form in the same room. */
export const SAME_PLACE_MS = 30 * 60_000
const HOME = '2'

/** A form of the sitting, finished or begun. */
export interface Piece {
  readonly form: { readonly key: string; readonly version: number }
  readonly sitting_id: string | null
  readonly answers: Answers
  readonly fix: Fix | null
  /** When it was last touched, by this phone's clock. */
  readonly at: number
}

export interface Shared {
  readonly sitting_id: string | null
  readonly answers: readonly Answers[]
  readonly fix: Fix | null
  readonly day: string | null
  readonly mode: string | null
}

/** @param pieces oldest first */
export function sharedOf(pieces: readonly Piece[], info: (form: Piece['form']) => FormInfo | null, nowMs: number): Shared {
  const recent = pieces.filter((piece) => nowMs - piece.at < SITTING_MS)
  const text = (piece: Piece, field: string | undefined): string | null => {
    const value = field === undefined ? undefined : piece.answers[field]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const newest = [...recent].reverse()
  const first = <T>(of: (piece: Piece, form: FormInfo) => T | null): T | null => {
    for (const piece of newest) {
      const form = info(piece.form)
      const value = form && of(piece, form)
      if (value !== null) return value
    }
    return null
  }
  const fixes = newest.flatMap(({ fix }) => (fix && nowMs - Date.parse(fix.fixed_at) < SAME_PLACE_MS ? [fix] : []))
  return {
    sitting_id: newest.find((piece) => piece.sitting_id !== null)?.sitting_id ?? null,
    answers: recent.map(({ answers }) => answers),
    fix: fixes.reduce<Fix | null>((best, fix) => (best && best.accuracy_m <= fix.accuracy_m ? best : fix), null),
    day: first((piece, form) => text(piece, form.visit_date)),
    mode: first((piece, form) => (form.subject === 'household' && form.service !== undefined ? HOME : text(piece, form.visit_mode))),
  }
}

/** The shared facts as this form calls them; only where it offers such an answer. */
export function givenBy(shared: Shared, bundle: FormBundle): Answers {
  const { visit_date, visit_mode, registers } = bundle.form
  if (registers !== undefined) return {}
  const modes = bundle.codes['visit_mode']?.codes ?? []
  const knows = visit_mode !== undefined && modes.some(({ code }) => code === shared.mode)
  return {
    ...(shared.day === null ? {} : { [visit_date]: shared.day }),
    ...(knows && shared.mode !== null ? { [visit_mode]: shared.mode } : {}),
  }
}
