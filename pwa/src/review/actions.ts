/** The review queue, decisions and what was kept sealed. */
import { server } from '../api/server'
import type { DecisionRequest, QuarantineLine, SubmissionDetail, SubmissionPage } from '../api/wire'
import type { SubmissionFilter } from './model'
import { toQuery } from './rules/queue'

const DETAIL: readonly (keyof SubmissionDetail)[] = ['id', 'form', 'state', 'versions', 'decisions', 'tasks']
const AT_ONCE = 50

export function listSubmissions(filter: SubmissionFilter, cursor: string | null): Promise<SubmissionPage> {
  return server().get<SubmissionPage>('/submissions', ['items', 'next_cursor', 'counts'], toQuery(filter, cursor, AT_ONCE))
}

/** A photo or signature, read for this screen alone: it is kept nowhere. */
export function readAttachment(submission: string, sha256: string): Promise<Blob> {
  return server().file({ method: 'GET', path: `/submissions/${submission}/attachments/${sha256}` }, /^image\/(jpeg|png)$/)
}

export function readSubmission(id: string): Promise<SubmissionDetail> {
  return server().get<SubmissionDetail>(`/submissions/${id}`, DETAIL)
}

/** @throws ProblemError `decided_meanwhile` when somebody else was first */
export function decide(id: string, decision: DecisionRequest): Promise<SubmissionDetail> {
  return server().post<SubmissionDetail>(`/review/items/${id}/decision`, decision, DETAIL)
}

export async function listQuarantine(): Promise<QuarantineLine[]> {
  return (await server().get<{ items: QuarantineLine[] }>('/quarantine', ['items'])).items
}

export function dismissQuarantined(id: string, reason: string): Promise<void> {
  return server().done({ method: 'POST', path: `/quarantine/${id}/dismiss`, body: { reason } })
}
