/** What a previewed form would make due, by the rules that are published now. Nothing is kept. */
import type { Programme } from '../../followups/model'
import type { FormTypes } from '../../followups/rules/compile'
import { servicesInTime, type ServiceInTime } from '../../followups/rules/in_time'
import { plan, type Planned } from '../../followups/rules/plan'
import type { FormBundle } from '../../forms/model'
import { formTypes } from '../../forms/rules/compile'
import type { Sheet } from '../../forms/views/host'
import { ExpressionDefect } from '../../kernel/expressions'
import type { Invented } from './preview_state'

const SUBJECT = '0197aaaa-0000-7000-8000-000000000000'
const SUBMISSION = '0197bbbb-0000-7000-8000-000000000000'

/** Services whose rules read this form; those the draft does not fit any more are left out. */
export function servicesOf(draft: FormBundle, programmes: readonly Programme[], others: ReadonlyMap<string, FormBundle>): ServiceInTime[] {
  const types = (key: string): FormTypes | null => {
    const bundle = key === draft.key ? draft : others.get(key)
    return bundle ? formTypes(bundle) : null
  }
  return servicesInTime(programmes, types, (make) => {
    try {
      return make()
    } catch (error) {
      if (error instanceof ExpressionDefect) return null
      throw error
    }
  }).filter((service) => service.newest.sections.has(draft.key))
}

export function following(services: readonly ServiceInTime[], sheet: Sheet, on: Invented, today: string): Planned {
  const { form, evaluation } = sheet
  const day = evaluation.answers[form.bundle.form.visit_date]
  const visit_date = typeof day === 'string' ? day : today
  const kind = form.bundle.form.subject
  const record = { submission_id: SUBMISSION, form: form.bundle.key, visit_date, finalised_at: `${visit_date}T02:00:00.000Z`, answers: evaluation.answers }
  const concern = {
    subject: { kind, id: SUBJECT, birth_date: on.birth_date, sex: on.sex, programmes: on.programmes },
    household_id: null,
    village_code: '',
    records: [record],
    open: [],
  }
  return plan(services, [concern], () => () => ({}), SUBMISSION, new Map(), today)
}
