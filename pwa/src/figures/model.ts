/** Figures as they travel: numerator and denominator, never one without the other. */
import type { Day, Text } from '../api/wire'

export interface Indicator {
  key: string
  group: string
  title: Text
  explained: Text
  subject: 'resident' | 'household' | 'site' | 'task'
  window: string
  source: string
  source_note: string
}

export interface Sum { met: number; due: number; percent: number | null }

export interface FigureLine {
  key: string
  sum: Sum
  target: number | null
  /** At the end of `since_day`; nothing for any month but the running one. */
  before: Sum | null
  /** The end of each month, January first; nothing where nobody was due. */
  months: (Sum | null)[]
}

/** A village, a township or a doctor. The id is empty where nobody is responsible. */
export interface Part { id: string; name: string; score: number | null; sums: Record<string, Sum> }

export interface Figures {
  year: number
  month: number
  counted_on: Day | null
  since_day: Day | null
  score: number | null
  items: FigureLine[]
  parts: Part[]
}

export type By = 'village' | 'township' | 'worker'
export type Basis = 'all' | 'official'

export interface FigureFilter {
  year: number
  month: number
  area: string | null
  by: By
  basis: Basis
}

/** Whom a figure counts: those in the numerator, or those below the line alone. */
export interface Behind {
  indicator: string
  part: 'met' | 'unmet'
  area: string | null
  worker: string | null
}

export interface CountedLine {
  kind: 'resident' | 'household' | 'site'
  id: string
  name: string | null
  sex: string | null
  birth_date: Day | null
  village: { code: string; name: string }
  worker: { id: string; name: string } | null
  task: { service: string; kind: string; closes: Day } | null
}

export interface CountedPage { items: CountedLine[]; next_cursor: string | null }

/** Targets in per cent and weights of the score, by indicator. */
export interface Aims { targets: Record<string, number>; weights: Record<string, number> }
