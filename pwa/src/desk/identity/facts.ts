/** What two files say of a person, line by line, with what differs. */
import type { Duplicate, DuplicateSide } from '../../api/wire'

export interface Fact {
  readonly name: 'name' | 'sex' | 'birth_date' | 'id_no' | 'phone' | 'contact' | 'village' | 'address' | 'household'
  readonly texts: readonly [string, string]
  /** Both say something, and not the same. */
  readonly differs: boolean
}

const READ: readonly [Fact['name'], (side: DuplicateSide) => string | null][] = [
  ['name', ({ resident }) => resident.name],
  ['sex', ({ resident }) => resident.sex],
  ['birth_date', ({ resident }) => resident.birth_date],
  ['id_no', ({ resident }) => resident.id_no],
  ['phone', ({ resident }) => resident.phone],
  ['contact', ({ resident }) => [resident.contact_name, resident.contact_phone].filter(Boolean).join(' ')],
  ['village', ({ village }) => village.name],
  ['address', ({ address }) => address],
  ['household', ({ household_no }) => household_no],
]

export function factsOf(pair: Duplicate): Fact[] {
  return READ.map(([name, read]) => {
    const texts = pair.sides.map((side) => read(side) ?? '') as [string, string]
    return { name, texts, differs: texts[0] !== '' && texts[1] !== '' && texts[0] !== texts[1] }
  })
}

const METRES_A_DEGREE = 111_320

/** Metres between the two homes; nothing while one has no place. */
export function metresApart(pair: Duplicate): number | null {
  const [a, b] = pair.sides.map((side) => side.place)
  if (!a || !b) return null
  const middle = (((a.lat + b.lat) / 2) * Math.PI) / 180
  return Math.round(Math.hypot((a.lng - b.lng) * Math.cos(middle), a.lat - b.lat) * METRES_A_DEGREE)
}

/** Words of a way of comparing; telephone and home come as one level. */
export function levelText(levels: Record<string, Record<string, string>>, field: string, level: string): string {
  if (field !== 'contact') return levels[field]?.[level] ?? level
  const [phone = '', home = ''] = level.split('_')
  return [levels['phone']?.[phone], levels['home']?.[home]].filter(Boolean).join(' · ')
}
