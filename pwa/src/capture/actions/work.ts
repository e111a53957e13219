/** What the lists show: names beside tasks, and the form with which a task is done. */
import { ref } from 'vue'
import type { Subject, Task, Text } from '../../api/wire'
import { formFor } from '../rules/today'
import { inForce } from '../../followups/rules/due'
import { contextOf } from '../../forms/rules/show'
import type { FormBundle } from '../../forms/model'
import type { Home, Person } from '../../residents/model'
import type { KnownSite } from '../../sites/model'
import { words } from '../../locales/capture'
import { pick } from '../../locales/locale'
import { serviceName, taskName } from '../../locales/services'
import { begin, FormLacking, standing } from './begin'
import { goto } from '../route'
import { allServices, bundleOf, offerHolds, theWorld, titleOfService, today } from './world'

export interface Whom {
  readonly name: string
  readonly resident: Person | null
  readonly household: Home | null
  readonly village_code: string
}

/** Whose task it is: somebody's, a household's, a village's or a site's. */
export function whomOf(task: Pick<Task, 'subject' | 'household_id'>): Whom {
  if (task.subject.kind === 'area') return { name: areaName(task.subject.id), resident: null, household: null, village_code: task.subject.id }
  if (task.subject.kind === 'site') {
    const site = theWorld().sites.get(task.subject.id)
    return { name: site?.name ?? '', resident: null, household: null, village_code: site?.village_code ?? '' }
  }
  const { residents, households } = theWorld().people
  const resident = residents.get(task.subject.id) ?? null
  const household = households.get(resident?.household_id ?? task.household_id ?? task.subject.id) ?? null
  const village_code = household?.village_code ?? resident?.village_code ?? ''
  return { name: resident?.name ?? household?.head_name ?? '', resident, household, village_code }
}

/** What is to be done, as the rules on this phone name it, else as the app does. */
export function taskTitle(task: Pick<Task, 'service' | 'kind'>): string {
  return pick(taskName(task, titleOfService(task.service)))
}

/** A programme as its rules on this phone name it; one without rules here is named after its service. */
export function programmeTitle(key: string): Text {
  return inForce(theWorld().programmes, today()).find((each) => each.key === key)?.title ?? serviceName(key)
}

function completes(service: string, form: string, kind: string): boolean {
  const rules = allServices().find((s) => s.key === service)?.newest
  const section = rules?.sections.get(form)?.section
  if (section && (section.closes === undefined || (section.closes as readonly string[]).includes(kind))) return true
  const { periodic, points } = rules?.service ?? {}
  return [...(periodic?.done_by ?? []), ...(points?.done_by ?? [])].some((by) => by.form === form)
}

export function formOfTask(task: Task): FormBundle | null {
  const { offered } = theWorld()
  const key = formFor(task, completes, [...offered.values()].map((b) => b.form))
  return key === null ? null : (offered.get(key) ?? null)
}

/** Set while the doctor is told that this phone cannot show a form. */
export const formLacking = ref(false)

/** Goes to a form once it was begun, or says why it cannot be. */
export async function openForm(beginning: Promise<string | null>): Promise<void> {
  try {
    const id = await beginning
    if (id !== null) goto('form', id)
  } catch (error) {
    if (!(error instanceof FormLacking)) throw error
    formLacking.value = true
  }
}

/** Opens the form that does the task. */
export async function doTask(task: Task): Promise<void> {
  const bundle = formOfTask(task)
  if (bundle) await openForm(begin({ form: bundle.form.key, subject: task.subject, ...standing(task.subject), task }))
  else formLacking.value = true
}

/** Forms offered for a resident, those that register somebody left out. Whether this app can show one is seen when it is opened. */
export function formsFor(resident: Person): FormBundle[] {
  const context = contextOf(today(), resident)
  return [...theWorld().offered.values()].filter(
    (b) => b.form.subject === 'resident' && b.form.registers === undefined && offerHolds(b, context),
  )
}

/** Forms about an area or a site, those that register one left out. */
export function formsAbout(kind: 'area' | 'site'): FormBundle[] {
  return [...theWorld().offered.values()].filter((b) => b.form.subject === kind && b.form.registers === undefined)
}

export async function fillFor(form: string, kind: Subject['kind'], id: string): Promise<void> {
  const subject = { kind, id } as const
  await openForm(begin({ form, subject, ...standing(subject) }))
}

/** The township's clinic above a village: whom to call. */
export function clinicOf(villageCode: string): { name: string | null; phone: string | null } {
  const { areas } = theWorld().people
  for (let area = areas.get(villageCode); area; area = area.parent_code === null ? undefined : areas.get(area.parent_code)) {
    if (area.level !== 'village' && area.clinic_phone !== null) return { name: area.clinic_name ?? area.name, phone: area.clinic_phone }
  }
  return { name: null, phone: null }
}

const bySubject = new WeakMap<readonly Task[], ReadonlyMap<string, Task[]>>()

/** Lists ask for each of their lines; walking over all tasks each time would be felt at every key press. */
function openTasks(): ReadonlyMap<string, Task[]> {
  const { tasks } = theWorld()
  const known = bySubject.get(tasks)
  if (known) return known
  const made = new Map<string, Task[]>()
  for (const task of tasks) {
    if (task.state !== 'requested') continue
    const own = made.get(task.subject.id)
    if (own) own.push(task)
    else made.set(task.subject.id, [task])
  }
  bySubject.set(tasks, made)
  return made
}

export function openTasksOf(subjects: readonly string[]): Task[] {
  return [...new Set(subjects)].flatMap((id) => openTasks().get(id) ?? [])
}

/** What kind of site it is, as the registration names it. */
export function siteType(site: KnownSite): string {
  const code = bundleOf('site')?.codes['site_types']?.codes.find((each) => each.code === site.type)
  return code ? pick(code.label) : ''
}

export function areaName(code: string): string {
  return theWorld().people.areas.get(code)?.name ?? ''
}

/** Where somebody lives: village, group, number of the household. */
export function placeOf({ household, village_code }: Whom): string {
  const village = areaName(village_code)
  return [village, household?.group_name ?? '', household ? words.value.people.householdNo(household.no) : ''].filter(Boolean).join(' ')
}

/** The address, with what it does not say itself: village and group. */
export function addressOf(home: Home): string {
  return [areaName(home.village_code), home.group_name ?? ''].filter((part) => part !== '' && !home.address.includes(part)).concat(home.address).join(' · ')
}

/** Villages of the doctor's area. */
export function villages(): { code: string; name: string }[] {
  return [...theWorld().people.areas.values()].filter((a) => a.level === 'village').map(({ code, name }) => ({ code, name }))
}
