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
  readonly syllables: readonly string[]
  readonly initials: string
  readonly numbers: readonly string[]
  readonly householdNo: string
}
/** In the order in which equals are shown: the living first, then as the names are spoken. */
export type SearchIndex = readonly Entry[]

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s/g, '')
}

/** Made once after unlocking and after each change; a search is then a walk over short texts. */
export function buildIndex(residents: Iterable<Person>, households: ReadonlyMap<string, Home>): SearchIndex {
  const entries = Array.from(residents, (resident): Entry => {
    const household = (resident.household_id === null ? undefined : households.get(resident.household_id)) ?? null
    return {
      found: { resident, household },
      name: fold(resident.name),
      pinyin: fold(resident.pinyin),
      syllables: resident.pinyin.toLowerCase().split(' ').filter(Boolean),
      initials: fold(resident.initials),
      numbers: [resident.id_no, resident.phone, resident.contact_phone].flatMap((n) => (n === null ? [] : [fold(n)])),
      householdNo: fold(household?.no ?? ''),
    }
  })
  // By letters and not by the browser's collation: sorting 500 hits at a key press would be felt on a slow phone.
  const key = ({ found: { resident }, syllables, name }: Entry): string =>
    [resident.status === '1' ? '0' : '1', ...(syllables.length === 0 ? ['~'] : syllables), name, resident.birth_date].join(' ')
  const keys = new Map(entries.map((entry) => [entry, key(entry)]))
  const of = (entry: Entry): string => keys.get(entry) ?? ''
  return entries.sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0))
}

/** `zhangs`, `zsan`, `zhs`: of each syllable from one on as many letters as one likes, none left out. */
function spells(query: string, syllables: readonly string[], from: number): boolean {
  if (query === '') return true
  const syllable = syllables[from]
  if (syllable === undefined) return false
  for (let n = Math.min(syllable.length, query.length); n > 0; n -= 1) {
    if (query.startsWith(syllable.slice(0, n)) && spells(query.slice(n), syllables, from + 1)) return true
  }
  return false
}

function rankOfNumber(entry: Entry, query: string): number | null {
  if (entry.householdNo === query) return 0
  if (query.length >= 2 && entry.numbers.some((n) => n.endsWith(query))) return 1
  if (query.length >= 6 && entry.numbers.some((n) => n.startsWith(query))) return 2
  return entry.householdNo.endsWith(query) || entry.householdNo.startsWith(query) ? 3 : null
}

function rankOfName(entry: Entry, query: string): number | null {
  if (entry.name === query || entry.pinyin === query) return 0
  if (entry.name.startsWith(query) || entry.initials === query) return 1
  if (entry.pinyin.startsWith(query) || entry.initials.startsWith(query) || spells(query, entry.syllables, 0)) return 2
  if (entry.name.includes(query)) return 3
  return query.length >= 2 && (spells(query, entry.syllables, 1) || (query.length >= 3 && entry.pinyin.includes(query))) ? 4 : null
}

/** 0 is best; null when the entry does not match. */
function rank(entry: Entry, query: string): number | null {
  return /^\d+x?$/.test(query) ? rankOfNumber(entry, query) : rankOfName(entry, query)
}

/** Of several words, `王 1001` or `wang 5678`, each must be right. */
function rankOfAll(entry: Entry, words: readonly string[]): number | null {
  let sum = 0
  for (const word of words) {
    const place = rank(entry, word)
    if (place === null) return null
    sum += place
  }
  return sum
}

const LEFT = 100

function hits(index: SearchIndex, words: readonly string[]): { found: Found; place: number }[] {
  return index.flatMap((entry) => {
    const place = rankOfAll(entry, words)
    return place === null ? [] : [{ found: entry.found, place: place + (entry.found.resident.status === '1' ? 0 : LEFT) }]
  })
}

/** Best first, at most `limit`; the living before those who left. */
export function search(index: SearchIndex, text: string, limit = 50): Found[] {
  const query = fold(text)
  if (query === '') return []
  const words = text.split(/\s+/).map(fold).filter(Boolean)
  let found = hits(index, [query])
  if (found.length === 0 && words.length > 1) found = hits(index, words)
  return found
    .sort((a, b) => a.place - b.place)
    .slice(0, limit)
    .map((hit) => hit.found)
}
