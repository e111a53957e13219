/** The list of incoming submissions: what is asked for, and where one goes from a line. */
import type { SubmissionDetail, SubmissionLine, SubmissionState } from '../../api/wire'
import type { SubmissionFilter } from '../model'

/** In the order in which they are worked. */
export const STATES: readonly SubmissionState[] = ['received', 'corrected', 'returned', 'approved', 'rejected', 'voided']

export const NO_FILTER: SubmissionFilter = {
  state: 'received',
  form: null,
  village: null,
  worker: null,
  flagged: false,
  from: null,
  to: null,
  q: '',
}

/** Query of GET /submissions. */
export function toQuery(filter: SubmissionFilter, cursor: string | null, limit: number): Record<string, string | number | null> {
  const { flagged, q, ...rest } = filter
  return { ...rest, flagged: flagged ? 'true' : null, q: q.trim() || null, cursor, limit }
}

/** How many filters are set beside the state, which has its own tabs. */
export function filterCount(filter: SubmissionFilter): number {
  return [filter.form, filter.village, filter.worker, filter.flagged, filter.from ?? filter.to].filter(Boolean).length
}

/** The line so many steps further; the ends hold. Nothing chosen: the first. */
export function neighbour(lines: readonly SubmissionLine[], id: string | null, step: 1 | -1): string | null {
  const here = lines.findIndex((line) => line.id === id)
  if (here < 0) return lines[0]?.id ?? null
  return lines[Math.min(Math.max(here + step, 0), lines.length - 1)]?.id ?? null
}

/** Where to go when a line leaves the list: the one that takes its place, else the one before. */
export function afterLeaving(lines: readonly SubmissionLine[], id: string): string | null {
  const here = lines.findIndex((line) => line.id === id)
  return lines[here + 1]?.id ?? lines[here - 1]?.id ?? null
}

/** Whether a person may still decide on it. */
export function isOpen(state: SubmissionState): boolean {
  return state === 'received' || state === 'corrected'
}

/** A return names what is wrong: fields, or a reason, or both. A rejection always says why. */
export function canSend(verdict: 'returned' | 'rejected', fields: readonly string[], reason: string): boolean {
  return verdict === 'rejected' ? reason.trim() !== '' : fields.length > 0 || reason.trim() !== ''
}

/** The line of the list, brought up to what the detail says. */
export function asLine(detail: SubmissionDetail): SubmissionLine {
  const { id, form, state, subject, village, worker, visit_date, received_at, finalised_at } = detail
  const { summary, flags, version_id, version_no, priority, missing_attachments } = detail
  return {
    id, form, state, subject, village, worker, visit_date, received_at, finalised_at,
    summary, flags, version_id, version_no, priority, missing_attachments,
  }
}
