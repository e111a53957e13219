/**
 * The wire: every shape that passes between a page and `/api/v1`. The server's twin is
 * `backend/api/wire/` (marshmallow); the contract test holds the two together through OpenAPI.
 *
 * Instants are RFC 3339 in UTC with milliseconds, dates are YYYY-MM-DD, ids are lower-case UUIDs,
 * area codes have 12 digits, codes are JSON strings. Unknown members are refused by the server.
 */

export type Locale = 'zh-CN' | 'en'
export type Text = Record<Locale, string>
export type Instant = string
export type Day = string
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Answers = { [field: string]: Json }

/** RFC 9457 problem document. `code` is stable; the sentences are for people. */
export interface Problem {
  type: string // 'urn:suifang:problem:<code>'
  title: Text
  status: number
  code: string
  details: { [key: string]: Json }
  request_id: string
}

// ── sign-in ─────────────────────────────────────────────────────────────────────────────────────

export type Role = 'worker' | 'reviewer' | 'supervisor'
export type Entry = 'capture' | 'desk'
export type Need = 'new_password' | 'second_factor_setup' | 'device'

export interface AreaName { code: string; name: string; level: 'county' | 'township' | 'village' }
export interface Account { id: string; login: string; name: string; role: Role; areas: AreaName[] }

/** POST /auth/login. 401 `sign_in_failed`, 401 `second_factor_required`, 429 `too_many_attempts`. */
export interface LoginRequest { login: string; password: string; entry: Entry; code?: string }
/** POST /auth/refresh (cookie; X-Device* headers on a phone). 401 `session_ended`. */
export interface RefreshRequest { entry: Entry }
export interface Session {
  access_token: string
  expires_in: number // seconds
  account: Account
  needs: Need[]
  /** Only after a one-time password: enrols this phone without another code, valid 10 minutes. */
  enrolment_code?: string
}
/** `session_ended` says in details.reason why: idle, absolute, reused, no_device, unknown, signed_out,
 *  password_changed, password_reset, device_revoked, ended_by_staff, account_disabled, second_factor_reset.
 *  GET /auth/sessions -> {items: OpenSession[]}; DELETE /auth/sessions/{id} -> 204: the own ones. */
export interface OpenSession { id: string; entry: Entry; device_id: string | null; started_at: Instant; last_used_at: Instant; current: boolean }
/** POST /auth/logout {entry} -> 204. POST /auth/password -> Session. */
export interface PasswordRequest { new_password: string; current_password?: string }
/** POST /auth/second-factor -> SecondFactorSetup; POST /auth/second-factor/confirm {code} -> RecoveryCodes. */
export interface SecondFactorSetup { secret: string; uri: string }
export interface RecoveryCodes { recovery_codes: string[]; session: Session }

/** POST /devices. The key is the 65-byte uncompressed P-256 point, base64url. */
export interface DeviceRequest { enrolment_code: string; public_key: string; name: string; app_version: string }
export interface DeviceEnrolled { device_id: string; session: Session; config: Config }
export interface Device {
  id: string; account_id: string; account_name: string; name: string; enrolled_at: Instant
  last_seen_at: Instant | null; revoked_at: Instant | null; last_seq: number | null; missing_seqs: number[]
}
/** GET /devices -> {items: Device[]}; DELETE /devices/{id} {reason} -> 204. POST /devices/codes {account_id}: */
export interface EnrolmentCode { code: string; expires_at: Instant }
/** Staff: POST /accounts/{id}/one-time-password -> 201; DELETE /accounts/{id}/sessions -> 204. */
export interface OneTimePassword { login: string; password: string }

/** GET /config: what every page needs of the server. */
export interface Config {
  server_time: Instant
  epoch: string
  seal: { key_id: string; public_key: string }
  push_public_key: string
  app_version: string
  product_name: Text
}

// ── forms and rules ─────────────────────────────────────────────────────────────────────────────

/** GET /forms: what is offered now. `kind` 'form' is fetched at /forms/{key}/{version},
 *  'programme' and 'immunization' at /rules/{kind}/{key}/{version}. Both immutable, ETag = sha256. */
/** Days off in a row, both ends included. A year that was not announced yet has none. */
export interface Holiday { name: Text; from_on: Day; to_on: Day }
/** A server from before 0016 tells no holidays. */
export interface FormList { items: FormRef[]; policies: Policy[]; holidays?: Holiday[] }
/** Parameters of a programme that an area sets from a day to a day; `to_on` null: until further notice. */
export interface Policy { id: string; programme: string; area_code: string; from_on: Day; to_on: Day | null; parameters: Record<string, number | string | boolean> }
export interface FormRef { kind: 'form' | 'programme' | 'immunization'; key: string; version: number; sha256: string }
// FormBundle and Programme: see forms/model.ts and followups/model.ts (schemas/meta is their schema).

// ── submissions ─────────────────────────────────────────────────────────────────────────────────

/** docs/decisions/0001-envelope.md */
export interface Envelope {
  format: 'suifang.envelope/1'
  id: string
  device_id: string
  seq: number
  sha256: string
  key_id: string
  sealed: string
  late_fix?: string
  signature: string
}
export interface Subject { kind: 'resident' | 'household' | 'area' | 'site'; id: string }
export interface Fix { lng: number; lat: number; accuracy_m: number; fixed_at: Instant; coord_sys: 'WGS-84' }
export type FixState = 'fixed' | 'pending' | 'denied' | 'unavailable' | 'off'
export interface AttachmentRef { field: string; sha256: string; size: number; media_type: string }
export interface Grant { kind: 'family'; child_id: string; token_sha256: string; expires_on: Day }
export interface Content {
  format: 'suifang.content/1'
  id: string
  device_id: string
  seq: number
  submission_id: string
  base_version_id: string | null
  form: { key: string; version: number }
  subject: Subject
  worker_id: string
  started_at: Instant
  finalised_at: Instant
  clock: { zone: string; skew_ms: number | null; last_contact_at: Instant | null }
  fix: Fix | null
  fix_state: FixState
  answers: Answers
  confirmed: string[]
  attachments: AttachmentRef[]
  sitting_id: string | null
  grants: Grant[]
  evidence: { [key: string]: Json }
}

/** POST /submissions (JWT, or device signature, write-only). 1-200 envelopes; always 200 when readable. */
export interface SubmitRequest { envelopes: Envelope[] }
export interface SubmitResponse { server_time: Instant; receipts: Receipt[] }
export type ReceiptStatus =
  | 'stored' | 'replayed' | 'held' | 'quarantined' | 'conflict' | 'deleted' | 'invalid' | 'failed'
export interface Receipt {
  index: number
  id: string | null
  sha256: string | null
  status: ReceiptStatus
  code: number
  /** Problem code when the status is not stored or replayed; its sentences are `message`. */
  reason: string | null
  message: Text | null
  submission_id: string | null
  received_at: Instant
  /** Where the server placed it, and what it made due. Empty for a device without a session. */
  village: { code: string; name: string } | null
  tasks: Task[]
  violations: Violation[]
  missing_attachments: string[] // sha256
}
export interface Violation { path: string; code: string; message?: Text; [detail: string]: Json | Text | undefined }

/** PUT /attachments/{sha256}?sealed_sha256=&key_id=&size=&offset= (device signature): bytes -> PartTaken. docs/decisions/0008 */
export interface PartTaken { received: number; complete: boolean }
/** GET /submissions/{id}/attachments/{sha256} -> the picture. */
export interface AttachmentShown extends AttachmentRef { here: boolean }

/** POST /handovers/records {device_id, envelopes}: a phone's file, brought to the desk; names where the caller may see them. */
export interface HandoverRecord {
  id: string | null; seq: number | null; status: ReceiptStatus; message: Text | null; submission_id: string | null
  form: { key: string; version: number; title: Text } | null
  subject: { kind: string; id: string; name: string | null; sex: string | null; birth_date: string | null } | null
  visit_date: string | null
}
export interface HandoverReceipts { worker_name: string; device_name: string; received_at: Instant; records: HandoverRecord[] }

/** POST /submissions/known {ids} -> {known, missing_attachments}: which of these the server has, and which of their pictures it lacks. */
export interface KnownRequest { ids: string[] }
export interface KnownResponse { known: string[]; missing_attachments: string[] }

export type SubmissionState = 'received' | 'returned' | 'corrected' | 'approved' | 'rejected' | 'voided'
/** GET /submissions?state=&form=&village=&worker=&flagged=&from=&to=&q=&cursor=&limit= */
export interface SubmissionPage { items: SubmissionLine[]; next_cursor: string | null; counts: Record<SubmissionState, number> }
export interface SubmissionLine {
  id: string
  form: { key: string; version: number; title: Text }
  state: SubmissionState
  subject: Subject & { name: string | null; sex: string | null; birth_date: Day | null }
  village: { code: string; name: string }
  worker: { id: string; name: string }
  visit_date: Day
  received_at: Instant
  finalised_at: Instant
  summary: { label: Text; value: Text }[]
  flags: Flag[]
  version_id: string
  version_no: number
  priority: number
  /** Photos and signatures that the phone has not brought yet. */
  missing_attachments: number
}
export interface Flag { kind: string; text: Text; evidence: { [key: string]: Json } }
/** POST /submissions/{id}/comments {text, kind} -> {items}: its own doctor, or the township. */
export interface Comment { id: string; kind: string | null; text: string; by: { id: string; name: string }; at: Instant }
/** GET /submissions/{id}. Private answers are masked. */
export interface SubmissionDetail extends SubmissionLine {
  attachments: AttachmentShown[] // of all versions, each once
  versions: SubmissionVersion[] // oldest first
  decisions: Decision[]
  comments: Comment[]
  tasks: Task[]
  place: { lng: number; lat: number } | null // of the household
  history: { id: string; form: { key: string; version: number; title: Text }; visit_date: Day; state: SubmissionState; summary: { label: Text; value: Text }[] }[]
}
export interface SubmissionVersion {
  id: string; no: number; base_version_id: string | null
  answers: Answers
  changed: string[] // paths that differ from the base
  conflicts: { path: string; mine: Json; theirs: Json; base: Json }[]
  violations: Violation[]
  /** Paths of soft warnings the doctor confirmed. */
  confirmed: string[]
  computed: { class: string | null; rules: string[]; referral: string; [key: string]: Json }
  fix: Fix | null
  fix_state: FixState
  geotag: { village_code: string | null; distance_m: number | null; accuracy_class: string; doubt: string[] }
  finalised_at: Instant; received_at: Instant
}
export interface Decision {
  verdict: 'approved' | 'returned' | 'rejected' | 'voided' | 'undone'
  version_id: string; fields: string[]; reason: string | null; by: string; at: Instant
}
/** POST /review/items/{submission_id}/decision -> SubmissionDetail. 409 `decided_meanwhile`. */
export interface DecisionRequest {
  version_id: string; verdict: 'approved' | 'returned' | 'rejected'; fields: string[]; reason: string | null
}
/** GET /quarantine -> {items}; POST /quarantine/{id}/dismiss {reason} -> 204 */
export interface QuarantineLine {
  id: string; envelope_id: string | null; kind: 'quarantined' | 'held' | 'conflict' | 'invalid'
  reason: string; message: Text; device_name: string | null; worker_name: string | null; received_at: Instant
}

// ── sync ────────────────────────────────────────────────────────────────────────────────────────

/** GET /sync?cursor=&limit=. Without a cursor: from the start. docs/decisions/0003-sync.md */
export interface SyncPage {
  epoch: string
  cursor: string
  more: boolean
  reset: boolean
  /** How many objects are still to come, for the progress bar of a first download. */
  remaining: number
  server_time: Instant
  changes: Change[]
}
export type Change =
  | { kind: 'area'; op: 'put'; id: string; data: Area }
  | { kind: 'household'; op: 'put'; id: string; data: Household }
  | { kind: 'resident'; op: 'put'; id: string; data: Resident }
  | { kind: 'site'; op: 'put'; id: string; data: Site }
  | { kind: 'task'; op: 'put'; id: string; data: Task }
  | { kind: 'submission'; op: 'put'; id: string; data: SyncedSubmission }
  | { kind: 'form'; op: 'put'; id: string; data: FormRef }
  | { kind: ChangeKind; op: 'remove'; id: string; data: null }
export type ChangeKind = 'area' | 'household' | 'resident' | 'site' | 'task' | 'submission' | 'form'

export interface Area {
  code: string; name: string; level: 'county' | 'township' | 'village'; parent_code: string | null
  clinic_name: string | null; clinic_phone: string | null; clinic_address: string | null
  centre: { lng: number; lat: number } | null
}
export interface Household {
  id: string; no: string; village_code: string; address: string; group_name: string | null
  head_name: string; phone: string | null; place: { lng: number; lat: number } | null
  status: string; responsible_worker_id: string | null; details: Answers
}
export interface Resident {
  id: string; household_id: string | null; village_code: string; relation_to_head: string | null
  name: string; pinyin: string; initials: string; sex: string; birth_date: Day
  id_no: string | null; phone: string | null; contact_name: string | null; contact_phone: string | null
  mother_id: string | null; origin_submission_id: string | null
  status: string; merged_into: string | null
  programmes: { programme: string; grade: string | null; since: Day }[]
  details: Answers
}
/** A school, clinic, food shop, water point: looked after, but nobody is registered there. */
export interface Site {
  id: string; village_code: string; name: string; type: string; address: string | null
  place: { lng: number; lat: number } | null
  contact_name: string | null; phone: string | null; registered_on: Day | null
  status: string; merged_into: string | null; details: Answers
}
export interface Task {
  id: string; subject: Subject; household_id: string | null; village_code: string
  service: string; kind: string; anchor: string
  opens: Day; due: Day; closes: Day; expires: Day | null
  state: 'requested' | 'completed' | 'cancelled' | 'failed'
  face_to_face: boolean
  referral: 'none' | 'routine' | 'urgent'
  escalation: 'E0' | 'E3'
  reasons: { rule: string; text: Text }[]
  rule_version: string | null
  source_submission_id: string | null
  /** A person set it aside; absent in tasks that the phone worked out itself. */
  postponed_until?: Day | null
  postponed_reason?: PostponementReason | null
}
export type PostponementReason = 'away' | 'in_hospital' | 'asked' | 'clinic_closed' | 'cannot_be_reached'
export interface SyncedSubmission {
  id: string; form: { key: string; version: number }; service: string | null; subject: Subject; household_id: string | null
  worker_id: string; visit_date: Day; finalised_at: Instant; received_at: Instant
  state: SubmissionState; version_id: string; version_no: number
  answers: Answers // newest, private answers included only for the worker who wrote them
  confirmed?: string[] // soft warnings its own worker confirmed; absent in what was synced before it was told
  returned: { fields: string[]; reason: string | null; by: string; at: Instant } | null
  /** Doubts and what was said about them: told to the worker who wrote it, absent from older servers. */
  flags?: Flag[]
  comments?: Comment[]
}

// ── residents, tasks, areas for the desk ────────────────────────────────────────────────────────

/** GET /residents?q=&village=&cursor=&limit= -> {items: ResidentLine[], next_cursor}; GET /residents/{id} -> Resident (masked). */
export interface ResidentLine { id: string; name: string; sex: string; birth_date: Day; village: { code: string; name: string }; household_no: string | null; programmes: string[] }
/** GET /duplicates -> {items: Duplicate[]}, most likely first; POST /duplicates/{id}/decision {decision, survivor_id} -> {id, state}. */
export interface DuplicateSide {
  resident: Resident; village: { code: string; name: string }; household_no: string | null; address: string | null
  place: { lng: number; lat: number } | null
  visits: { service: string | null; visit_date: Day; state: string }[]
}
export interface Duplicate {
  id: string; state: string; verdict: string; score: number
  why: { field: string; level: string; bits: number }[]
  sides: [DuplicateSide, DuplicateSide]
}
/** GET /tasks?village=&state=overdue|due|upcoming|escalated|postponed&service=&cursor=&limit= -> {items: TaskLine[], next_cursor, counts} */
export interface TaskLine extends Task {
  subject_name: string | null; village_name: string; overdue_days: number
  level: 'E0' | 'E1' | 'E2' | 'E3'; why: Text; source_on: Day | null
}
/** POST /tasks/{id}/postponement {until, reason} -> 204; DELETE takes it back. 409 `task_urgent`, `task_not_open`,
 *  `postponed_too_often`; 422 `postponed_too_far` with `last`. */
/** GET /tasks/arrears -> {items: Arrears[], on}: what is late for a week and a month, by doctor; nobody's villages first. */
export interface Arrears { doctor: string | null; villages: string[]; overdue: number; week: number; month: number; emergencies: number }
/** GET /areas -> {items: AreaShape[]} of the caller's scope, boundaries included. */
export interface AreaShape extends Area { boundary: Json | null; boundary_source: string | null }
/** GET /accounts -> {items: Account & {last_seen_at}} of the caller's scope (reviewer, supervisor). */
