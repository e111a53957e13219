/** Shapes of the vaccination clinic's desk (`backend/api/wire/clinic.py`). */
import type { Day, Holiday, Instant, Text } from '../api/wire'

export interface ClinicDay { id: string; area_code: string; on: Day; starts: string; ends: string; place: string }
/** `holidays` are those of the time that was asked for. */
export interface ClinicDays { items: ClinicDay[]; holidays: Holiday[] }
/** POST /clinic/days -> ClinicDays; 422 `clinic_times_wrong`. GET /clinic/days?area&from_on&to_on; DELETE /clinic/days/{id}. */
export interface DaysRequest { area_code: string; on: Day[]; starts: string; ends: string; place: string }

export interface ExpectedVaccine { vaccine: string; label: Text; doses: number; late: number }
/** GET /clinic/expected?area&until; as last night's forecast has it, `as_of`. */
export interface Expected {
  villages: { code: string; name: string; children: number; vaccines: ExpectedVaccine[] }[]
  total: ExpectedVaccine[]
  children: number
  as_of: Day | null
}

export interface WaitingDose { dose_id: string; vaccine: string; label: Text; no: number; due: Day; late: boolean; note: string | null }
export interface ChildLine {
  id: string; name: string; sex: string; birth_date: Day; village_code: string; village_name: string
  guardian: string | null; phone: string | null; address: string | null; doses: WaitingDose[]
}
/** GET /clinic/due?village&until: children asked to come until that day, by the forecast of this minute. */
export interface DueList {
  items: ChildLine[]
  village_name: string
  clinic: { name: string | null; phone: string | null; address: string | null }
  day: ClinicDay | null
  today: Day
}
/** GET /clinic/school?area&born_from&born_to; 422 `too_many_children`. */
export interface SchoolCheck { items: ChildLine[]; children: number; complete: number }
/** POST /clinic/slips -> {expires_on}. The tokens are made here and stand on the paper alone. */
export interface SlipsRequest { village: string; slips: { child_id: string; token_sha256: string }[] }

export interface CampaignDay {
  on: Day; vaccinated: number; so_far: number; percent: number | null; deferred: number; contraindicated: number; refused: number
  absent: number; aefi: number
}
export interface Campaign {
  name: string; vaccine: string; label: Text; target: number; vaccinated: number; percent: number | null; days: CampaignDay[]
}
/** GET /clinic/campaigns/children?area&since&name&vaccine: those who are left first, village by village. */
export interface TargetChild {
  village_code: string; village_name: string; name: string | null; sex: string | null; birth_date: Day | null; residence: string | null
  phone: string | null; doses_before: number | null; contraindicated: boolean; vaccinated_on: Day | null; not_reason: string | null
}
export interface CampaignChildren { items: TargetChild[]; left: number }
export interface CoverageCheck {
  campaign: string
  parts: { part: string; checked: number; covered: number; disagree: number; percent: number | null }[]
  villages: number
  complete: boolean
  percent: number | null
  enough: boolean
  catch_up: string[]
}
/** GET /clinic/campaigns?area&since */
export interface Campaigns { campaigns: Campaign[]; checks: CoverageCheck[] }

export type ReactionAction = 'advised' | 'seen' | 'referred' | 'aefi'
/** GET /reactions?area&state -> {items, open, urgent}; POST /reactions/{id}/answer {answer, action} -> ReactionLine, 409 `decided_meanwhile`. */
export interface ReactionLine {
  id: string; child_name: string | null; birth_date: Day | null; village_name: string; reported_at: Instant; onset_on: Day
  vaccinated_on: Day | null; signs: string[]; note: string | null; phone: string | null; urgent: boolean; state: 'open' | 'answered'
  answer: string | null; action: ReactionAction | null; answered_by_name: string | null; answered_at: Instant | null; aefi_on: Day | null
}
