/** A warning while a new resident is typed: this may be somebody who is known (DESIGN §6, same person). */
import { idNoValid, normaliseIdNo } from '../../kernel/identity'
import type { Person } from '../model'

export interface Likely {
  readonly resident: Person
  readonly why: 'id_no' | 'name_birth_village'
}

export interface Newcomer {
  readonly id?: string
  readonly name?: string
  readonly birth_date?: string
  readonly village_code?: string | null
  readonly id_no?: string
}

/** Residents that may be the same person; the machine warns, the doctor decides. */
export function likelySame(newcomer: Newcomer, known: Iterable<Person>): Likely[] {
  const id = newcomer.id_no !== undefined && idNoValid(newcomer.id_no) ? normaliseIdNo(newcomer.id_no) : null
  const name = newcomer.name?.normalize('NFKC').trim()
  const found: Likely[] = []
  for (const resident of known) {
    if (resident.id === newcomer.id || resident.merged_into !== null) continue
    if (id !== null && resident.id_no === id) found.push({ resident, why: 'id_no' })
    else if (
      name !== undefined && name !== '' && resident.name === name &&
      resident.birth_date === newcomer.birth_date && resident.village_code === newcomer.village_code
    ) found.push({ resident, why: 'name_birth_village' })
  }
  return found
}
