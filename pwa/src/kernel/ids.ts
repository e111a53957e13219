/** Identifiers: random ones for things that happen, derived ones for things that are due. */
import { v5, v7 } from 'uuid'

/** Namespace of every derived id, fixed for ever: `backend/kernel/ids.py` holds the same one. */
export const NAMESPACE = '6f0a4bb5-3c58-5f0e-9a39-5a1d0c7b2e11'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A UUIDv7: unique, and ordered by the time it was made. */
export function newId(): string {
  return v7()
}

/** UUIDv5 of the parts joined by `|`; the server computes the same from the same parts. */
export function derivedId(...parts: string[]): string {
  return v5(parts.join('|'), NAMESPACE)
}

/**
 * Id of a follow-up task.
 *
 * @param subjectId resident, household or area, as recorded (never the survivor of a merge)
 * @param anchor the first submission's id, or the period (`2026Q3`), or the dose id
 */
export function taskId(subjectId: string, service: string, anchor: string): string {
  return derivedId(subjectId, service, anchor)
}

/** Id of the child in row `index` (from 0) of a delivery notice. */
export function newbornId(deliverySubmissionId: string, index: number): string {
  return derivedId(deliverySubmissionId, 'newborn', String(index))
}

export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text)
}
