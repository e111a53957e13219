/** The review queue, decisions and what was kept sealed. */
import { server } from '../api/server'
import type { Answers, Comment, DecisionRequest, QuarantineLine, SubmissionDetail, SubmissionLine, SubmissionPage } from '../api/wire'
import type {
  Approved, AuditDetail, AuditLine, AuditRequest, CommentRequest, ReviewPolicy, SameVisitRequest, SavedFilter, Settled, Shown,
  VisitsMap, WorkerCredibility, WorkerList,
} from '../api/wire_review'
import type { SubmissionFilter } from './model'
import { toQuery } from './rules/queue'

const DETAIL: readonly (keyof SubmissionDetail)[] = ['id', 'form', 'state', 'versions', 'decisions', 'tasks']
const AT_ONCE = 50
const WORKER: readonly (keyof WorkerCredibility)[] = ['worker', 'found', 'distributions', 'comments']
const AUDIT: readonly (keyof AuditDetail)[] = ['id', 'items', 'form_version']

export function listSubmissions(filter: SubmissionFilter, cursor: string | null): Promise<SubmissionPage> {
  return server().get<SubmissionPage>('/submissions', ['items', 'next_cursor', 'counts'], toQuery(filter, cursor, AT_ONCE))
}

/** The first of those that nobody doubts. */
export async function listUndoubted(filter: SubmissionFilter): Promise<SubmissionLine[]> {
  const query = { ...toQuery(filter, null, AT_ONCE), flagged: 'false' }
  return (await server().get<SubmissionPage>('/submissions', ['items', 'next_cursor', 'counts'], query)).items
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

/** Those with doubts, and those somebody else was faster with, are left. */
export function approveMany(items: readonly Shown[]): Promise<Approved> {
  return server().post<Approved>('/review/approvals', { items }, ['batch_id', 'approved', 'left'])
}

/** @throws ProblemError `undo_too_late` after ten seconds */
export async function undoApprovals(batch: string): Promise<string[]> {
  return (await server().post<{ undone: string[] }>(`/review/approvals/${batch}/undo`, {}, ['undone'])).undone
}

export async function settleSameVisit(request: SameVisitRequest): Promise<Settled[]> {
  return (await server().post<{ items: Settled[] }>('/review/same-visit', request, ['items'])).items
}

export async function commentOn(submission: string, said: CommentRequest): Promise<Comment[]> {
  return (await server().post<{ items: Comment[] }>(`/submissions/${submission}/comments`, said, ['items'])).items
}

export async function listFilters(): Promise<SavedFilter[]> {
  return (await server().get<{ items: SavedFilter[] }>('/review/filters', ['items'])).items
}

export async function saveFilter(name: string, filter: SubmissionFilter): Promise<SavedFilter[]> {
  return (await server().post<{ items: SavedFilter[] }>('/review/filters', { name, filter }, ['items'])).items
}

export function removeFilter(id: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/review/filters/${id}` })
}

export async function listPolicies(): Promise<ReviewPolicy[]> {
  return (await server().get<{ items: ReviewPolicy[] }>('/review/policies', ['items'])).items
}

/** @param days null: nothing passes by itself */
export async function setPolicy(area: string, days: number | null, percent: number): Promise<ReviewPolicy[]> {
  const body = { area_code: area, after_days: days, sample_percent: percent }
  return (await server().post<{ items: ReviewPolicy[] }>('/review/policies', body, ['items'])).items
}

export function listWorkers(): Promise<WorkerList> {
  return server().get<WorkerList>('/review/workers', ['items', 'alarm_from'])
}

export function readWorker(id: string): Promise<WorkerCredibility> {
  return server().get<WorkerCredibility>(`/review/workers/${id}`, WORKER)
}

export function commentOnWorker(id: string, said: CommentRequest): Promise<WorkerCredibility> {
  return server().post<WorkerCredibility>(`/review/workers/${id}/comments`, said, WORKER)
}

export async function listAudits(): Promise<AuditLine[]> {
  return (await server().get<{ items: AuditLine[] }>('/review/audits', ['items'])).items
}

export function drawAudit(request: AuditRequest): Promise<AuditDetail> {
  return server().post<AuditDetail>('/review/audits', request, AUDIT)
}

export function readAudit(id: string): Promise<AuditDetail> {
  return server().get<AuditDetail>(`/review/audits/${id}`, AUDIT)
}

export function keepInterview(audit: string, no: number, version: number, answers: Answers): Promise<AuditDetail> {
  return server().post<AuditDetail>(`/review/audits/${audit}/interviews/${no}`, { form_version: version, answers }, AUDIT)
}

export function readMap(day: string, worker: string | null, village: string | null): Promise<VisitsMap> {
  return server().get<VisitsMap>('/review/map', ['visits', 'uncovered'], { day, worker, village })
}
