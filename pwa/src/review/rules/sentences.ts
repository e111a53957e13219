/** Violations, doubts and evidence as sentences in the language of the screen. */
import type { Flag, Json, Text, Violation } from '../../api/wire'
import type { FormBundle } from '../../forms/model'
import { pick } from '../../locales/locale'
import { words } from '../../locales/review'
import { checkOf } from './layout'

export function violationSentence(bundle: FormBundle, violation: Violation): string {
  const kind = violation.code.split(':')[0] ?? ''
  const say = words.value.violations[kind]
  if (!say) return words.value.otherViolation(violation.code)
  const message: Text | undefined = violation.message ?? checkOf(bundle, violation)?.message
  const { limit } = violation
  const known = typeof limit === 'number' || typeof limit === 'string' ? { limit: String(limit) } : {}
  return say({ ...known, ...(message ? { message: pick(message) } : {}) })
}

/** The parts of a flag's evidence that have words and are not yet said in its sentence. */
export function evidenceOf(flag: Flag): string[] {
  const said = pick(flag.text)
  return Object.entries(flag.evidence).flatMap(([name, value]) => {
    const say = words.value.evidence[name]
    const written = write(value)
    return say && written !== null && !said.includes(written) ? [say(written)] : []
  })
}

/** Other submissions a flag points at, to be opened beside. */
export function othersOf(flag: Flag): string[] {
  const { submission_ids: ids } = flag.evidence
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []
}

function write(value: Json): string | null {
  if (typeof value === 'number') return String(Math.round(value * 10) / 10)
  return typeof value === 'string' && value !== '' ? value : null
}
