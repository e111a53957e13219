/** Forms and rules on this phone: every version ever met, and which are offered now. */
import type { FormList, FormRef, Holiday, Policy } from '../api/wire'
import { readFact, writeFact, type Database } from '../db/database'
import { canonicalJson } from '../kernel/canonical'

export interface FormKey {
  readonly key: string
  readonly version: number
}

export function bundleId(kind: FormRef['kind'], key: string, version: number): string {
  return `${kind}|${key}|${String(version)}`
}

export async function offers(db: Database): Promise<FormRef[]> {
  return db.offers.toArray()
}

/** What the areas of this phone set in place of the rules' own parameters. */
export async function policies(db: Database): Promise<Policy[]> {
  return (await readFact<Policy[]>(db, 'policies')) ?? []
}

export async function holidays(db: Database): Promise<Holiday[]> {
  return (await readFact<Holiday[]>(db, 'holidays')) ?? []
}

/**
 * Takes the whole list in the place of the one before: what is no longer offered is no longer filled in.
 *
 * @returns whether it is another than before
 */
export async function putOffers(db: Database, { items, policies: decided, holidays: free = [] }: FormList): Promise<boolean> {
  return db.transaction('rw', [db.offers, db.facts], async () => {
    const rows = items.map((ref) => ({ ...ref, id: bundleId(ref.kind, ref.key, ref.version), round: Number.MAX_SAFE_INTEGER }))
    const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))
    const before = canonicalJson({ rows: await db.offers.orderBy('id').toArray(), decided: await policies(db), free: await holidays(db) })
    if (before === canonicalJson({ rows: sorted, decided, free })) return false
    await writeFact(db, 'policies', decided)
    await writeFact(db, 'holidays', free)
    await db.offers.clear()
    await db.offers.bulkPut(rows)
    return true
  })
}

/**
 * Every form and rule this phone has, by `bundleId`. They never change, so what was read once is not read again.
 *
 * @param known what an earlier reading gave
 */
export async function allBundles(db: Database, known: ReadonlyMap<string, unknown>): Promise<Map<string, unknown>> {
  const ids = await db.bundles.toCollection().primaryKeys()
  const fresh = ids.filter((id) => !known.has(id))
  const rows = fresh.length === ids.length ? await db.bundles.toArray() : await db.bundles.where('id').anyOf(fresh).toArray()
  const read = new Map(rows.map((row) => [row.id, row.body]))
  return new Map(ids.map((id) => [id, known.get(id) ?? read.get(id)]))
}

export async function putBundle(db: Database, kind: FormRef['kind'], key: string, version: number, sha256: string | null, body: unknown): Promise<void> {
  await db.bundles.put({ id: bundleId(kind, key, version), sha256, body })
}

/** Offered forms and rules this phone lacks, and older versions that its records were filled in with. */
export async function missingBundles(db: Database): Promise<FormRef[]> {
  const [offered, wanted, have] = await Promise.all([
    offers(db),
    readFact<FormKey[]>(db, 'wanted_forms'),
    db.bundles.toArray().then((rows) => new Map(rows.map((row) => [row.id, row.sha256]))),
  ])
  const old = (wanted ?? [])
    .filter(({ key, version }) => !have.has(bundleId('form', key, version)))
    .map(({ key, version }): FormRef => ({ kind: 'form', key, version, sha256: '' }))
  return [...offered.filter((ref) => have.get(bundleId(ref.kind, ref.key, ref.version)) !== ref.sha256), ...old]
}

/** Remembers the form versions that records on this phone were filled in with. */
export async function wantForms(db: Database, used: readonly FormKey[]): Promise<void> {
  const known = (await readFact<FormKey[]>(db, 'wanted_forms')) ?? []
  const all = new Map([...known, ...used].map(({ key, version }) => [`${key}|${String(version)}`, { key, version }]))
  if (all.size > known.length) await writeFact(db, 'wanted_forms', [...all.values()])
}
