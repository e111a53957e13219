/** Review beyond one decision. Twin of backend/api/wire/review.py. */
import type { Comment, Day, Instant, Json, SubmissionState, Text } from './wire'

export interface Shown { id: string; version_id: string }
/** POST /review/approvals {items} -> Approved; POST /review/approvals/{batch_id}/undo -> {undone}. 409 `undo_too_late`. */
export interface Approved { batch_id: string; approved: string[]; left: { id: string; code: string }[] }
/** POST /review/same-visit -> {items: {id, state}[]}. 422 `not_same_visit`, 409 `decided_meanwhile`. */
export interface SameVisitRequest { items: Shown[]; kept: string[]; reason: string }
export interface Settled { id: string; state: SubmissionState }
/** POST /submissions/{id}/comments, /review/workers/{id}/comments, /review/own/comments */
export interface CommentRequest { text: string; kind: string | null }

/** GET /review/filters -> {items}; POST {name, filter} -> {items}; DELETE /review/filters/{id} -> 204 */
export interface SavedFilter { id: string; name: string; filter: { [key: string]: Json } }
/** GET /review/policies -> {items}; POST {area_code, after_days | null, sample_percent} -> {items} */
export interface ReviewPolicy { area: { code: string; name: string }; after_days: number; sample_percent: number; set_by: string; set_at: Instant }

/** GET /review/workers -> WorkerList */
export interface WorkerLine {
  worker: { id: string; name: string }; township: { code: string; name: string }
  visits: number; home_visits: number; score: number; alarm: boolean; signals: number
  /** The doctor has said something about it. */
  answered: boolean
}
export interface WorkerList { from: Day; to: Day; alarm_from: number; items: WorkerLine[] }
export interface Signal { kind: string; domain: string; strength: number; text: Text; since: Instant }
export interface Distribution { kind: 'digits' | 'hours' | 'distances' | 'threshold'; mine: number[]; township: number[] }
/** GET /review/workers/{id}; GET /review/own for the doctor, which tells the township that they have looked. */
export interface WorkerCredibility extends WorkerLine {
  from: Day; to: Day; found: Signal[]; distributions: Distribution[]; comments: Comment[]
  seen_at: Instant | null; worked_out_at: Instant
}

/** POST /review/audits -> AuditDetail. 422 `nobody_to_draw`. GET /review/audits -> {items: AuditLine[]} */
export interface AuditRequest {
  area_code: string; programme: string; from: Day; to: Day; method: 'systematic' | 'risk'; size: number; seed: number
}
export interface AuditLine {
  id: string; area: { code: string; name: string }; programme: string; from: Day; to: Day
  method: 'systematic' | 'risk'; seed: number; frame_size: number; drawn_by: string; drawn_at: Instant
  size: number; asked: number; reached: number; agrees: number; differs: number
  rate: number | null; low: number; high: number
}
export interface AuditItem {
  no: number; subject: { kind: string; id: string; name: string; sex: string; birth_date: Day }
  phone: string | null; village: { code: string; name: string }; worker: { id: string; name: string }
  submission_id: string; visit_date: Day
  answered_by: string | null; agrees: string | null; difference: string | null; asked_at: Instant | null
}
/** POST /review/audits/{id}/interviews/{no} {form_version, answers} -> AuditDetail */
export interface AuditDetail extends AuditLine { form_version: number; items: AuditItem[] }

/** GET /review/map?day=&worker=&village= -> VisitsMap: a day of everybody, or a doctor's week up to it. */
export interface MapVisit {
  id: string; at: { lng: number; lat: number }; accuracy_m: number; finalised_at: Instant
  worker_id: string; mode: string | null; is_far: boolean; name: string
}
export interface MapHousehold { id: string; no: string; head_name: string; village_code: string; place: { lng: number; lat: number } | null }
export interface MapVillage { code: string; households: number; uncovered: number }
export interface VisitsMap {
  quarter_from: Day; visits: MapVisit[]; without_fix: number; uncovered: MapHousehold[]; villages: MapVillage[]
  placeless: number; placeless_homes: MapHousehold[]; households: number
}
