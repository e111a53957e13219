/** Doses that a child's records name: given ones only, each vaccine and day once. */
import type { Answers } from '../../api/wire'
import type { GivenDose } from '../model'

interface Named {
  readonly state: string
  readonly form: { readonly key: string }
  readonly answers: Answers
}

function text(value: Answers[string] | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The vaccination form writes one dose; the newborn visit those given at birth (code 1: given). */
function named(form: string, answers: Answers): GivenDose[] {
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

export function dosesOf(records: readonly Named[]): GivenDose[] {
  const found = records
    .filter((r) => r.state !== 'rejected' && r.state !== 'voided')
    .flatMap((r) => named(r.form.key, r.answers))
    .filter((dose) => dose.vaccine !== '' && dose.on !== '')
  return [...new Map(found.map((dose) => [`${dose.vaccine} ${dose.on}`, dose])).values()]
}
