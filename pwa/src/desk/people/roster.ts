/** What the roster screen decides without the screen. */
import type { RosterLine } from '../actions/rosters'

/** Most rows that may be named one by one when a roster is written. */
export const MOST_NAMED = 250

export interface Choice {
  /** Rows that look known or told twice and are other people. */
  readonly also: ReadonlySet<number>
  /** New rows that are left out. */
  readonly without: ReadonlySet<number>
}

export const UNTOUCHED: Choice = { also: new Set(), without: new Set() }

export function isTaken({ number, state }: RosterLine, { also, without }: Choice): boolean {
  return state === 'new' ? !without.has(number) : state !== 'wrong' && also.has(number)
}

/** The choice with one row turned round; as it was when too many rows would be named. */
export function turned(line: RosterLine, choice: Choice): Choice {
  const own = line.state === 'new' ? 'without' : 'also'
  const next = new Set(choice[own])
  if (!next.delete(line.number)) next.add(line.number)
  return next.size > MOST_NAMED ? choice : { ...choice, [own]: next }
}

export function peopleTaken(newRows: number, { also, without }: Choice): number {
  return newRows - without.size + also.size
}

/** base64 of a file, without the head of the data address. */
export function base64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result.replace(/^[^,]*,/, '') : '')
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read'))
    reader.readAsDataURL(file)
  })
}
