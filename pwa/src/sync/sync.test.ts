import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { devicePair, draft, finalising, newPhone, NOW, receipt, RESIDENT, sealKey, task, WORKER } from '../../dev/phone_fixture'
import type { Change, FormRef, Resident, SyncedSubmission, SyncPage } from '../api/wire'
import { putKeptAway, takeUpKept } from '../device/store'
import { loadOpenTasks, loadTasks, loadTasksOf } from '../followups/store'
import { missingBundles, putBundle, putOffers } from '../forms/store'
import { newId } from '../kernel/ids'
import { finalise } from '../outbox/store/finalise'
import { readQueued, settle } from '../outbox/store/queue'
import { loadPeople } from '../residents/store'
import { loadReturned, loadVisits } from '../submissions/store'
import { pull, type Answer, type Phone, type Pushed, type Server } from './pull'
import { answeredEnvelopes, applyPage, countHomes, downloaded, dropAnsweredLayers, place } from './store'

function resident(id: string, name = '王秀英'): Change {
  const data: Resident = {
    id, household_id: null, village_code: '469999101201', relation_to_head: null, name, pinyin: 'wang xiu ying', initials: 'wxy', sex: '2',
    birth_date: '1960-01-01', id_no: null, phone: null, contact_name: null, contact_phone: null, mother_id: null, origin_submission_id: null, status: '1',
    merged_into: null, programmes: [], details: {},
  }
  return { kind: 'resident', op: 'put', id, data }
}
function submission(over: Partial<SyncedSubmission> = {}): Change {
  const id = over.id ?? newId()
  const data: SyncedSubmission = {
    id, form: { key: 'htn_followup', version: 1 }, service: 'hypertension', subject: { kind: 'resident', id: RESIDENT }, household_id: null, worker_id: WORKER,
    visit_date: '2026-04-01', finalised_at: '2026-04-01T02:00:00Z', received_at: '2026-04-01T03:00:00Z', state: 'received', version_id: id, version_no: 1,
    answers: { sbp: 150 }, returned: null, ...over,
  }
  return { kind: 'submission', op: 'put', id, data }
}
function page(changes: Change[], over: Partial<SyncPage> = {}): SyncPage {
  return { epoch: 'e1', cursor: 'c1', more: false, reset: false, remaining: 0, server_time: '2026-05-06T02:00:00Z', changes, ...over }
}
const names = async (phone: Awaited<ReturnType<typeof newPhone>>) =>
  [...(await loadPeople(phone.db, phone.vault)).residents.values()].map((r) => r.name).sort()
const [A, B, C] = [newId(), newId(), newId()]

describe('a page', () => {
  it('is applied with its cursor, or not at all', async () => {
    const { db, vault } = await newPhone()
    db.history.hook('creating', () => {
      throw new Error('the browser was killed here')
    })
    await expect(applyPage(db, vault, page([resident(A), submission()]))).rejects.toThrow()
    expect(await db.residents.count()).toBe(0)
    expect((await place(db)).cursor).toBeNull()
  })

  it('writes nothing readable', async () => {
    const { db, vault } = await newPhone()
    await applyPage(db, vault, page([resident(A)]))
    expect(JSON.stringify(await db.residents.toArray())).not.toContain('王')
  })

  it('a tombstone takes away', async () => {
    const phone = await newPhone()
    await applyPage(phone.db, phone.vault, page([resident(A, 'a'), resident(B, 'b')]))
    await applyPage(phone.db, phone.vault, page([{ kind: 'resident', op: 'remove', id: A, data: null }]))
    expect(await names(phone)).toEqual(['b'])
  })

  it('a download from the start drops what no longer came, but only when it is complete', async () => {
    const phone = await newPhone()
    const { db, vault } = phone
    await applyPage(db, vault, page([resident(A, 'a'), resident(B, 'b')], { reset: true }))
    expect(await downloaded(db)).toBe(true)
    await applyPage(db, vault, page([resident(B, 'b')], { reset: true, more: true, cursor: 'c2' }))
    expect(await names(phone)).toEqual(['a', 'b'])
    await applyPage(db, vault, page([resident(C, 'c')], { cursor: 'c3' }))
    expect(await names(phone)).toEqual(['b', 'c'])
  })

  it('knows what the township returned, and that a correction answers it', async () => {
    const { db, vault } = await newPhone()
    const returned = submission({ state: 'returned', returned: { fields: ['sbp'], reason: '请核对', by: '周敏', at: '2026-05-01T00:00:00Z' } })
    await applyPage(db, vault, page([returned, submission(), submission({ state: 'returned', worker_id: newId() })]))
    expect((await loadReturned(db, vault, WORKER)).map((v) => v.id)).toEqual([returned.id])
    const base = { submission_id: returned.id, version_id: returned.id }
    await finalise(db, vault, finalising(draft({ base, answers: { sbp: 140 } })), { residents: [], households: [], sites: [], tasks: [] }, sealKey, devicePair)
    expect(await loadReturned(db, vault, WORKER)).toEqual([])
    const visits = await loadVisits(db, vault, [RESIDENT], () => '2026-05-06')
    expect(visits.find((v) => v.id === returned.id)).toMatchObject({ state: 'unsent', answers: { sbp: 140 } })
  })
})

describe('what this phone worked out itself', () => {
  it('what a record has done stays done when its receipt brings what is due next', async () => {
    const { db, vault } = await newPhone()
    const [held, board] = [task({ service: 'health_education' }), task({ service: 'health_education_board' })]
    await applyPage(db, vault, page([held, board].map((each) => ({ kind: 'task', op: 'put', id: each.id, data: each }))))
    const effects = { residents: [], households: [], sites: [], tasks: [{ ...held, state: 'completed' as const }] }
    const row = await finalise(db, vault, finalising(draft()), effects, sealKey, devicePair)
    await settle(db, vault, receipt(row.envelope, { tasks: [board] }), NOW)
    expect(new Map((await loadTasks(db, vault)).map((t) => [t.service, t.state]))).toEqual(new Map([['health_education', 'completed'], ['health_education_board', 'requested']]))
  })

  it('stands over the server’s word until the record is stored and a round has passed', async () => {
    const { db, vault } = await newPhone()
    const known = task({ state: 'requested' })
    await applyPage(db, vault, page([{ kind: 'task', op: 'put', id: known.id, data: known }]))
    const row = await finalise(db, vault, finalising(draft()), { residents: [], households: [], sites: [], tasks: [{ ...known, state: 'completed' }] }, sealKey, devicePair)
    const state = async () => (await loadTasks(db, vault)).map((t) => t.state)
    expect(await state()).toEqual(['completed'])

    // An older word of the server, from before the record: the phone's own stays on top.
    await applyPage(db, vault, page([{ kind: 'task', op: 'put', id: known.id, data: known }]))
    expect(await state()).toEqual(['completed'])
    expect(await answeredEnvelopes(db)).toEqual([])

    await settle(db, null, receipt(row.envelope), NOW)
    const visits = async () => (await loadVisits(db, vault, [RESIDENT], () => '2026-05-06')).map((visit) => visit.state)
    expect(await visits()).toEqual(['received'])
    await applyPage(db, vault, page([{ kind: 'task', op: 'put', id: known.id, data: { ...known, state: 'failed' } }]))
    await dropAnsweredLayers(db, await answeredEnvelopes(db))
    expect(await state()).toEqual(['failed'])
    expect(await readQueued(db, vault, row.id)).toBeNull()
  })

  it('a refused record takes its tasks back; a new resident stays visible', async () => {
    const phone = await newPhone()
    const { db, vault } = phone
    const made = resident(A, '新居民')
    if (made.op !== 'put' || made.kind !== 'resident') throw new Error('not a resident')
    const effects = { residents: [made.data], households: [], sites: [], tasks: [task()] }
    const row = await finalise(db, vault, finalising(draft()), effects, sealKey, devicePair)
    await settle(db, vault, receipt(row.envelope, { status: 'quarantined', code: 202 }), NOW)
    expect(await loadTasks(db, vault)).toEqual([])
    expect(await names(phone)).toEqual(['新居民'])
  })
})

describe('a round with the server', () => {
  const ok = <T>(value: T): Promise<Answer<T>> => Promise.resolve({ ok: true, value })

  async function world(pages: SyncPage[], over: Partial<Server> = {}, known: string[] = []) {
    const { db, vault } = await newPhone()
    const told: string[] = []
    const cursors: (string | null)[] = []
    const reopened: string[][] = []
    const pushed: { at: Pushed } = { at: { kind: 'done' } }
    const server: Server = {
      page: (cursor) => {
        cursors.push(cursor)
        const next = pages.shift()
        return next ? ok(next) : Promise.resolve({ ok: false, why: 'network' })
      },
      known: (ids) => ok(ids.filter((id) => known.includes(id))),
      offers: () => ok({ items: [], policies: [] }),
      bundle: (ref) => ok({ of: ref.key }),
      ...over,
    }
    const phone: Phone = {
      place: () => place(db),
      applyPage: (p) => applyPage(db, vault, p),
      sentIds: () => Promise.resolve(['s1', 's2']),
      reopen: (ids) => {
        reopened.push([...ids])
        return Promise.resolve()
      },
      answered: () => Promise.resolve([]),
      dropAnswered: () => Promise.resolve(),
      putOffers: (refs) => putOffers(db, refs),
      missingBundles: () => missingBundles(db),
      putBundle: (ref, body) => putBundle(db, ref.kind, ref.key, ref.version, ref.sha256, body),
      noteContact: () => Promise.resolve(),
    }
    const push = (): Promise<Pushed> => {
      told.push('push')
      return Promise.resolve(pushed.at)
    }
    const go = () => pull(server, phone, push, ({ done, total }) => told.push(`${String(done)}/${String(total)}`))
    return { go, told, cursors, reopened, db, pushed }
  }

  it('pushes first, then pulls page by page from where it was', async () => {
    const { go, told, cursors } = await world([page([resident(A)], { more: true, cursor: 'c1', remaining: 2, reset: true }), page([resident(B), resident(C)], { cursor: 'c2' })])
    expect(await go()).toEqual({ ok: true, changes: 3, news: true })
    expect(told).toEqual(['push', '1/3', '3/3'])
    expect(cursors).toEqual([null, 'c1'])
  })

  it('asks for the next page before the one at hand is written down', async () => {
    const pages = [page([resident(A)], { more: true, cursor: 'c1', reset: true }), page([resident(B)], { cursor: 'c2' })]
    const written: number[] = []
    const { go, db } = await world([], {
      page: async () => {
        written.push(await db.residents.count())
        const next = pages.shift()
        return next ? { ok: true, value: next } : { ok: false, why: 'network' }
      },
    })
    expect(await go()).toEqual({ ok: true, changes: 2, news: true })
    expect(written).toEqual([0, 0])
    expect(await db.residents.count()).toBe(2)
  })

  it('a round that brought nothing is no news; a form that is offered otherwise is', async () => {
    const ref: FormRef = { kind: 'form', key: 'household_visit', version: 1, sha256: 'abc' }
    const offered: FormRef[] = [ref]
    const pages = [page([resident(A)], { reset: true }), page([]), page([])]
    const { go } = await world(pages, { offers: () => ok({ items: [...offered], policies: [] }) })
    expect(await go()).toEqual({ ok: true, changes: 1, news: true })
    expect(await go()).toEqual({ ok: true, changes: 0, news: false })
    offered.length = 0
    expect(await go()).toEqual({ ok: true, changes: 0, news: true })
  })

  it('asks nothing more of a network that carried nothing just now; a busy server may still give', async () => {
    const { go, cursors, pushed } = await world([page([resident(A)], { reset: true })])
    pushed.at = { kind: 'failed', why: 'network' }
    expect(await go()).toEqual({ ok: false, why: 'network', changes: 0, news: false })
    expect(cursors).toEqual([])
    pushed.at = { kind: 'failed', why: 'busy' }
    expect(await go()).toEqual({ ok: true, changes: 1, news: true })
  })

  it('the forms come before the first page: cut off after it, the doctor can begin', async () => {
    const ref: FormRef = { kind: 'form', key: 'household_visit', version: 1, sha256: 'abc' }
    const { go, db } = await world([page([resident(A)], { more: true, cursor: 'c1', reset: true })], { offers: () => ok({ items: [ref], policies: [] }) })
    expect(await go()).toMatchObject({ ok: false })
    expect(await countHomes(db)).toEqual({ households: 0, residents: 1, forms: 1 })
  })

  it('goes on where it was cut off', async () => {
    const pages = [page([resident(A)], { more: true, cursor: 'c1', reset: true })]
    const { go, cursors, db } = await world(pages)
    expect(await go()).toMatchObject({ ok: false, why: 'network' })
    expect(await downloaded(db)).toBe(false)
    pages.push(page([resident(B)], { cursor: 'c2' }))
    expect(await go()).toMatchObject({ ok: true })
    expect(cursors).toEqual([null, 'c1', 'c1'])
    expect(await downloaded(db)).toBe(true)
  })

  it('a server restored from a backup is given back what it lost, before anything is dropped', async () => {
    const { go, told, reopened } = await world([page([resident(A)], { reset: true }), page([], { epoch: 'e2', reset: true })], {}, ['s1'])
    await go()
    expect(reopened).toEqual([])
    await go()
    expect(reopened).toEqual([['s2']])
    expect(told.filter((t) => t === 'push').length).toBe(3)
  })

  it('fetches the forms offered, and the older versions its records were filled in with', async () => {
    const ref: FormRef = { kind: 'form', key: 'htn_followup', version: 2, sha256: 'abc' }
    const asked: FormRef[] = []
    const { go, db } = await world([page([submission()], { reset: true }), page([])], {
      offers: () => ok({ items: [ref], policies: [] }),
      bundle: (one) => {
        asked.push(one)
        return ok({ of: one.key })
      },
    })
    await go()
    expect(asked.map((a) => `${a.key} ${String(a.version)}`)).toEqual(['htn_followup 2', 'htn_followup 1'])
    await go()
    expect(asked.length).toBe(2)
    expect(await db.bundles.count()).toBe(2)
  })
})

describe('opening a phone again', () => {
  const read = async ({ db, vault }: Awaited<ReturnType<typeof newPhone>>): Promise<Set<string>> => {
    const people = await loadPeople(db, vault)
    return new Set([...people.residents.keys()].map((id) => `resident|${id}`))
  }

  it('takes what was opened from one box, and opens what has changed since', async () => {
    const phone = await newPhone()
    const everybody = Array.from({ length: 60 }, (_, n) => resident(newId(), `a${String(n)}`))
    await applyPage(phone.db, phone.vault, page(everybody))
    await putKeptAway(phone.db, phone.vault, await read(phone))
    const first = everybody[0]?.id ?? ''
    await applyPage(phone.db, phone.vault, page([resident(first, 'b')], { cursor: 'c2' }))

    phone.vault.forgetOthers(new Set()) // as after a lock
    await takeUpKept(phone.db, phone.vault)
    const before = phone.vault.freshlyOpened
    expect((await loadPeople(phone.db, phone.vault)).residents.get(first)?.name).toBe('b')
    expect(phone.vault.freshlyOpened - before).toBe(1)
  })

  it('nobody who left this phone lies on in that box', async () => {
    const phone = await newPhone()
    const everybody = Array.from({ length: 60 }, () => resident(newId()))
    await applyPage(phone.db, phone.vault, page(everybody))
    await putKeptAway(phone.db, phone.vault, await read(phone))
    const id = everybody[0]?.id ?? ''
    const box = (await phone.db.residents.get(id))?.box
    await applyPage(phone.db, phone.vault, page([{ kind: 'resident', op: 'remove', id, data: null }], { cursor: 'c2' }))
    await putKeptAway(phone.db, phone.vault, await read(phone))

    phone.vault.forgetOthers(new Set())
    await takeUpKept(phone.db, phone.vault)
    expect(box && phone.vault.keptValue(box, `resident|${id}`)).toBeUndefined()
  })

  it('looks at no task that is over, but finds it with its subject', async () => {
    const phone = await newPhone()
    const [open, over] = [task(), task({ state: 'completed' })]
    const changes = [open, over].map((data): Change => ({ kind: 'task', op: 'put', id: data.id, data }))
    await applyPage(phone.db, phone.vault, page(changes))
    expect((await loadOpenTasks(phone.db, phone.vault)).map(({ id }) => id)).toEqual([open.id])
    const known = await loadTasksOf(phone.db, phone.vault, [over.subject.id])
    expect(known.map(({ id }) => id).sort()).toEqual([open.id, over.id].sort())
  })
})
