/** Everything the screens look at, opened once and kept in memory while the phone is unlocked. */
import { shallowRef } from 'vue'
import type { Content, Policy, Task } from '../../api/wire'
import { damaged } from '../../device/store'
import { servicesInTime, type ServiceInTime } from '../../followups/rules/in_time'
import { loadTasks, type KnownTask } from '../../followups/store'
import type { ParametersOn, Programme } from '../../followups/model'
import { parametersOn } from '../../followups/rules/policies'
import type { FormBundle } from '../../forms/model'
import { compileForm, formTypes, type CompiledForm } from '../../forms/rules/compile'
import * as formStore from '../../forms/store'
import type { Edition } from '../../immunization/model'
import { inForce as editionInForce } from '../../immunization/rules/edition'
import { ExpressionDefect } from '../../kernel/expressions'
import { loadGrowth } from '../../kernel/growth'
import { localDay } from '../../kernel/clock'
import type { People } from '../../residents/model'
import { loadPeople } from '../../residents/store'
import type { Sites } from '../../sites/model'
import { loadSites } from '../../sites/store'
import type { Draft, Visit } from '../../submissions/model'
import { loadDrafts, loadReturned, loadVisits } from '../../submissions/store'
import { db, facts, now, unlocked, vaultOrNull } from './phone'

export interface World {
  readonly people: People
  readonly sites: Sites
  readonly tasks: readonly KnownTask[]
  readonly tasksById: ReadonlyMap<string, Task>
  /** The version of each form that is offered now. */
  readonly offered: ReadonlyMap<string, FormBundle>
  readonly bundles: ReadonlyMap<string, FormBundle>
  /** Every version of the rules. */
  readonly programmes: readonly Programme[]
  readonly policies: readonly Policy[]
  /** The vaccine edition, once it was fetched. */
  readonly edition: Edition | null
  readonly drafts: readonly Draft[]
  readonly returned: readonly Visit[]
}

export const world = shallowRef<World | null>(null)

export function today(): string {
  return localDay(now())
}

/** The world, while the phone is open. */
export function theWorld(): World {
  if (!world.value) throw new Error('the phone is locked')
  return world.value
}

let compiled = new Map<FormBundle, CompiledForm>()
let services: ServiceInTime[] | null = null

/** A form made ready; each one only once. */
export function ready(bundle: FormBundle): CompiledForm {
  const known = compiled.get(bundle)
  if (known) return known
  const made = compileForm(bundle)
  compiled.set(bundle, made)
  return made
}

/** Null for what is newer than this app: one of its expressions is not known here. */
function understood<T>(compile: () => T): T | null {
  try {
    return compile()
  } catch (error) {
    if (error instanceof ExpressionDefect) return null
    throw error
  }
}

export function canShow(bundle: FormBundle): boolean {
  return understood(() => ready(bundle)) !== null
}

export function bundleOf(key: string, version?: number): FormBundle | null {
  const at = theWorld()
  return (version === undefined ? at.offered.get(key) : at.bundles.get(`${key}|${String(version)}`)) ?? null
}

/** All services whose rules this phone has and this app understands; the server folds the others. */
export function allServices(): readonly ServiceInTime[] {
  const { programmes, offered } = theWorld()
  const typesOf = (form: string): ReturnType<typeof formTypes> | null => {
    const bundle = offered.get(form)
    return bundle ? formTypes(bundle) : null
  }
  services ??= servicesInTime(programmes, typesOf, understood)
  return services
}

/** What the policies of a village say of a programme, by day. */
export function policiesOf(programme: string, villageCode: string): ParametersOn {
  return parametersOn(theWorld().policies, programme, villageCode)
}

/** The day of the visit, which only the form knows. */
export function visitDate(content: Pick<Content, 'form' | 'answers' | 'finalised_at'>): string {
  const field = bundleOf(content.form.key, content.form.version)?.form.visit_date
  const day = field === undefined ? undefined : content.answers[field]
  return typeof day === 'string' ? day : localDay(Date.parse(content.finalised_at))
}

export async function visitsOf(subjects: readonly string[]): Promise<Visit[]> {
  return loadVisits(db, unlocked(), subjects, visitDate)
}

async function loadForms(): Promise<Pick<World, 'offered' | 'bundles' | 'programmes' | 'policies' | 'edition'>> {
  const [bundles, offers, policies] = await Promise.all([formStore.allForms(db), formStore.offers(db), formStore.policies(db)])
  const byName = new Map(bundles.map((b) => [`${b.form.key}|${String(b.form.version)}`, b]))
  const offered = new Map<string, FormBundle>()
  const programmes: Programme[] = []
  const editions: Edition[] = []
  for (const ref of offers) {
    if (ref.kind === 'form') {
      const bundle = byName.get(`${ref.key}|${String(ref.version)}`)
      if (bundle && bundle.version > (offered.get(ref.key)?.version ?? 0)) offered.set(ref.key, bundle)
    } else if (ref.kind === 'immunization') {
      const found = await formStore.bundle<Edition>(db, 'immunization', ref.key, ref.version)
      if (found) editions.push(found)
    } else {
      const programme = await formStore.bundle<Programme>(db, 'programme', ref.key, ref.version)
      if (programme) programmes.push(programme)
    }
  }
  return { offered, bundles: byName, programmes, policies, edition: editionInForce(editions, today()) }
}

/** Reads everything anew. Does nothing when the phone was locked meanwhile. */
export async function loadWorld(): Promise<void> {
  const vault = vaultOrNull()
  if (!vault) return
  const workerId = facts.value?.account.id ?? ''
  const [people, sites, tasks, forms, drafts, returned] = await Promise.all([
    loadPeople(db, vault),
    loadSites(db, vault),
    loadTasks(db, vault),
    loadForms(),
    loadDrafts(db, vault),
    loadReturned(db, vault, workerId),
    // Without them the phone opens all the same; they are asked for again with the next reading.
    loadGrowth().catch(() => undefined),
  ])
  if (vault !== vaultOrNull()) return
  compiled = new Map()
  services = null
  world.value = {
    people,
    sites,
    tasks,
    tasksById: new Map(tasks.map((task) => [task.id, task])),
    drafts,
    returned,
    ...forms,
  }
}

/** After a draft was saved or thrown away: the lists of drafts only. */
export async function reloadDrafts(): Promise<void> {
  const vault = vaultOrNull()
  if (vault && world.value) world.value = { ...world.value, drafts: await loadDrafts(db, vault) }
}

export function forgetWorld(): void {
  damaged.clear()
  world.value = null
  compiled = new Map()
  services = null
}
