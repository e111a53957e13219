/** Doses that a child's records name: given ones only, each vaccine and day once. */
import type { Answers } from '../../api/wire'
import { newbornId } from '../../kernel/ids'
import type { GivenDose } from '../model'

interface Named {
  readonly id: string
  readonly state: string
  readonly form: { readonly key: string }
  readonly answers: Answers
}

function text(value: Answers[string] | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** A row of the delivery notice: what its child was given at birth. */
function atBirth(record: Named, child: string): GivenDose[] {
  const rows = Array.isArray(record.answers['newborns']) ? (record.answers['newborns'] as Answers[]) : []
  const row = rows.find((_, i) => newbornId(record.id, i) === child)
  return [
    ...(row?.['hepb1'] === '1' ? [{ vaccine: 'HepB', on: text(row['hepb1_date']) }] : []),
    ...(row?.['bcg'] === '1' ? [{ vaccine: 'BCG', on: text(row['bcg_date']) }] : []),
  ]
}

/** The vaccination form writes one dose; the newborn visit those given at birth (code 1: given). */
function named(record: Named, child: string): GivenDose[] {
  const { answers } = record
  const form = record.form.key
  if (form === 'delivery_notice') return atBirth(record, child)
  if (form === 'vaccination') {
    const given = (answers['vacc_result'] ?? '1') === '1'
    return given ? [{ vaccine: text(answers['vaccine_code']), on: text(answers['vacc_date']) }] : []
  }
  if (form !== 'newborn_visit') return []
  return [
    ...(answers['vacc_hepb1'] === '1' ? [{ vaccine: 'HepB', on: text(answers['vacc_hepb1_date']) }] : []),
    ...(answers['vacc_bcg'] === '1' ? [{ vaccine: 'BCG', on: text(answers['vacc_bcg_date']) }] : []),
  ]
}

/** @param records of the child, and of its mother */
export function dosesOf(records: readonly Named[], child: string): GivenDose[] {
  const found = records
    .filter((r) => r.state !== 'rejected' && r.state !== 'voided')
    .flatMap((r) => named(r, child))
    .filter((dose) => dose.vaccine !== '' && dose.on !== '')
  return [...new Map(found.map((dose) => [`${dose.vaccine} ${dose.on}`, dose])).values()]
}
