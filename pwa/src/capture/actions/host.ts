/** The phone as the host of a form: the open draft, the position, the members of the household. */
import { computed, type Component } from 'vue'
import type { FormHost } from '../../forms/views/host'
import { ageText } from '../say'
import { addRow, confirm, open, removeRow, setAnswer, takeUnchanged, takeUsual } from './fill'
import { pictures } from './pictures'
import { position } from './position'
import { villages } from './work'
import { theWorld, today } from './world'

/** One for all: a new list at each key press would be a change. */
const NOTHING: readonly string[] = []

const sheet = computed(() => {
  const at = open.value
  if (!at) return null
  const { form, evaluation, violations, confirmed, readOnly, draft } = at
  return { form, evaluation, violations, confirmed, readOnly, answers: draft.answers, offered: draft.offered, marked: draft.returned?.fields ?? NOTHING }
})

export function phoneHost(help: Component): FormHost {
  return {
    sheet,
    position,
    help,
    today,
    villages: () => villages().map((v) => ({ code: v.code, label: v.name })),
    members: () =>
      [...theWorld().people.residents.values()]
        .filter((r) => r.household_id === open.value?.draft.household_id && r.merged_into === null)
        .map((r) => ({ code: r.id, label: `${r.name} ${ageText(r.birth_date, today())}` })),
    setAnswer,
    addRow,
    removeRow,
    takeUnchanged,
    takeUsual,
    confirm,
    pictures,
  }
}
