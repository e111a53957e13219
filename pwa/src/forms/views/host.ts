/**
 * What a form on a screen asks of the entry that shows it: the phone's draft, or a preview at the desk.
 * The entry provides `HOST`; everything below it renders and never knows where it stands.
 */
import { inject, type Component, type InjectionKey, type Ref } from 'vue'
import type { Picture } from '../../attachments/model'
import type { Answers, Fix, FixState, Json } from '../../api/wire'
import type { Evaluation, FormViolation } from '../model'
import type { CompiledForm } from '../rules/compile'

/** The form as it stands after the last key press. */
export interface Sheet {
  readonly form: CompiledForm
  /** As typed, hidden answers too; `evaluation.answers` is what would be recorded. */
  readonly answers: Answers
  readonly evaluation: Evaluation
  readonly violations: readonly FormViolation[]
  /** Paths whose soft warnings the doctor confirmed. */
  readonly confirmed: readonly string[]
  /** Fields the township asks to look at again. */
  readonly marked: readonly string[]
  /** Values behind a group's one tap, by `group:<name>`. */
  readonly offered: Readonly<Record<string, Answers>>
  readonly readOnly: boolean
}

export interface Choice {
  readonly code: string
  readonly label: string
  readonly search?: string
}

/** Where the pictures of a form are kept; the answer is what `keep` returns. */
export interface Pictures {
  readonly keep: (picture: Picture) => Promise<string>
  /** Null: it is no longer on this phone, or never was. */
  readonly read: (sha256: string) => Promise<Picture | null>
}

export interface FormHost {
  readonly sheet: Readonly<Ref<Sheet | null>>
  readonly position: Readonly<Ref<{ readonly fix: Fix | null; readonly state: FixState }>>
  /** Stands below a note of danger: whom to call. */
  readonly help: Component | null
  readonly today: () => string
  readonly villages: () => readonly Choice[]
  /** Who may be named by a `person` field. */
  readonly members: () => readonly Choice[]
  readonly setAnswer: (path: string, value: Json) => void
  readonly addRow: (repeat: string) => void
  readonly removeRow: (repeat: string, index: number) => void
  readonly takeUnchanged: (group: string) => void
  /** @param group `group:<name>`, whose open questions get these answers */
  readonly takeUsual: (group: string, usual: Answers) => void
  readonly confirm: (path: string) => void
  /** Absent: this entry takes no pictures. */
  readonly pictures?: Pictures
}

export const HOST: InjectionKey<FormHost> = Symbol('who shows the form')
/** Pages whose missing answers are shown. */
export const TRIED: InjectionKey<Ref<ReadonlySet<string>>> = Symbol('pages tried')

export function useHost(): FormHost {
  const host = inject(HOST)
  if (!host) throw new Error('a form needs an entry that provides HOST')
  return host
}
