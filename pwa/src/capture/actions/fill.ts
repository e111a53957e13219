/** The form that is open: answers in, evaluation out, a draft on disk within 300 ms. */
import { ref, shallowRef } from 'vue'
import type { Answers, Json } from '../../api/wire'
import type { FormBundle, FormContext, Evaluation, FormViolation } from '../../forms/model'
import type { CompiledForm } from '../../forms/rules/compile'
import { look as lookAt, withAnswer, withConfirmed, withNewRow, withoutRow, withUnchanged, withUsual } from '../../forms/rules/filling'
import { contextOf } from '../../forms/rules/show'
import { localDay } from '../../kernel/clock'
import type { Vault } from '../../kernel/vault'
import type { Person } from '../../residents/model'
import type { Draft } from '../../submissions/model'
import { discardDraft, loadDraft, saveDraft } from '../../submissions/store'
import { beforeLocking, db, now, unlocked, vaultOrNull } from './phone'
import { position, stopWatching, watchPosition } from './position'
import { bundleOf, canShow, ready, reloadDrafts, theWorld, today } from './world'

export interface OpenForm {
  readonly draft: Draft
  readonly form: CompiledForm
  readonly context: FormContext
  /** On which the draft was begun: `today` of its defaults. */
  readonly firstDay: string
  readonly evaluation: Evaluation
  /** Paths whose soft warnings the doctor confirmed. */
  readonly confirmed: readonly string[]
  readonly violations: readonly FormViolation[]
  /** Another tab has it open. */
  readonly readOnly: boolean
}

export const open = shallowRef<OpenForm | null>(null)
/** What could not be saved is still on the screen: the doctor must know. */
export const saveTrouble = ref<unknown>(null)

const SAVE_AFTER_MS = 300
let timer: ReturnType<typeof setTimeout> | undefined
let saving: Promise<void> | undefined
let enteredAt = 0
let release: (() => void) | null = null

function look(draft: Draft, at: Pick<OpenForm, 'form' | 'context' | 'firstDay' | 'readOnly'>): OpenForm {
  const { form, context, firstDay, readOnly } = at
  const { answers, ...looked } = lookAt(form, draft, context, firstDay)
  return { draft: answers === draft.answers ? draft : { ...draft, answers }, form, context, firstDay, ...looked, readOnly }
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

/** A page that is hidden may be frozen or killed before its timers come round. */
function saveWhenHidden(): void {
  if (document.visibilityState === 'hidden') void save()
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
  const firstDay = localDay(Date.parse(draft.started_at))
  open.value = look(draft, { form: ready(bundle), context: contextOf(today(), resident), firstDay, readOnly: !free })
  enteredAt = now()
  watchPosition(draft.fix)
  document.addEventListener('visibilitychange', saveWhenHidden)
  beforeLocking(leaveForm)
  return 'open'
}

/** Looks once at the empty form: what a phone runs for the first time takes it several times as long. */
export function rehearse(bundle: FormBundle, resident: Person | null): void {
  if (canShow(bundle)) lookAt(ready(bundle), { answers: {}, confirmed: {}, touched: [], offered: {} }, contextOf(today(), resident), today())
}

function change(edit: (draft: Draft) => Draft): void {
  const at = open.value
  if (!at || at.readOnly) return
  open.value = look({ ...edit(at.draft), updated_at: now() }, at)
  timer ??= setTimeout(saveAtRest, SAVE_AFTER_MS)
}

/** One alarm for a run of key presses: setting a new one at each costs as much as looking at the form. */
function saveAtRest(): void {
  const rest = (open.value?.draft.updated_at ?? 0) + SAVE_AFTER_MS - now()
  if (rest > 0) timer = setTimeout(saveAtRest, Math.min(rest, SAVE_AFTER_MS))
  else void save()
}

/** Writes the draft now. What went wrong stays visible until a later save succeeds. */
export async function save(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  const at = open.value
  const vault = vaultOrNull()
  if (!at || at.readOnly || !vault) return
  saving = write(vault, { ...at.draft, fix: position.value.fix })
  await saving
}

async function write(vault: Vault, draft: Draft): Promise<void> {
  try {
    await saveDraft(db, vault, draft)
    saveTrouble.value = null
  } catch (error) {
    saveTrouble.value = error
  }
}

/**
 * Writes what is not written yet; on a page where nothing is typed there is nothing. A write under way is waited for:
 * it must not come after the form was finished.
 */
export async function saveWhatIsTyped(): Promise<void> {
  if (timer !== undefined || saveTrouble.value !== null) await save()
  else await saving
}

/** @param path `sbp` or `medications.0.drug_name` */
export function setAnswer(path: string, value: Json): void {
  change((draft) => withAnswer(draft, path, value))
}

export function addRow(repeat: string): void {
  const at = open.value
  if (!at) return
  change((draft) => withNewRow(draft, at.form, repeat, at.evaluation, at.context))
}

export function removeRow(repeat: string, index: number): void {
  change((draft) => ({ ...draft, answers: withoutRow(draft.answers, repeat, index) }))
}

/** One tap: everything of the group as it was last time. */
export function takeUnchanged(group: string): void {
  change((draft) => withUnchanged(draft, group))
}

/** One tap: this group was asked, and all is well. The record says that it was one tap. */
export function takeUsual(group: string, usual: Answers): void {
  const shown = open.value?.evaluation.shown ?? new Set<string>()
  change((draft) => ({ ...withUsual(draft, usual, shown), usual: [...new Set([...(draft.usual ?? []), group.replace('group:', '')])] }))
}

/** The doctor looked again and the value is right, for as long as it stays what it is. */
export function confirm(path: string): void {
  const evaluation = open.value?.evaluation
  if (evaluation) change((draft) => withConfirmed(draft, path, evaluation))
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
  timer = undefined
  document.removeEventListener('visibilitychange', saveWhenHidden)
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
