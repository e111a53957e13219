/** Everything the screens look at, opened once and kept in memory while the phone is unlocked. */
import { shallowRef } from 'vue'
import type { Content, Holiday, Policy, Text } from '../../api/wire'
import { damaged, putKeptAway, takeUpKept } from '../../device/store'
import { servicesInTime, type ServiceInTime } from '../../followups/rules/in_time'
import { loadOpenTasks, type KnownTask } from '../../followups/store'
import type { ParametersOn, Programme } from '../../followups/model'
import { parametersOn } from '../../followups/rules/policies'
import type { FormBundle, FormContext } from '../../forms/model'
import { compileForm, compileOffer, formTypes, type CompiledForm } from '../../forms/rules/compile'
import { isOffered } from '../../forms/rules/show'
import * as formStore from '../../forms/store'
import type { Edition } from '../../immunization/model'
import { inForce as editionInForce } from '../../immunization/rules/edition'
import { ExpressionDefect } from '../../kernel/expressions'
import { loadGrowth } from '../../kernel/growth'
import { localDay } from '../../kernel/clock'
import type { Vault } from '../../kernel/vault'
import type { Effects } from '../../outbox/model'
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
  /** What may be asked for; what is over is read when it is needed. */
  readonly tasks: readonly KnownTask[]
  /** The version of each form that is offered now. */
  readonly offered: ReadonlyMap<string, FormBundle>
  readonly bundles: ReadonlyMap<string, FormBundle>
  /** Every version of the rules. */
  readonly programmes: readonly Programme[]
  readonly policies: readonly Policy[]
  readonly holidays: readonly Holiday[]
  /** The vaccine edition, once it was fetched. */
  readonly edition: Edition | null
  readonly returned: readonly Visit[]
}

export const world = shallowRef<World | null>(null)

/** What was begun and is not finished, newest first. Apart from the world: at a first answer nothing else has changed. */
export const drafts = shallowRef<readonly Draft[]>([])

export function today(): string {
  return localDay(now())
}

/** The world, while the phone is open. */
export function theWorld(): World {
  if (!world.value) throw new Error('the phone is locked')
  return world.value
}

/** Forms and rules as they were read, by id; as immutable as what was made of them. */
let bundles: ReadonlyMap<string, unknown> = new Map()
const compiled = new WeakMap<FormBundle, CompiledForm>()
const offers = new WeakMap<FormBundle, Pick<CompiledForm, 'offer'> | null>()
let services: { readonly of: Pick<World, 'programmes' | 'offered'>; readonly all: readonly ServiceInTime[] } | null = null

/** A form made ready; each one only once. */
export function ready(bundle: FormBundle): CompiledForm {
  const known = compiled.get(bundle)
  if (known) return known
  const made = compileForm(bundle)
  compiled.set(bundle, made)
  return made
}

/** Whether a form is offered; the rest of it is not compiled for that, or a resident's page would wait for forty forms. */
export function offerHolds(bundle: FormBundle, context: FormContext): boolean {
  const known = offers.get(bundle)
  const made = known === undefined ? understood(() => ({ offer: compileOffer(bundle) })) : known
  if (known === undefined) offers.set(bundle, made)
  return made !== null && isOffered(made, context)
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
  if (services?.of.programmes === programmes && services.of.offered === offered) return services.all
  const typesOf = (form: string): ReturnType<typeof formTypes> | null => {
    const bundle = offered.get(form)
    return bundle ? formTypes(bundle) : null
  }
  services = { of: { programmes, offered }, all: servicesInTime(programmes, typesOf, understood) }
  return services.all
}

/** What the newest rules call a service. Nothing is compiled for a name: every line of the day asks for one. */
export function titleOfService(key: string): Text | undefined {
  const { programmes } = theWorld()
  const known = titles.get(programmes) ?? new Map<string, Text>()
  if (known.size === 0) {
    for (const each of [...programmes].sort(byBeginning)) for (const { service, title } of each.services) known.set(service, title)
    titles.set(programmes, known)
  }
  return known.get(key)
}

const titles = new WeakMap<readonly Programme[], Map<string, Text>>()

const byBeginning = (a: Programme, b: Programme): number =>
  a.effective_from < b.effective_from ? -1 : a.effective_from > b.effective_from ? 1 : a.version - b.version

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

type Rules = Pick<World, 'offered' | 'bundles' | 'programmes' | 'policies' | 'holidays' | 'edition'>
let rulesBefore: Rules | null = null

/** The same objects as before where nothing has changed: what was compiled of them stays good. */
async function loadForms(): Promise<Rules> {
  const [read, offers, policies, holidays] = await Promise.all([
    formStore.allBundles(db, bundles), formStore.offers(db), formStore.policies(db), formStore.holidays(db),
  ])
  const forms = [...read].flatMap(([id, body]) => (id.startsWith('form|') ? [body as FormBundle] : []))
  const byName = new Map(forms.map((b) => [`${b.form.key}|${String(b.form.version)}`, b]))
  const offered = new Map<string, FormBundle>()
  const programmes: Programme[] = []
  const editions: Edition[] = []
  for (const ref of offers) {
    const body = read.get(formStore.bundleId(ref.kind, ref.key, ref.version))
    if (body === undefined) continue
    if (ref.kind === 'form') {
      const bundle = body as FormBundle
      if (bundle.version > (offered.get(ref.key)?.version ?? 0)) offered.set(ref.key, bundle)
    } else if (ref.kind === 'immunization') editions.push(body as Edition)
    else programmes.push(body as Programme)
  }
  bundles = read
  const same = rulesBefore !== null && sameValues(rulesBefore.offered.values(), offered.values()) && sameValues(rulesBefore.programmes, programmes)
  const kept = same ? { offered: rulesBefore?.offered ?? offered, programmes: rulesBefore?.programmes ?? programmes } : { offered, programmes }
  rulesBefore = { ...kept, bundles: byName, policies, holidays, edition: editionInForce(editions, today()) }
  return rulesBefore
}

function sameValues(before: Iterable<unknown>, after: Iterable<unknown>): boolean {
  const [a, b] = [[...before], [...after]]
  return a.length === b.length && a.every((one, i) => one === b[i])
}

let readOn: string | null = null

/** False when the day has changed since everything was read. */
export function isOfToday(): boolean {
  return readOn === today()
}

/** Reads everything anew. Does nothing when the phone was locked meanwhile. */
export async function loadWorld(): Promise<void> {
  const vault = vaultOrNull()
  if (!vault) return
  const workerId = facts.value?.account.id ?? ''
  if (!world.value) await takeUpKept(db, vault)
  const [people, sites, tasks, forms, begun, returned] = await Promise.all([
    loadPeople(db, vault),
    loadSites(db, vault),
    loadOpenTasks(db, vault),
    loadForms(),
    loadDrafts(db, vault),
    loadReturned(db, vault, workerId),
    // Without them the phone opens all the same; they are asked for again with the next reading.
    loadGrowth().catch(() => undefined),
  ])
  if (vault !== vaultOrNull()) return
  drafts.value = begun
  readOn = today()
  world.value = { people, sites, tasks, returned, ...forms }
  atRest(() => void keep(vault))
}

/** When the doctor's fingers are still. */
export function atRest(work: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 20_000 })
  else setTimeout(work, 2000)
}

/** What was opened is put away as one box for the next time, unless the phone was locked meanwhile. */
async function keep(vault: Vault): Promise<void> {
  const at = world.value
  if (!at || vault !== vaultOrNull()) return
  const places = new Set<string>()
  for (const id of at.people.residents.keys()) places.add(`resident|${id}`)
  for (const id of at.people.households.keys()) places.add(`household|${id}`)
  for (const id of at.sites.keys()) places.add(`site|${id}`)
  for (const task of at.tasks) places.add(`task|${task.id}`)
  await putKeptAway(db, vault, places)
}

/** What a finished form has changed on this phone, without reading everything else again. */
export function layOver(effects: Effects, draftId: string, corrected: string | null): void {
  const at = world.value
  if (!at || !vaultOrNull()) return
  const own = <T extends { readonly id: string }>(known: ReadonlyMap<string, T>, changed: readonly T[]): ReadonlyMap<string, T> =>
    changed.length === 0 ? known : new Map([...known, ...changed.map((one) => [one.id, one] as const)])
  const local = <T>(value: T): T & { readonly local: true } => ({ ...value, local: true })
  const tasks = effects.tasks.map(local)
  const changed = new Set(tasks.map((task) => task.id))
  drafts.value = drafts.value.filter((draft) => draft.id !== draftId)
  world.value = {
    ...at,
    people: {
      ...at.people,
      residents: own(at.people.residents, effects.residents.map(local)),
      households: own(at.people.households, effects.households.map(local)),
    },
    sites: own(at.sites, effects.sites.map(local)),
    tasks: changed.size === 0 ? at.tasks : [...at.tasks.filter((task) => !changed.has(task.id)), ...tasks],
    returned: corrected === null ? at.returned : at.returned.filter((visit) => visit.id !== corrected),
  }
}

/** After a draft was left or thrown away: the list of drafts only. */
export async function reloadDrafts(): Promise<void> {
  const vault = vaultOrNull()
  if (!vault || !world.value) return
  const begun = await loadDrafts(db, vault)
  if (vault === vaultOrNull()) drafts.value = begun
}

/** A draft that was written down just now. */
export function nowBegun(draft: Draft): void {
  drafts.value = [draft, ...drafts.value]
}

export function forgetWorld(): void {
  damaged.clear()
  world.value = null
  drafts.value = []
  bundles = new Map()
  rulesBefore = services = null
}
