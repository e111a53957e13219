/** Which edition of the vaccine rules holds. By itself, so that asking it does not bring the forecast with it. */
import type { Day } from '../../api/wire'
import type { Edition } from '../model'

/** The edition in force on a day; before the first one began, the first one. */
export function inForce(editions: readonly Edition[], day: Day): Edition | null {
  const order = (a: Edition, b: Edition): number =>
    a.effective_from < b.effective_from ? -1 : a.effective_from > b.effective_from ? 1 : a.version - b.version
  const known = [...editions].sort(order)
  const begun = known.filter((edition) => edition.effective_from <= day)
  const first = known.filter((edition) => edition.effective_from === known[0]?.effective_from)
  return begun.at(-1) ?? first.at(-1) ?? null
}
