/**
 * What a form is. The shapes are those of `schemas/meta/{form,ui,codes}.schema.json`, joined into one
 * immutable bundle by publishing (docs/decisions/0002).
 */
import type { Answers, Json, Text } from '../api/wire'

export type Source = 'spec' | 'secondary' | 'unverified' | 'engineering'
export type Condition = true | string
export type SubjectKind = 'resident' | 'household' | 'area' | 'site'
export type JsonSchema = { readonly [keyword: string]: unknown }

export interface FormInfo {
  readonly key: string
  readonly version: number
  readonly title: Text
  readonly short_title?: Text
  readonly subject: SubjectKind
  readonly registers?: 'resident' | 'household' | 'site'
  readonly service?: string
  readonly programme?: string
  readonly visit_date: string
  readonly visit_mode?: string
  readonly visit_outcome?: string
  readonly offer?: string
  readonly family_link?: 'subject' | 'children'
  readonly for_each?: string
  readonly summary?: readonly string[]
  readonly registration_map?: Readonly<Record<string, string>>
  readonly source: Source
}

export interface Code {
  readonly code: string
  readonly label: Text
  readonly retired?: boolean
  readonly search?: string
  readonly columns?: Readonly<Record<string, string | readonly string[]>>
}
export interface CodeList {
  readonly name: string
  readonly codes: readonly Code[]
}

export type Control =
  | 'text' | 'long_text' | 'number' | 'date' | 'time' | 'datetime' | 'choice' | 'choices' | 'yes_no'
  | 'person' | 'persons' | 'photo' | 'signature' | 'barcode' | 'place' | 'area'
  | 'computed' | 'hidden'

export interface Prefill {
  readonly from: 'last' | 'resident' | 'household' | 'site' | 'sitting' | 'task'
  readonly field?: string
}
export interface Soft {
  readonly min?: number | string
  readonly max?: number | string
  readonly message?: Text
}
export interface FieldItem {
  readonly field: string
  readonly control: Control
  readonly label: Text
  readonly hint?: Text
  readonly unit?: string
  readonly codes?: string
  readonly only_codes?: readonly string[]
  readonly where?: Readonly<Record<string, string>>
  readonly exclusive?: readonly string[]
  readonly required?: Condition
  readonly required_message?: Text
  readonly visible?: Condition
  readonly compute?: string
  readonly default?: string
  readonly prefill?: Prefill
  readonly soft?: Soft
  readonly private?: boolean
  readonly max_count?: number
  readonly half?: boolean
}
export interface GroupItem {
  readonly group: string
  readonly label?: Text
  readonly visible?: Condition
  readonly unchanged?: boolean
  /** One tap 'asked, all is well': answers to questions of this group that are still open. */
  readonly usual?: Answers
  readonly items: readonly Item[]
}
export interface RepeatItem {
  readonly repeat: string
  readonly label: Text
  readonly row_label?: Text
  readonly visible?: Condition
  readonly required?: Condition
  readonly prefill?: Prefill
  readonly max?: number
  readonly items: readonly FieldItem[]
}
export interface NoteItem {
  readonly note: string
  readonly text: Text
  readonly tone?: 'info' | 'warn' | 'danger'
  readonly visible?: Condition
}
export type Item = FieldItem | GroupItem | RepeatItem | NoteItem
export interface Page {
  readonly id: string
  readonly title: Text
  readonly visible?: Condition
  readonly items: readonly Item[]
}
export interface Check {
  readonly id: string
  readonly check: string
  readonly level: 'hard' | 'soft'
  readonly fields: readonly string[]
  readonly in?: string
  readonly message: Text
}
export interface Ui {
  readonly pages: readonly Page[]
  readonly checks?: readonly Check[]
}

/** What `GET /forms/{key}/{version}` gives. */
export interface FormBundle {
  readonly key: string
  readonly version: number
  readonly form: FormInfo
  readonly schema: JsonSchema
  readonly ui: Ui
  readonly codes: Readonly<Record<string, CodeList>>
}

/** What expressions may read beside the fields (0002). */
export interface FormContext {
  /** Day of finalising, in China. */
  readonly today: string
  readonly resident_birth_date?: string | undefined
  readonly resident_sex?: string | undefined
  readonly resident_programmes?: readonly string[] | undefined
}

/** `path` is `sbp` or `medications.0.dose_unit`; `message` only where the form itself words it. */
export interface FormViolation {
  readonly path: string
  readonly code: string
  readonly message?: Text
  readonly limit?: number | string
}

export interface Defect {
  readonly path: string
  readonly source: string
  readonly message: string
}

/** A soft warning: the doctor looks again and confirms the path. */
export interface Warning {
  readonly path: string
  readonly id: string
  readonly message: Text | null
  readonly fields: readonly string[]
  readonly limits?: Soft
}

/** Everything the form says about a set of answers. */
export interface Evaluation {
  /** As they would be recorded: shown fields only, computed ones filled in, unanswered ones absent. */
  readonly answers: Answers
  /** Shown paths; pages, groups and notes as `page:vitals`, `group:x`, `note:x`. */
  readonly shown: ReadonlySet<string>
  readonly required: ReadonlySet<string>
  /** By path of a shown field with a `where`: the codes that are offered now. */
  readonly codesOffered: ReadonlyMap<string, ReadonlySet<string>>
  /** Answers given to hidden fields. They stay in a draft and never leave the phone. */
  readonly hidden: readonly string[]
  /** Computed fields whose given value differs from the computed one. */
  readonly miscomputed: readonly string[]
  readonly failed: readonly FormViolation[]
  readonly warnings: readonly Warning[]
  readonly defects: readonly Defect[]
}

export function isField(item: Item): item is FieldItem {
  return 'field' in item
}
export function isGroup(item: Item): item is GroupItem {
  return 'group' in item
}
export function isRepeat(item: Item): item is RepeatItem {
  return 'repeat' in item
}

/** True when nobody answered: absent, null, an empty text or an empty list. */
export function isBlank(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
