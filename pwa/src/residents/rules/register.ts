/** A registration's answers become a household or resident at once, so that visits can go on offline. */
import type { Answers, Household, Json, Resident } from '../../api/wire'
import { newbornId } from '../../kernel/ids'

type Map = Readonly<Record<string, string>>

function reader(answers: Answers, map: Map): { text: (attribute: string) => string | null; rest: Answers } {
  const mapped = new Set(Object.values(map))
  return {
    text: (attribute) => {
      const value = answers[map[attribute] ?? attribute]
      return typeof value === 'string' && value !== '' ? value : null
    },
    rest: Object.fromEntries(Object.entries(answers).filter(([field]) => !mapped.has(field))),
  }
}

function place(value: Json | undefined): { lng: number; lat: number } | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { lng, lat } = value
  return typeof lng === 'number' && typeof lat === 'number' ? { lng, lat } : null
}

/** @param known the household as it was, when this is a later version of it */
export function toHousehold(id: string, answers: Answers, map: Map, village: string, worker: string, known: Household | null): Household {
  const { text, rest } = reader(answers, map)
  return {
    id,
    no: text('no') ?? known?.no ?? '',
    village_code: text('village_code') ?? known?.village_code ?? village,
    address: text('address') ?? known?.address ?? '',
    group_name: text('group_name') ?? known?.group_name ?? null,
    head_name: text('head_name') ?? known?.head_name ?? '',
    phone: text('phone') ?? known?.phone ?? null,
    place: place(answers[map['place'] ?? 'home_location']) ?? known?.place ?? null,
    status: text('status') ?? known?.status ?? '1',
    responsible_worker_id: known?.responsible_worker_id ?? worker,
    details: { ...known?.details, ...rest },
  }
}

export interface Belongs {
  readonly household_id: string | null
  readonly village_code: string
}

/** Pinyin comes from the server later; until then a resident is found by characters. */
export function toResident(id: string, answers: Answers, map: Map, belongs: Belongs, known: Resident | null): Resident {
  const { text, rest } = reader(answers, map)
  const name = text('name') ?? known?.name ?? ''
  return {
    id,
    household_id: text('household_id') ?? known?.household_id ?? belongs.household_id,
    village_code: text('village_code') ?? known?.village_code ?? belongs.village_code,
    relation_to_head: text('relation_to_head') ?? known?.relation_to_head ?? null,
    name,
    pinyin: known?.name === name ? known.pinyin : '',
    initials: known?.name === name ? known.initials : '',
    sex: text('sex') ?? known?.sex ?? '9',
    birth_date: text('birth_date') ?? known?.birth_date ?? '',
    id_no: text('id_no') ?? known?.id_no ?? null,
    phone: text('phone') ?? known?.phone ?? null,
    contact_name: text('contact_name') ?? known?.contact_name ?? null,
    contact_phone: text('contact_phone') ?? known?.contact_phone ?? null,
    mother_id: text('mother_id') ?? known?.mother_id ?? null,
    origin_submission_id: known?.origin_submission_id ?? null,
    status: text('status') ?? known?.status ?? '1',
    merged_into: known?.merged_into ?? null,
    programmes: known?.programmes ?? [],
    details: { ...known?.details, ...rest },
  }
}

/** Children of a delivery notice: known on this phone before the server has heard of them. */
export function newborns(submissionId: string, rows: readonly Answers[], mother: Resident, deliveredOn: string): Resident[] {
  return rows.map((row, i) => {
    const given = row['name']
    return {
      id: newbornId(submissionId, i),
      household_id: mother.household_id,
      village_code: mother.village_code,
      relation_to_head: null,
      name: typeof given === 'string' && given !== '' ? given : `${mother.name}之${row['sex'] === '2' ? '女' : row['sex'] === '1' ? '子' : '婴'}`,
      pinyin: '',
      initials: '',
      sex: typeof row['sex'] === 'string' ? row['sex'] : '9',
      birth_date: typeof row['birth_date'] === 'string' ? row['birth_date'] : deliveredOn,
      id_no: null,
      phone: null,
      contact_name: mother.name,
      contact_phone: mother.phone,
      mother_id: mother.id,
      origin_submission_id: submissionId,
      status: '1',
      merged_into: null,
      programmes: [],
      details: {},
    }
  })
}

/** Outcomes that change the resident (forms.md §0.1): 3 died, 5 moved out. */
export function afterOutcome(resident: Resident, outcome: Json | undefined): Resident {
  if (outcome === '3') return { ...resident, status: '4' }
  return outcome === '5' ? { ...resident, status: '2' } : resident
}
