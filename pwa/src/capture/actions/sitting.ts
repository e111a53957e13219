/** The sitting in a house: what was done there just now, and what the next form need not ask again. */
import type { Answers, Fix } from '../../api/wire'
import type { FormInfo } from '../../forms/model'
import type { Draft, FinishedForm } from '../../submissions/model'
import { loadFinished, rememberFinished } from '../../submissions/store'
import { sharedOf, SITTING_MS, type Piece, type Shared } from '../rules/sitting'
import { db, now, unlocked } from './phone'
import { bundleOf, drafts } from './world'

/** What was finished in this house within the last hours, oldest first. */
export async function finishedAt(householdId: string): Promise<FinishedForm[]> {
  const known = await loadFinished(db, unlocked())
  return known.filter((one) => one.household_id === householdId && now() - one.at < SITTING_MS)
}

/** Keeps what the next form in this house need not ask again. */
export async function noteFinished(draft: Draft, answers: Answers, fix: Fix | null): Promise<void> {
  const householdId = draft.household_id ?? (draft.subject.kind === 'household' ? draft.subject.id : null)
  if (householdId === null || draft.base !== null) return
  const { id, form, subject, sitting_id } = draft
  await rememberFinished(db, unlocked(), { id, form, subject, household_id: householdId, sitting_id, answers, fix, at: now() }, now() - SITTING_MS)
}

/** What the forms of this house have in common today. Nobody's house: nothing. */
export async function sharedAt(householdId: string | null): Promise<Shared> {
  const info = (form: Piece['form']): FormInfo | null => bundleOf(form.key, form.version)?.form ?? null
  if (householdId === null) return sharedOf([], info, now())
  const here = drafts.value.filter((draft) => draft.household_id === householdId && draft.base === null)
  const begun = here.map(({ form, sitting_id, answers, fix, updated_at }): Piece => ({ form, sitting_id, answers, fix, at: updated_at }))
  return sharedOf([...(await finishedAt(householdId)), ...begun].sort((a, b) => a.at - b.at), info, now())
}
