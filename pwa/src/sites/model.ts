/** Sites as this phone knows them: schools, clinics, shops, water points that are looked after. */
import type { Site } from '../api/wire'

/** `local`: this phone's own version, the server has not spoken yet. */
export interface KnownSite extends Site {
  readonly local?: boolean
}

export type Sites = ReadonlyMap<string, KnownSite>

/** Whether work is still owed there: open, and not another one's double. */
export function isOpenSite(site: Site): boolean {
  return site.status === '1' && site.merged_into === null
}
