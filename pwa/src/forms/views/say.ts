/** What is wrong, and what to look at again, in the language of the screen. */
import type { FormBundle, FormViolation, Warning } from '../model'
import { labelsAt } from '../rules/show'
import { words } from '../../locales/forms'
import { pick } from '../../locales/locale'

export function violationText(violation: FormViolation): string {
  if (violation.message) return pick(violation.message)
  const say = words.value.violation
  const limit = String(violation.limit ?? '')
  switch (violation.code) {
    case 'minimum':
      return say.minimum(limit)
    case 'maximum':
      return say.maximum(limit)
    case 'required':
    case 'type':
    case 'length':
    case 'pattern':
    case 'format':
    case 'enum':
    case 'exclusive':
      return say[violation.code]
    default:
      return say.other
  }
}

/** Why the doctor should look again. */
export function warningText(warning: Warning): string {
  if (warning.message) return pick(warning.message)
  const { min, max } = warning.limits ?? {}
  const say = words.value
  if (typeof min === 'number' && typeof max === 'number') return say.outside(String(min), String(max))
  if (typeof min === 'number') return say.outsideLow(String(min))
  return typeof max === 'number' ? say.outsideHigh(String(max)) : say.pleaseCheck
}

/** `medications.0.dose_unit` as it is called on the screen. */
export function pathText(bundle: FormBundle, path: string): string {
  const steps = labelsAt(bundle, path)
  return steps.map((step) => (typeof step === 'number' ? words.value.row(step + 1) : pick(step))).join(' · ') || path
}
