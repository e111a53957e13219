/**
 * The links this phone was given, each with the last plan it showed. Kept on the mother's own phone so
 * that the page opens again, and without network; a link is her key, and she can remove it here.
 */
import type { Day } from '../api/wire'
import type { FamilyView } from '../api/wire_family'

export interface Link {
  readonly token: string
  /** The child's birth date, as she typed it: the second half of the key. */
  readonly born?: Day | undefined
  /** Of the calendar that hangs on this link, when it was made on this phone. */
  readonly feed?: string | undefined
  /** The last answer, and when it came (ms since 1970). */
  readonly view: FamilyView | null
  readonly seenAt: number | null
}

/** What is used of the browser's storage. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>

const KEY = 'suifang.family'

export function readLinks(shelf: Shelf = localStorage): Link[] {
  try {
    const found: unknown = JSON.parse(shelf.getItem(KEY) ?? '[]')
    return Array.isArray(found) ? found.filter(isLink) : []
  } catch {
    return [] // not ours, or closed to us: the page then works as on the first day
  }
}

/** @returns whether it could be kept; the page works without, until it is closed */
export function writeLinks(links: readonly Link[], shelf: Shelf = localStorage): boolean {
  try {
    shelf.setItem(KEY, JSON.stringify(links))
    return true
  } catch {
    return false
  }
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && typeof (value as { token?: unknown }).token === 'string'
}
