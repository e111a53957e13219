/** Grants: the mother's key to her child's vaccine plan, made in a house without a network (0001). */
import type { Answers, Grant } from '../../api/wire'
import { addMonths } from '../../kernel/dates'
import { newbornId } from '../../kernel/ids'

/** Months a family link lives. A new form for the child makes a new one. */
export const LINK_MONTHS = 12

/** The children a form gives a link for. */
export function childrenOf(
  kind: 'subject' | 'children' | undefined,
  subjectId: string,
  submissionId: string,
  answers: Answers,
  repeat: string | null,
): string[] {
  if (kind === 'subject') return [subjectId]
  const rows = kind === 'children' && repeat !== null ? answers[repeat] : null
  return Array.isArray(rows) ? rows.map((_, i) => newbornId(submissionId, i)) : []
}

export function grantOf(childId: string, tokenSha256: string, today: string): Grant {
  return { kind: 'family', child_id: childId, token_sha256: tokenSha256, expires_on: addMonths(today, LINK_MONTHS) }
}

/** The token stands behind `#`, so that it is in no request line and no log. */
export function familyLink(origin: string, token: string): string {
  return `${origin}/family/#${token}`
}
