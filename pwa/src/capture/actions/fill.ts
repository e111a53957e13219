/** The form that is open: answers in, evaluation out, a draft on disk within 300 ms. */
import { ref, shallowRef } from 'vue'
import type { Answers, Json } from '../../api/wire'
import type { FormContext, Evaluation, FormViolation } from '../../forms/model'
import { isBlank } from '../../forms/model'
import type { CompiledForm } from '../../forms/rules/compile'
import { newRow, settled } from '../../forms/rules/fill'
import { contextOf, shownPages } from '../../forms/rules/show'
import { violations } from '../../forms/rules/validate'
import { localDay } from '../../kernel/clock'
import type { Draft } from '../../submissions/model'
import { discardDraft, loadDraft, saveDraft } from '../../submissions/store'
import { confirmedPaths, signatureOf, setAt, withoutRow } from '../rules/draft'
import { beforeLocking, db, now, unlocked, vaultOrNull } from './phone'
import { position, stopWatching, watchPosition } from './position'
import { bundleOf, canShow, ready, reloadDrafts, theWorld, today } from './world'

export interface OpenForm {
  readonly draft: Draft
  readonly form: CompiledForm
  readonly context: FormContext
  readonly evaluation: Evaluation
  readonly violations: readonly FormViolation[]
  /** Another tab has it open. */
  readonly readOnly: boolean
}

/** The page after the last one: what is missing, what the doctor is advised, and Finish. */
export const REVIEW = 'review_before_finish'

export const open = shallowRef<OpenForm | null>(null)
/** What could not be saved is still on the screen: the doctor must know. */
export const saveTrouble = ref<unknown>(null)

const SAVE_AFTER_MS = 300
let timer: ReturnType<typeof setTimeout> | undefined
let enteredAt = 0
let release: (() => void) | null = null

function look(draft: Draft, form: CompiledForm, context: FormContext, readOnly: boolean): OpenForm {
  const firstDay = localDay(Date.parse(draft.started_at))
  const { answers, evaluation } = settled(form, draft.answers, context, new Set(draft.touched), firstDay)
  const next = answers === draft.answers ? draft : { ...draft, answers }
  const found = violations(form, evaluation.answers, evaluation, confirmedPaths(next, evaluation.warnings))
  return { draft: next, form, context, evaluation, violations: found, readOnly }
}

/** Holds the draft for this tab; without Web Locks there is nobody to ask. */
async function hold(id: string): Promise<boolean> {
  release?.()
  release = null
  const locks = (navigator as Partial<Navigator>).locks
  if (!locks) return true
  return new Promise((resolve) => {
    void locks.request(`suifang-draft-${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      if (!lock) return undefined
      return new Promise<void>((done) => {
        release = done
      })
    })
  })
}

/** Opens a draft at the page where it was left, if there is one and its form can be shown. */
export async function openDraft(id: string): Promise<'open' | 'gone' | 'lacking'> {
  if (open.value?.draft.id === id) return 'open'
  await leaveForm()
  const draft = await loadDraft(db, unlocked(), id)
  const bundle = draft && bundleOf(draft.form.key, draft.form.version)
  if (!draft) return 'gone'
  if (!bundle || !canShow(bundle)) return 'lacking'
  const resident = theWorld().people.residents.get(draft.subject.id) ?? null
  const free = await hold(id)
  open.value = look(draft, ready(bundle), contextOf(today(), resident), !free)
  enteredAt = now()
  watchPosition(draft.fix)
  beforeLocking(leaveForm)
  return 'open'
}

function change(edit: (draft: Draft) => Draft): void {
  const at = open.value
  if (!at || at.readOnly) return
  open.value = look({ ...edit(at.draft), updated_at: now() }, at.form, at.context, false)
  clearTimeout(timer)
  timer = setTimeout(() => void save(), SAVE_AFTER_MS)
}

/** Writes the draft now. What went wrong stays visible until a later save succeeds. */
export async function save(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  const at = open.value
  const vault = vaultOrNull()
  if (!at || at.readOnly || !vault) return
  try {
    await saveDraft(db, vault, { ...at.draft, fix: position.value.fix })
    saveTrouble.value = null
  } catch (error) {
    saveTrouble.value = error
  }
}

/** @param path `sbp` or `medications.0.drug_name` */
export function setAnswer(path: string, value: Json): void {
  const name = path.split('.')[0] ?? path
  change((draft) => ({
    ...draft,
    answers: setAt(draft.answers, path, isBlank(value) ? null : value),
    touched: [...new Set([...draft.touched, name])],
  }))
}

export function addRow(repeat: string): void {
  const at = open.value
  if (!at) return
  const rows = at.draft.answers[repeat]
  const row = newRow(at.form, repeat, at.evaluation, at.context)
  setAnswer(repeat, [...(Array.isArray(rows) ? rows : []), row])
}

export function removeRow(repeat: string, index: number): void {
  change((draft) => ({ ...draft, answers: withoutRow(draft.answers, repeat, index) }))
}

/** One tap: everything of the group as it was last time. */
export function takeUnchanged(group: string): void {
  change((draft) => {
    const values: Answers = draft.offered[group] ?? {}
    return {
      ...draft,
      answers: { ...draft.answers, ...values },
      touched: [...new Set([...draft.touched, ...Object.keys(values)])],
    }
  })
}

/** The doctor looked again and the value is right, for as long as it stays what it is. */
export function confirm(path: string): void {
  const warning = open.value?.evaluation.warnings.filter((w) => w.path === path) ?? []
  change((draft) => ({ ...draft, confirmed: { ...draft.confirmed, [path]: signatureOf(draft.answers, warning) } }))
}

export function goTo(page: string): void {
  const seconds = Math.round((now() - enteredAt) / 1000)
  enteredAt = now()
  change((draft) => ({
    ...draft,
    page,
    seconds: { ...draft.seconds, [draft.page]: (draft.seconds[draft.page] ?? 0) + Math.max(0, Math.min(seconds, 3600)) },
  }))
  void save()
}

/** Pages now shown, with the review at the end. */
export function pageIds(at: OpenForm): string[] {
  return [...shownPages(at.form, at.evaluation).map((page) => page.id), REVIEW]
}

/** Puts the form away: saved, still a draft. */
export async function leaveForm(): Promise<void> {
  if (!open.value) return
  await save()
  close()
  await reloadDrafts()
}

/** The form is no longer open: it was finalised, or saved before. */
export function close(watching = false): void {
  clearTimeout(timer)
  if (!watching) stopWatching()
  release?.()
  release = null
  beforeLocking(null)
  open.value = null
}

/** Throws the draft away, on the doctor's word. */
export async function discard(): Promise<void> {
  const id = open.value?.draft.id
  close()
  if (id !== undefined) await discardDraft(db, id)
  await reloadDrafts()
}
