/**
 * The sheet in parts. At a key press the sheet is new and most of it is not: whoever reads a part is asked
 * again only when that part came out other, and of the answers only when the one that was read did.
 */
import { inject, provide, shallowReactive, watch, type InjectionKey, type Ref } from 'vue'
import type { Answers } from '../../api/wire'
import type { Evaluation } from '../model'
import type { Sheet } from './host'

export interface Parts
  extends Omit<Sheet, 'form' | 'evaluation'>, Pick<Evaluation, 'shown' | 'required' | 'codesOffered' | 'warnings'> {
  readonly form: Sheet['form'] | null
  /** As they would be recorded, computed ones among them. */
  readonly recorded: Answers
}

const PARTS: InjectionKey<Parts> = Symbol('the sheet in parts')
const CLOSED: Omit<Parts, 'answers'> = {
  form: null,
  recorded: {},
  shown: new Set(),
  required: new Set(),
  codesOffered: new Map(),
  warnings: [],
  violations: [],
  confirmed: [],
  marked: [],
  offered: {},
  readOnly: true,
}

function partsOf(sheet: Sheet): Omit<Parts, 'answers'> {
  const { form, violations, confirmed, marked, offered, readOnly } = sheet
  const { answers: recorded, shown, required, codesOffered, warnings } = sheet.evaluation
  return { form, recorded, shown, required, codesOffered, warnings, violations, confirmed, marked, offered, readOnly }
}

/** For everything inside the calling component. */
export function provideParts(sheet: Readonly<Ref<Sheet | null>>): Parts {
  const answers = shallowReactive<Answers>({})
  const parts = shallowReactive({ ...CLOSED, answers })
  let before: Answers = {}
  const take = (now: Sheet | null): void => {
    Object.assign(parts, now ? partsOf(now) : CLOSED)
    const typed = now?.answers ?? {}
    for (const name of Object.keys(before)) if (!Object.hasOwn(typed, name)) Reflect.deleteProperty(answers, name)
    for (const name of Object.keys(typed)) if (typed[name] !== before[name]) answers[name] = typed[name] ?? null
    before = typed
  }
  // At once: whoever gave an answer may read it in the same breath.
  watch(sheet, take, { immediate: true, flush: 'sync' })
  provide(PARTS, parts)
  return parts
}

export function useParts(): Parts {
  const parts = inject(PARTS)
  if (!parts) throw new Error('a field stands on the pages of a form')
  return parts
}
