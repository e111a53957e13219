import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { afterEach, describe, expect, it } from 'vitest'
import { devicePair, draft, finalising, newPhone, receipt, RESIDENT, sealKey, task } from '../../dev/phone_fixture'
import { loadTasks } from '../followups/store'
import { finalise } from '../outbox/store/finalise'
import { claim, queueLines, queueState, readQueued, settle, waiting } from '../outbox/store/queue'
import { loadPeople } from '../residents/store'
import { loadDraft, loadDrafts, loadVisits, saveDraft } from '../submissions/store'
import { Database } from './database'
import { damaged } from './layers'

const NOTHING = { residents: [], households: [], sites: [], tasks: [] }
const visitDate = (): string => '2026-05-06'

afterEach(() => { damaged.clear() })

/** The tables of the first version, as phones in the field have them. */
const FIRST = {
  keys: 'name', facts: 'name', areas: 'code', households: 'id, local_for', residents: 'id, local_for', tasks: 'id, subject_id, local_for',
  history: 'id, subject_id, returned', offers: 'id', bundles: 'id', drafts: 'id, subject_id, updated_at', outbox: 'id, seq, state, subject_id',
}

/** A phone of the first version with one of everything, some of it as no code of ours would write it. */
async function firstVersion(): Promise<{ name: string; vault: Awaited<ReturnType<typeof newPhone>>['vault']; kept: ReturnType<typeof draft>; sent: string }> {
  const { db, vault, name } = await newPhone()
  const [kept, done] = [draft(), draft()]
  await saveDraft(db, vault, kept)
  const row = await finalise(db, vault, finalising(done), { ...NOTHING, tasks: [task()] }, sealKey, devicePair)
  const rows = { facts: await db.facts.toArray(), drafts: await db.drafts.toArray(), outbox: await db.outbox.toArray(), tasks: await db.tasks.toArray() }
  await db.delete({ disableAutoOpen: false })

  const old = new Dexie(name)
  old.version(1).stores(FIRST)
  for (const [table, list] of Object.entries(rows)) await old.table(table).bulkAdd(list)
  const noise = crypto.getRandomValues(new Uint8Array(60))
  await old.table('drafts').add({ id: 'torn', subject_id: RESIDENT, form_key: 'htn_followup', updated_at: 1, box: noise })
  await old.table('drafts').add({ id: 'empty' })
  await old.table('residents').bulkAdd([
    { id: 'torn', box: noise, local: null, local_for: null, round: 1 },
    { id: 'bare' },
    { id: 'half', box: await vault.close({ id: 'half' }, 'resident|half'), local: noise, local_for: row.id, round: 1 },
  ])
  await old.table('history').add({ id: 'torn', subject_id: RESIDENT, returned: 1, box: 'not even bytes' })
  const without = Object.fromEntries(Object.entries(row).filter(([field]) => !['hold_until', 'tries', 'trouble', 'receipt', 'settled_at'].includes(field)))
  await old.table('outbox').add({ ...without, id: 'older', seq: 2, envelope: { ...row.envelope, id: 'older', seq: 2 }, readable: noise })
  old.close()
  return { name, vault, kept, sent: row.id }
}

describe('test_fault_05 dirty old rows meet an upgrade', () => {
  it('everything that can be opened is, what cannot is kept and told', async () => {
    const { name, vault, kept, sent } = await firstVersion()
    const db = new Database(name)
    expect((await loadDrafts(db, vault)).map(({ id }) => id)).toEqual([kept.id])
    expect(await loadDraft(db, vault, 'torn')).toBeNull()
    const people = await loadPeople(db, vault)
    expect([...people.residents.keys()]).toEqual(['half'])
    expect(await loadTasks(db, vault)).toHaveLength(1)
    expect((await loadVisits(db, vault, [RESIDENT], visitDate)).map((visit) => visit.version_id)).toEqual([sent])

    expect([await db.drafts.count(), await db.residents.count(), await db.history.count(), await db.outbox.count()]).toEqual([3, 3, 1, 2])
    expect([...damaged].sort()).toEqual(['draft|torn', 'outbox|older', 'resident|half|local', 'resident|torn', 'submission|torn'])
    expect(db.verno).toBeGreaterThan(1)
  })

  it('a record of the first version is sent, and settled, as any other', async () => {
    const { name, vault, sent } = await firstVersion()
    const db = new Database(name)
    expect(await queueState(db)).toMatchObject({ waiting: 2, refused: 0, pictures: 0 })
    expect((await waiting(db)).map(({ id }) => id)).toEqual([sent, 'older'])
    const [, older] = await claim(db, [sent, 'older'])
    if (!older) throw new Error('not claimed')
    expect((await queueLines(db))[0]).toMatchObject({ id: 'older', state: 'waiting', readable: true })
    expect(await readQueued(db, vault, 'older')).toBeNull()
    await settle(db, vault, receipt(older), 1)
    expect((await queueState(db)).waiting).toBe(1)
  })

  it('what the server sends anew takes the place of what was damaged', async () => {
    const { name, vault } = await firstVersion()
    const db = new Database(name)
    await loadPeople(db, vault)
    await db.residents.put({ id: 'torn', box: await vault.close({ id: 'torn' }, 'resident|torn'), local: null, local_for: null, round: 2 })
    expect([...(await loadPeople(db, vault)).residents.keys()].sort()).toEqual(['half', 'torn'])
    expect(damaged.has('resident|torn')).toBe(false)
  })
})
