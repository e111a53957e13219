/** A form on the desk that nobody keeps: typed, looked at, thrown away. */
import { computed, ref, shallowRef, type ComputedRef, type Ref } from 'vue'
import type { FormBundle, FormContext } from '../../forms/model'
import { compileForm, type CompiledForm } from '../../forms/rules/compile'
import { look, withAnswer, withConfirmed, withNewRow, withoutRow, withUnchanged, withUsual, type Filling } from '../../forms/rules/filling'
import type { FormHost, Sheet } from '../../forms/views/host'

/** Whom the form is tried on: nobody real. */
export interface Invented {
  birth_date: string
  sex: string
  programmes: string[]
}

export interface PreviewState {
  readonly host: FormHost
  readonly sheet: ComputedRef<Sheet>
  readonly page: Ref<string>
}

const EMPTY: Filling = { answers: {}, confirmed: {}, touched: [], offered: {} }
const NOTHING: readonly string[] = []
const MEMBER = '0197aaaa-0000-7000-8000-0000000000'

/** @throws ExpressionDefect when the form's expressions are not known to this app */
export function preview(bundle: FormBundle, on: Ref<Invented>, today: string): PreviewState {
  const form: CompiledForm = compileForm(bundle)
  const filling = shallowRef<Filling>(EMPTY)
  const page = ref(bundle.ui.pages[0]?.id ?? '')
  const context = computed<FormContext>(() =>
    bundle.form.subject === 'resident' && bundle.form.registers === undefined
      ? { today, resident_birth_date: on.value.birth_date, resident_sex: on.value.sex, resident_programmes: on.value.programmes }
      : { today },
  )
  const sheet = computed<Sheet>(() => {
    const looked = look(form, filling.value, context.value, today)
    return { form, ...looked, marked: NOTHING, offered: filling.value.offered, readOnly: false }
  })
  const change = (edit: (now: Filling) => Filling): void => {
    filling.value = edit({ ...filling.value, answers: sheet.value.answers })
  }
  const host: FormHost = {
    sheet,
    position: ref({ fix: { lng: 109.702, lat: 27.445, accuracy_m: 8, fixed_at: `${today}T00:00:00Z`, coord_sys: 'WGS-84' }, state: 'fixed' }),
    help: null,
    today: () => today,
    villages: () => [{ code: '469999101201', label: '·' }],
    members: () => ['01', '02'].map((end) => ({ code: MEMBER + end, label: `· ${end}` })),
    setAnswer: (path, value) => {
      change((now) => withAnswer(now, path, value))
    },
    addRow: (repeat) => {
      change((now) => withNewRow(now, form, repeat, sheet.value.evaluation, context.value))
    },
    removeRow: (repeat, index) => {
      change((now) => ({ ...now, answers: withoutRow(now.answers, repeat, index) }))
    },
    takeUnchanged: (group) => {
      change((now) => withUnchanged(now, group))
    },
    takeUsual: (_group, usual) => {
      change((now) => withUsual(now, usual, sheet.value.evaluation.shown))
    },
    confirm: (path) => {
      change((now) => withConfirmed(now, path, sheet.value.evaluation))
    },
  }
  return { host, sheet, page }
}
