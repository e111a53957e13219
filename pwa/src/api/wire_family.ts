/** The family's page, its links, and what reminds. Twin of backend/api/wire/family.py and reminders.py. */
import type { Day, Holiday, Instant, Locale, Text } from './wire'

/** Authorization: Family <token> and X-Birth-Date: <day> on every call. GET /family; 401 `link_not_known` (also: not here
 *  yet), `link_ended`, `birth_date_needed`, `birth_date_wrong`; 429 `too_many_attempts`. */
export interface FamilyView {
  child: { name: string; sex: string; birth_date: Day }
  village: string
  clinic: { name: string | null; phone: string | null; address: string | null }
  today: Day
  edition: { title: Text; version: number }
  doses: ForecastDose[]
  /** `day`: the clinic's own day on or after it, where one is set; times of China, HH:MM. */
  next: { on: Day; vaccines: Text[]; day: { on: Day; starts: string; ends: string; place: string } | null } | null
  /** On which the clinic is closed, of the next months. */
  holidays: Holiday[]
  checks: FamilyCheck[]
  /** What is asked before a dose, of the vaccination form. */
  questions: { code: string; label: Text }[]
  reactions: ReactionTold[]
  push: { public_key: string; subscribed: boolean }
  sms: { wanted: boolean; phone_tail: string | null }
  feed: FeedTells | null
  expires_on: Day
}
export interface FamilyCheck { who: 'mother' | 'child'; service: string; opens: Day; due: Day; closes: Day; late: boolean }
/** What a calendar feed tells: days only, or the vaccines' names besides. */
export type FeedTells = 'dates' | 'vaccines'
export interface ReactionTold {
  id: string; reported_at: Instant; onset_on: Day; signs: string[]; urgent: boolean
  state: 'open' | 'answered'; answer: string | null; answered_at: Instant | null
}
/** POST /family/reactions -> ReactionTold. The id is made on the phone: sent twice, kept once. */
export interface ReactionRequest { id: string; signs: string[]; onset_on: Day; vaccinated_on: Day | null; note: string | null; phone: string | null }
/** PUT /family/calendar -> 204; GET /family/calendar/<token>.ics without any header. PUT /family/sms {wanted} -> 204. */
export interface CalendarRequest { tells: FeedTells | null; token_sha256: string; language: Locale }
export type DoseStatus = 'done' | 'due' | 'upcoming' | 'overdue' | 'not_needed' | 'too_late'
export interface ForecastDose {
  dose_id: string; series: string; no: number; vaccine: string; label: Text; prevents: Text | null
  earliest: Day | null; due: Day | null; complete_before: Day | null; status: DoseStatus
  given_on: Day | null; note: string | null
}
/** GET /children/{id}/forecast (doctor, desk) -> {doses: ForecastDose[], edition} */
/** GET /children/{id}/family-links (doctor, reviewer) -> {items: FamilyLink[]}; POST FamilyLinkRequest (doctor) -> FamilyLink;
 *  DELETE /children/{id}/family-links/{link id} -> 204. The token is made on the phone, as for a Grant. 422 `link_dates_wrong`. */
export interface FamilyLinkRequest { token_sha256: string; expires_on: Day }
export interface FamilyLink { id: string; made_at: Instant; expires_on: Day; last_used_at: Instant | null; revoked: boolean }
/** POST /family/push, POST /push/subscriptions -> 204. DELETE the same with {endpoint} -> 204. */
export interface PushRequest { endpoint: string; keys: { p256dh: string; auth: string }; language: Locale }
/** GET /reminders?village=&state= -> {items: ReminderLine[]} */
export interface ReminderLine {
  id: string; addressee_kind: 'worker' | 'family' | 'resident' | 'chat'; addressee_name: string | null; reason: string; due_at: Instant
  state: string; channel: string | null; attempts: { channel: string; at: Instant; outcome: string; http_status: number | null }[]
}
/** What a push message carries, and what the service worker shows: nothing medical, no names. */
export interface PushMessage { id: string; kind: 'digest' | 'urgent' | 'reaction' | 'returned' | 'family'; title: string; body: string; url: string; receipt: string }
/** POST /push/receipts {receipt} -> 204, whether it was known or not; no session. */
export type Rung = 'web_push' | 'sms' | 'call_list' | 'slip'
/** GET /reminders/calls?village=&rung=call_list|slip -> {items: CallLine[], next_cursor} (doctor, reviewer). */
export interface CallLine {
  id: string
  child: { id: string; name: string; sex: string; birth_date: Day; household_id: string | null }
  village: { code: string; name: string }
  contact_name: string | null; number: string | null
  doses: { dose_id: string; due: Day; label: Text }[]
  since: Instant
  calls: { at: Instant; outcome: CallOutcome }[]
}
/** POST /reminders/{id}/call {outcome}, POST /reminders/{id}/slip {outcome: 'handed_over'} -> 204; 409 `reminder_settled`. */
export type CallOutcome = 'reached' | 'no_answer' | 'wrong_number' | 'stop'
/** GET /reminders/reach?from=&to=&village= (desk): per rung messages tried, of them reached, cost in fen; state -> how many. */
export interface Reach { rungs: { rung: Rung; messages: number; reached: number; cost_fen: number }[]; states: Record<string, number> }
