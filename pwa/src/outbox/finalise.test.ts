import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { DEVICE, devicePair, draft, finalising, newPhone, NOW, receipt, sealKey, task, unseal } from '../../dev/phone_fixture'
import { Database } from '../db/database'
import { sha256Hex, unb64, utf8 } from '../kernel/bytes'
import { canonicalJson } from '../kernel/canonical'
import { devicePublicKey } from '../kernel/device_key'
import { loadTasks } from '../followups/store'
import { loadDraft, saveDraft } from '../submissions/store'
import { headerOf } from '../submissions/rules/content'
import { addLateFix, AlreadyFinalised, finalise } from './store/finalise'
import { claim, prune, queueState, readQueued, reopen, settle, waiting } from './store/queue'

const NOTHING = { residents: [], households: [], sites: [], tasks: [] }
const FIX = { lng: 109.42, lat: 27.18, accuracy_m: 12, fixed_at: '2026-05-06T02:00:30.000Z', coord_sys: 'WGS-84' as const }

describe('finalising', () => {
  it('takes the draft out and puts a sealed, signed envelope in, under the next number', async () => {
    const { db, vault } = await newPhone()
    const first = draft()
    await saveDraft(db, vault, first)
    const row = await finalise(db, vault, finalising(first), NOTHING, sealKey, devicePair)

    expect(await loadDraft(db, vault, first.id)).toBeNull()
    expect([row.seq, row.envelope.device_id, row.envelope.id]).toEqual([1, DEVICE, first.id])
    const content = await unseal(row.envelope)
    expect(content).toMatchObject({ format: 'suifang.content/1', submission_id: first.id, seq: 1, answers: { sbp: 182 }, confirmed: ['sbp'], fix_state: 'denied' })
    expect(await sha256Hex(utf8(canonicalJson(content)))).toBe(row.envelope.sha256)
    const key = await crypto.subtle.importKey('raw', unb64(await devicePublicKey(devicePair)), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    const signed = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, unb64(row.envelope.signature), utf8(headerOf(row.envelope)))
    expect(signed).toBe(true)
    expect(await readQueued(db, vault, first.id)).toEqual(content)

    const second = draft()
    expect((await finalise(db, vault, finalising(second), NOTHING, sealKey, devicePair)).seq).toBe(2)
  })

  it('changes nothing at all when the disk refuses: the draft is still there', async () => {
    const { db, vault } = await newPhone()
    const first = draft()
    await saveDraft(db, vault, first)
    db.outbox.hook('creating', () => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    await expect(finalise(db, vault, finalising(first), { ...NOTHING, tasks: [task()] }, sealKey, devicePair)).rejects.toThrow()
    expect(await loadDraft(db, vault, first.id)).toEqual(first)
    expect(await db.tasks.count()).toBe(0)
    expect(await db.facts.get('next_seq')).toBeUndefined()
    expect((await queueState(db)).waiting).toBe(0)
  })

  it('two tabs get two numbers', async () => {
    const { db, vault, name } = await newPhone()
    const other = new Database(name)
    const rows = await Promise.all([
      finalise(db, vault, finalising(draft()), NOTHING, sealKey, devicePair),
      finalise(other, vault, finalising(draft()), NOTHING, sealKey, devicePair),
      finalise(db, vault, finalising(draft()), NOTHING, sealKey, devicePair),
    ])
    expect(rows.map((row) => row.seq).sort()).toEqual([1, 2, 3])
    for (const row of rows) expect(await unseal(row.envelope)).toMatchObject({ seq: row.seq })
  })

  it('the same form in two tabs is finalised once', async () => {
    const { db, vault, name } = await newPhone()
    const first = draft()
    const done = await Promise.allSettled([
      finalise(db, vault, finalising(first), NOTHING, sealKey, devicePair),
      finalise(new Database(name), vault, finalising(first), NOTHING, sealKey, devicePair),
    ])
    expect(done.map((d) => d.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(done.find((d) => d.status === 'rejected')?.reason).toBeInstanceOf(AlreadyFinalised)
    expect((await waiting(db)).length).toBe(1)
  })

  it('a correction names the version it was made from', async () => {
    const { db, vault } = await newPhone()
    const base = { submission_id: draft().id, version_id: draft().id }
    const row = await finalise(db, vault, finalising(draft({ base })), NOTHING, sealKey, devicePair)
    expect(await unseal(row.envelope)).toMatchObject({ submission_id: base.submission_id, base_version_id: base.version_id })
    expect(row.submission_id).toBe(base.submission_id)
  })

  it('what it makes due is there at once, and gives way to the receipt', async () => {
    const { db, vault } = await newPhone()
    const mine = task({ due: '2026-05-16' })
    const row = await finalise(db, vault, finalising(draft()), { ...NOTHING, tasks: [mine] }, sealKey, devicePair)
    expect(await loadTasks(db, vault)).toMatchObject([{ id: mine.id, due: '2026-05-16', local: true }])
    await settle(db, vault, receipt(row.envelope, { tasks: [{ ...mine, due: '2026-05-17' }] }), NOW)
    expect(await loadTasks(db, vault)).toMatchObject([{ id: mine.id, due: '2026-05-17', local: false }])
  })
})

describe('a position that comes late', () => {
  const pending = { position: { fix: null, state: 'pending' as const } }
  it('goes with the first sending, and does not change the hash', async () => {
    const { db, vault } = await newPhone()
    const row = await finalise(db, vault, finalising(draft(), pending), NOTHING, sealKey, devicePair)
    expect(row.hold_until).toBeGreaterThan(NOW)
    expect(await addLateFix(db, row.id, FIX, sealKey.public_key)).toBe(true)
    const [later] = await waiting(db)
    expect(later?.hold_until).toBeNull()
    expect(later?.envelope).toMatchObject({ sha256: row.envelope.sha256, sealed: row.envelope.sealed, signature: row.envelope.signature })
    if (later) expect(await unseal(later.envelope, 'late_fix')).toEqual(FIX)
  })
  it('is dropped once the record has gone out', async () => {
    const { db, vault } = await newPhone()
    const row = await finalise(db, vault, finalising(draft(), pending), NOTHING, sealKey, devicePair)
    await claim(db, [row.id])
    expect(await addLateFix(db, row.id, FIX, sealKey.public_key)).toBe(false)
    expect((await waiting(db))[0]?.envelope.late_fix).toBeUndefined()
  })
})

describe('what was answered', () => {
  it('the own copy stays until a round has passed, and when it was refused', async () => {
    const { db, vault } = await newPhone()
    const [stored, invalid] = [
      await finalise(db, vault, finalising(draft()), NOTHING, sealKey, devicePair),
      await finalise(db, vault, finalising(draft()), NOTHING, sealKey, devicePair),
    ]
    await settle(db, null, receipt(stored.envelope), NOW)
    await settle(db, null, receipt(invalid.envelope, { status: 'invalid', code: 422 }), NOW)
    expect(await readQueued(db, vault, stored.id)).toMatchObject({ id: stored.id })
    expect(await readQueued(db, vault, invalid.id)).toMatchObject({ id: invalid.id })
    expect(await queueState(db)).toMatchObject({ waiting: 0, refused: 1 })
  })

  it('sent ones are forgotten after 30 days, waiting and refused ones never', async () => {
    const { db, vault } = await newPhone()
    const rows = [draft(), draft(), draft()]
    const made = []
    for (const each of rows) made.push(await finalise(db, vault, finalising(each), NOTHING, sealKey, devicePair))
    const [a, b] = made
    if (!a || !b) throw new Error('not made')
    await settle(db, null, receipt(a.envelope), NOW)
    await settle(db, null, receipt(b.envelope, { status: 'quarantined', code: 202 }), NOW)
    await prune(db, NOW + 29 * 86_400_000)
    expect(await db.outbox.count()).toBe(3)
    await prune(db, NOW + 400 * 86_400_000)
    expect((await db.outbox.orderBy('seq').toArray()).map((row) => row.state)).toEqual(['refused', 'waiting'])
  })

  it('is given again to a server that lost it', async () => {
    const { db, vault } = await newPhone()
    const row = await finalise(db, vault, finalising(draft()), NOTHING, sealKey, devicePair)
    await settle(db, null, receipt(row.envelope), NOW)
    await reopen(db, [row.id])
    expect((await waiting(db)).map((w) => w.envelope)).toEqual([row.envelope])
  })
})
