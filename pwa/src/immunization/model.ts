/** The vaccine edition (`schemas/meta/immunization.schema.json`) and what the forecast says. */
import type { Day, Text } from '../api/wire'
import type { ForecastDose } from '../api/wire_family'

export interface Span {
  readonly hours?: number
  readonly days?: number
  readonly months?: number
  readonly years?: number
}
export interface Settings {
  readonly je_product: string
  readonly hepa_product: string
  readonly grace_days: number
  readonly live_interval_days: number
  readonly timely_months: number
  readonly hpv_born_after?: Day
}
/** What is known of a child beside its doses; absent where nobody has said it. */
export interface Facts {
  readonly birth_weight_g?: number
  readonly gestation_weeks?: number
  /** Code list `hbsag`: 1 negative, 2 positive, 3 unknown. */
  readonly mother_hbsag?: string
  readonly immune_deficient?: boolean
  readonly hiv_exposed?: boolean
  readonly critically_ill?: boolean
  /** A meningococcal conjugate course was completed by its label. */
  readonly conjugate_complete?: boolean
  readonly immunoglobulin_on?: Day
  readonly defer_until?: Day
  readonly deferred?: readonly { readonly vaccine: string; readonly until: Day }[]
  readonly contraindicated?: readonly string[]
}
/** All of these must hold; an unknown fact fulfils nothing. */
export type Condition = Readonly<Record<string, { readonly in?: readonly (string | boolean)[]; readonly below?: number }>>
/** Where a record tells of a fact. */
export interface FactSource {
  readonly form: string
  readonly fact: keyof Facts
  readonly field: string
  readonly in?: string
  readonly times?: number
  readonly has?: string
  readonly vaccine_field?: string
  readonly only_if?: Readonly<Record<string, string>>
}
export interface Vaccine {
  readonly code: string
  readonly label: Text
  readonly prevents?: Text
  readonly live_injectable: boolean
  readonly components: readonly string[]
  readonly after_immunoglobulin?: Span
  readonly contraindicated_when?: readonly Condition[]
}
/** What is said of an open dose. */
export interface Note {
  readonly note: string
  readonly from_age?: Span
  readonly when?: readonly Condition[]
  readonly had?: readonly string[]
}
/** One dose of a series, as the table of the edition has it. */
export interface Place {
  readonly dose_id: string
  readonly no: number
  readonly vaccine: string
  readonly accepts?: readonly string[]
  readonly min_age: Span
  readonly min_interval?: Span
  readonly from_first?: Span
  readonly product_interval?: Span
  readonly after_vaccine?: readonly { readonly vaccines: readonly string[]; readonly interval: Span }[]
  readonly complete_before?: Span
  readonly complete_after_first?: Span
  readonly upper_age?: Span
  readonly catch_up_min_age?: Span
  readonly catch_up_interval?: Span
  readonly former?: { readonly given_before: Day; readonly min_age: Span }
  readonly not_needed_when?: readonly Condition[]
  readonly notes?: readonly Note[]
}
export interface CompleteWith {
  readonly vaccines: readonly string[]
  readonly doses: number
  readonly total?: number
  readonly min_interval: Span
  readonly from_age?: Span
  readonly before_age?: Span
  readonly reached_age?: Span
}
/** A table of a series. Of several tables of one series the first that holds is the child's. */
export interface Series {
  readonly series: string
  readonly label: Text
  readonly product?: Readonly<Record<string, string>>
  readonly when?: readonly Condition[]
  readonly sex?: string
  readonly born_after?: Day
  readonly born_after_setting?: string
  readonly born_before?: Day
  readonly had?: readonly string[]
  readonly requires?: Readonly<Record<string, number>>
  readonly first_no?: number
  readonly at_least?: readonly { readonly vaccine: string; readonly of: readonly string[]; readonly doses: number }[]
  readonly complete_with?: readonly CompleteWith[]
  readonly catch_up_for?: string
  readonly needed?: readonly { readonly given: number; readonly doses: number; readonly after: readonly Span[] }[]
  readonly doses: readonly Place[]
}
export interface Edition {
  readonly key: string
  readonly version: number
  readonly effective_from: Day
  readonly title: Text
  readonly settings: Settings
  readonly vaccines: readonly Vaccine[]
  readonly series: readonly Series[]
  readonly facts?: readonly FactSource[]
}

/** A dose given, in whatever order it was written down. The number in the book decides nothing. */
export interface GivenDose {
  readonly vaccine: string
  readonly on: Day
}

/** 1 it counts, 2 before the minimum age, 3 interval too short (immunization.md §3). */
export type Validity = '1' | '2' | '3'
export type Forecast = ForecastDose
