/** The vaccine edition (`schemas/meta/immunization.schema.json`) and what the forecast says. */
import type { Day, ForecastDose, Text } from '../api/wire'

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
export interface Vaccine {
  readonly code: string
  readonly label: Text
  readonly prevents?: Text
  readonly live_injectable: boolean
  readonly components: readonly string[]
}
/** One dose of a series, as the table of the edition has it. */
export interface Place {
  readonly dose_id: string
  readonly no: number
  readonly vaccine: string
  readonly min_age: Span
  readonly min_interval?: Span
  readonly from_first?: Span
  readonly product_interval?: Span
  readonly complete_before?: Span
  readonly complete_after_first?: Span
  readonly upper_age?: Span
  readonly catch_up_min_age?: Span
  readonly catch_up_interval?: Span
  readonly former?: { readonly given_before: Day; readonly min_age: Span }
  readonly notes?: readonly { readonly from_age: Span; readonly note: string }[]
}
export interface Series {
  readonly series: string
  readonly label: Text
  readonly product?: Readonly<Record<string, string>>
  readonly sex?: string
  readonly born_after?: Day
  readonly complete_with?: readonly { readonly vaccines: readonly string[]; readonly doses: number; readonly min_interval: Span }[]
  readonly catch_up_for?: string
  readonly needed?: readonly { readonly given: number; readonly doses: number; readonly after: readonly Span[] }[]
  readonly doses: readonly Place[]
}
export interface Edition {
  readonly key: string
  readonly version: number
  readonly title: Text
  readonly settings: Settings
  readonly vaccines: readonly Vaccine[]
  readonly series: readonly Series[]
}

/** A dose given, in whatever order it was written down. The number in the book decides nothing. */
export interface GivenDose {
  readonly vaccine: string
  readonly on: Day
}

/** 1 it counts, 2 before the minimum age, 3 interval too short (immunization.md §3). */
export type Validity = '1' | '2' | '3'
export type Forecast = ForecastDose
