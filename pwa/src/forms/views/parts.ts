/**
 * The sheet in parts. At a key press the sheet is new and most of it is not: whoever reads a part is asked
 * again only when that part came out other, and of the answers only when the one that was read did.
 */
import { inject, provide, shallowReactive, shallowRef, watch, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import type { Answers, Json } from '../../api/wire'
import type { Evaluation } from '../model'
import { getAt } from '../rules/filling'
import type { Sheet } from './host'

export interface Parts
  extends Omit<Sheet, 'form' | 'evaluation' | 'answers'>, Pick<Evaluation, 'shown' | 'required' | 'codesOffered' | 'warnings'> {
  readonly form: Sheet['form'] | null
  /** As they would be recorded, computed ones among them. */
  readonly recorded: Answers
  /** What was typed at a path; null where nothing was. */
  readonly typed: (path: string) => Json
  /** Another page is shown: answers read on the last one are no longer followed. */
  readonly turned: () => void
}

const PARTS: InjectionKey<Parts> = Symbol('the sheet in parts')
const CLOSED: Omit<Parts, 'typed' | 'turned'> = {
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

function partsOf(sheet: Sheet): Omit<Parts, 'typed' | 'turned'> {
  const { form, violations, confirmed, marked, offered, readOnly } = sheet
  const { answers: recorded, shown, required, codesOffered, warnings } = sheet.evaluation
  return { form, recorded, shown, required, codesOffered, warnings, violations, confirmed, marked, offered, readOnly }
}

/** For as long as the calling component, or scope, is there. */
export function inParts(sheet: Readonly<Ref<Sheet | null>>): Parts {
  let answers: Answers = {}
  // A form has a hundred answers and a page a dozen: only those that somebody reads are followed.
  const read = new Map<string, ShallowRef<Json>>()
  const typed = (path: string): Json => {
    const [name = ''] = path.split('.')
    const answer = read.get(name) ?? shallowRef(answers[name] ?? null)
    read.set(name, answer)
    return getAt({ [name]: answer.value }, path)
  }
  const turned = (): void => { read.clear() }
  const parts = shallowReactive({ ...CLOSED, typed, turned })
  const take = (now: Sheet | null): void => {
    Object.assign(parts, now ? partsOf(now) : CLOSED)
    answers = now?.answers ?? {}
    for (const [name, answer] of read) answer.value = answers[name] ?? null
  }
  // At once: whoever gave an answer may read it in the same breath.
  watch(sheet, take, { immediate: true, flush: 'sync' })
  return parts
}

/** For everything inside the calling component. */
export function provideParts(sheet: Readonly<Ref<Sheet | null>>): Parts {
  const parts = inParts(sheet)
  provide(PARTS, parts)
  return parts
}

export function useParts(): Parts {
  const parts = inject(PARTS)
  if (!parts) throw new Error('a field stands on the pages of a form')
  return parts
}
