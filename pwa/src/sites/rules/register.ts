/** A registration's answers become a site at once, and a name that is known in the village is told. */
import type { Answers, Json, Site } from '../../api/wire'
import type { KnownSite } from '../model'

type Map = Readonly<Record<string, string>>

function place(value: Json | undefined): Site['place'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { lng, lat } = value
  return typeof lng === 'number' && typeof lat === 'number' ? { lng, lat } : null
}

/** @param known the site as it was, when this is a later version of it */
export function toSite(id: string, answers: Answers, map: Map, village: string, known: Site | null): Site {
  const mapped = new Set(Object.values(map))
  const text = (attribute: string): string | null => {
    const value = answers[map[attribute] ?? attribute]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const rest = Object.fromEntries(Object.entries(answers).filter(([field]) => !mapped.has(field)))
  return {
    id,
    village_code: text('village_code') ?? known?.village_code ?? village,
    name: text('name') ?? known?.name ?? '',
    type: text('type') ?? known?.type ?? '',
    address: text('address') ?? known?.address ?? null,
    place: place(answers[map['place'] ?? 'place']) ?? known?.place ?? null,
    contact_name: text('contact_name') ?? known?.contact_name ?? null,
    phone: text('phone') ?? known?.phone ?? null,
    registered_on: known?.registered_on ?? text('registered_on'),
    status: text('status') ?? known?.status ?? '1',
    merged_into: known?.merged_into ?? null,
    details: { ...known?.details, ...rest },
  }
}

/** A name as it is compared: no spaces, small letters, one width. The server compares it alike. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').replace(/\s+/gu, '').toLowerCase()
}

/** The site of that name in that village; the server would merge the two. */
export function sameSite(newcomer: Pick<Site, 'id' | 'name' | 'village_code'>, known: Iterable<KnownSite>): KnownSite | null {
  const key = nameKey(newcomer.name)
  if (key === '') return null
  for (const site of known) {
    if (site.id !== newcomer.id && site.merged_into === null && site.village_code === newcomer.village_code && nameKey(site.name) === key) return site
  }
  return null
}
