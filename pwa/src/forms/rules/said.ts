/** What one step of a form says; all of them together are the evaluation. */
import type { Defect, FormViolation, Warning } from '../model'

export interface Said {
  readonly shown: string[]
  readonly required: string[]
  readonly codesOffered: [path: string, codes: ReadonlySet<string>][]
  readonly hidden: string[]
  readonly miscomputed: string[]
  readonly failed: FormViolation[]
  readonly warnings: Warning[]
  readonly defects: Defect[]
}
export type Kind = keyof Said

export const KINDS: readonly Kind[] = ['shown', 'required', 'codesOffered', 'hidden', 'miscomputed', 'failed', 'warnings', 'defects']

export function nothing(): Said {
  return { shown: [], required: [], codesOffered: [], hidden: [], miscomputed: [], failed: [], warnings: [], defects: [] }
}

/** Whether a step says of this what it said before: most say nothing. */
export function isSame(kind: Kind, before: Said, now: Said): boolean {
  const [a, b] = [before[kind], now[kind]]
  if (a.length !== b.length) return false
  if (a.length === 0) return true
  // Sets have no text; the codes of a place change with its answers, and rarely otherwise.
  return kind !== 'codesOffered' && JSON.stringify(a) === JSON.stringify(b)
}
