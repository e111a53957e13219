/** Residents and households as this phone knows them. */
import type { Area, Household, Resident } from '../api/wire'

/** `local`: this phone's own version, the server has not spoken yet. */
export interface Person extends Resident {
  readonly local?: boolean
}
export interface Home extends Household {
  readonly local?: boolean
}

export interface People {
  readonly areas: ReadonlyMap<string, Area>
  readonly households: ReadonlyMap<string, Home>
  readonly residents: ReadonlyMap<string, Person>
}

/** Status 1 is active (forms.md §2), 1 and 2 are households that are still visited (§1.1). */
export const ACTIVE_RESIDENT = '1'
export const VISITED_HOUSEHOLD: readonly string[] = ['1', '2']
