/** Finding people without a network: by name, pinyin, initials, the end of a number, household number. */
import type { Home, Person } from '../model'

export interface Found {
  readonly resident: Person
  readonly household: Home | null
}

interface Entry {
  readonly found: Found
  readonly name: string
  readonly pinyin: string
  readonly initials: string
  readonly numbers: readonly string[]
  readonly householdNo: string
}
export type SearchIndex = readonly Entry[]

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s/g, '')
}

/** Made once after unlocking and after each change; a search is then a walk over short texts. */
export function buildIndex(residents: Iterable<Person>, households: ReadonlyMap<string, Home>): SearchIndex {
  return Array.from(residents, (resident) => {
    const household = (resident.household_id === null ? undefined : households.get(resident.household_id)) ?? null
    return {
      found: { resident, household },
      name: fold(resident.name),
      pinyin: fold(resident.pinyin),
      initials: fold(resident.initials),
      numbers: [resident.id_no, resident.phone, resident.contact_phone].flatMap((n) => (n === null ? [] : [fold(n)])),
      householdNo: fold(household?.no ?? ''),
    }
  })
}

/** 0 is best; null when the entry does not match. */
function rank(entry: Entry, query: string): number | null {
  if (/^[\dx]+$/.test(query)) {
    if (entry.householdNo === query) return 0
    if (query.length >= 2 && entry.numbers.some((n) => n.endsWith(query))) return 1
    if (query.length >= 6 && entry.numbers.some((n) => n.startsWith(query))) return 2
    return entry.householdNo.endsWith(query) ? 3 : null
  }
  if (entry.name === query || entry.pinyin === query) return 0
  if (entry.name.startsWith(query)) return 1
  if (entry.initials === query) return 1
  if (entry.pinyin.startsWith(query) || entry.initials.startsWith(query)) return 2
  if (entry.name.includes(query)) return 3
  return query.length >= 3 && entry.pinyin.includes(query) ? 4 : null
}

/** Best first, at most `limit`; the living before those who left. */
export function search(index: SearchIndex, text: string, limit = 50): Found[] {
  const query = fold(text)
  if (query === '') return []
  const hits = index.flatMap((entry) => {
    const place = rank(entry, query)
    return place === null ? [] : [{ found: entry.found, place: place + (entry.found.resident.status === '1' ? 0 : 10) }]
  })
  return hits
    .sort((a, b) => a.place - b.place || a.found.resident.name.localeCompare(b.found.resident.name, 'zh-CN'))
    .slice(0, limit)
    .map((hit) => hit.found)
}
