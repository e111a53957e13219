/** Beginning a form: for a task, for a resident or household, as a correction, or as a registration. */
import type { Answers, Json, Subject, Task } from '../../api/wire'
import type { FormBundle } from '../../forms/model'
import { contextOf } from '../../forms/rules/show'
import { newId } from '../../kernel/ids'
import { isoWithOffset } from '../../kernel/clock'
import { readQueued } from '../../outbox/store/queue'
import type { Draft, Visit } from '../../submissions/model'
import { saveDraft } from '../../submissions/store'
import { db, facts, now, unlocked } from './phone'
import { givenBy } from '../rules/sitting'
import { sharedAt } from './sitting'
import { bundleOf, canShow, drafts, nowBegun, ready, theWorld, today, visitsOf } from './world'

/** This phone does not have the form, or only in a version that this app cannot show. */
export class FormLacking extends Error {
  constructor(form: string) {
    super(`no form ${form} that this phone can show`)
    this.name = 'FormLacking'
  }
}

function formToFill(key: string, version?: number): FormBundle {
  const bundle = bundleOf(key, version)
  if (!bundle || !canShow(bundle)) throw new FormLacking(key)
  return bundle
}

export interface Beginning {
  readonly form: string
  readonly subject: Subject
  readonly household_id: string | null
  readonly village_code: string
  readonly task?: Task | undefined
  /** First values that win over prefill: what the place where the form was opened already says. */
  readonly given?: Answers | undefined
}

/** Where a subject of this phone stands: an area in itself. */
export function standing(subject: Subject): Pick<Beginning, 'household_id' | 'village_code'> {
  const { residents, households } = theWorld().people
  if (subject.kind === 'area') return { household_id: null, village_code: subject.id }
  if (subject.kind === 'site') return { household_id: null, village_code: theWorld().sites.get(subject.id)?.village_code ?? '' }
  if (subject.kind === 'household') return { household_id: subject.id, village_code: households.get(subject.id)?.village_code ?? '' }
  const resident = residents.get(subject.id)
  return { household_id: resident?.household_id ?? null, village_code: resident?.village_code ?? '' }
}

async function lastAnswers(subject: Subject, form: string): Promise<Answers | null> {
  const service = bundleOf(form)?.form.service
  const visits = await visitsOf([subject.id])
  const same = visits.find((visit) => {
    if (visit.state === 'rejected' || visit.state === 'voided') return false
    return visit.form.key === form || (service !== undefined && bundleOf(visit.form.key, visit.form.version)?.form.service === service)
  })
  return same?.answers ?? null
}

/** A draft of the same form for the same subject is taken up again. */
function unfinished(what: Beginning): Draft | undefined {
  return drafts.value.find((d) => d.form.key === what.form && d.subject.id === what.subject.id && d.base === null)
}

/**
 * @returns the id of the draft
 * @throws FormLacking
 */
export async function begin(what: Beginning): Promise<string> {
  const waiting = unfinished(what)
  if (waiting) return waiting.id
  const bundle = formToFill(what.form)
  const { residents, households } = theWorld().people
  const [shared, last, { firstValues }] = await Promise.all([
    sharedAt(what.household_id),
    lastAnswers(what.subject, what.form),
    import('../../forms/rules/fill'), // with the form's screen, not before
  ])
  const first = firstValues(ready(bundle), {
    last,
    resident: residents.get(what.subject.id) ?? null,
    household: households.get(what.household_id ?? what.subject.id) ?? null,
    site: theWorld().sites.get(what.subject.id) ?? null,
    sitting: shared.answers,
    task: what.task ?? null,
  })
  const answers = { ...first.answers, ...givenBy(shared, bundle), ...what.given }
  return keep({
    confirmed: {},
    form: { key: bundle.form.key, version: bundle.form.version },
    subject: what.subject,
    household_id: what.household_id,
    village_code: what.village_code,
    answers,
    touched: Object.keys(answers),
    offered: first.offered,
    page: bundle.ui.pages[0]?.id ?? '',
    sitting_id: shared.sitting_id ?? newId(),
    task_id: what.task?.id ?? null,
    base: null,
    returned: null,
    fix: shared.fix,
  })
}

type Fresh = Omit<Draft, 'id' | 'started_at' | 'updated_at' | 'seconds'>

async function keep(fresh: Fresh): Promise<string> {
  const at = now()
  const draft: Draft = { ...fresh, id: newId(), started_at: isoWithOffset(at), updated_at: at, seconds: {} }
  await saveDraft(db, unlocked(), draft)
  nowBegun(draft)
  return draft.id
}

interface Former {
  readonly form: Draft['form']
  readonly subject: Subject
  readonly answers: Answers
  readonly confirmed: readonly string[]
}

async function again(former: Former, base: Draft['base'], returned: Draft['returned']): Promise<string> {
  const [{ editable }, { confirmedBefore }] = await Promise.all([import('../../forms/rules/fill'), import('../../forms/rules/filling')])
  const bundle = formToFill(former.form.key, former.form.version)
  const form = ready(bundle)
  const answers = editable(form, former.answers)
  const marked = new Set((returned?.fields ?? []).map((path) => path.split('.')[0]))
  const resident = theWorld().people.residents.get(former.subject.id) ?? null
  // What the township asks about is to be looked at again.
  const sure = former.confirmed.filter((path) => !marked.has(path.split('.')[0]))
  const page = bundle.ui.pages.find((p) => [...marked].some((name) => JSON.stringify(p.items).includes(`"${name ?? ''}"`)))
  return keep({
    ...standing(former.subject),
    form: former.form,
    subject: former.subject,
    answers,
    confirmed: confirmedBefore(form, answers, sure, contextOf(today(), resident)),
    touched: Object.keys(answers),
    offered: {},
    page: (page ?? bundle.ui.pages[0])?.id ?? '',
    sitting_id: null,
    task_id: null,
    base,
    returned,
    fix: null,
  })
}

/**
 * A correction: a new version of what was sent, with the fields the township asked about marked.
 *
 * @throws FormLacking
 */
export async function beginCorrection(visit: Visit): Promise<string> {
  const waiting = drafts.value.find((d) => d.base?.submission_id === visit.id)
  if (waiting) return waiting.id
  const returned = visit.returned && { fields: visit.returned.fields, reason: visit.returned.reason }
  return again(visit, { submission_id: visit.id, version_id: visit.version_id }, returned)
}

/**
 * A refused record, corrected and sent anew. The refused one stays where it is. Null: its copy is gone.
 *
 * @throws FormLacking
 */
export async function beginAnew(envelopeId: string): Promise<string | null> {
  const content = await readQueued(db, unlocked(), envelopeId)
  if (!content) return null
  const base = content.base_version_id === null ? null : { submission_id: content.submission_id, version_id: content.base_version_id }
  return again(content, base, null)
}

/** A new household of a village. */
export function registerHousehold(village: string): Promise<string> {
  const id = newId()
  return begin({ form: 'household', subject: { kind: 'household', id }, household_id: id, village_code: village, given: { village_code: village } })
}

/** A new site of a village. */
export function registerSite(village: string): Promise<string> {
  const subject = { kind: 'site', id: newId() } as const
  return begin({ form: 'site', subject, household_id: null, village_code: village, given: { village_code: village } })
}

/** A new resident of a household. */
export function registerResident(householdId: string, given: { [field: string]: Json } = {}): Promise<string> {
  const household = theWorld().people.households.get(householdId)
  const village = household?.village_code ?? ''
  return begin({
    form: 'resident',
    subject: { kind: 'resident', id: newId() },
    household_id: householdId,
    village_code: village,
    given: { household_id: householdId, village_code: village, ...given },
  })
}

export function workerId(): string {
  return facts.value?.account.id ?? ''
}
