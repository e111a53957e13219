import { describe, expect, it } from 'vitest'
import { newId } from '../kernel/ids'
import type { Envelope, Receipt } from '../api/wire'
import { NOW, receipt } from '../../dev/phone_fixture'
import type { Delivery, OutboxRow } from './model'
import { atOnce, isHeld, nextBatch, patienceMs, waitMs } from './rules/pace'
import { Sender, sendRound, type Outside, type Queue, type Round } from './send'

function row(seq: number, over: Partial<OutboxRow> = {}): OutboxRow {
  const id = newId()
  const envelope: Envelope = { format: 'suifang.envelope/1', id, device_id: 'd', seq, sha256: `hash-${String(seq)}`, key_id: 'k', sealed: 'x', signature: 's' }
  return {
    id, seq, state: 'waiting', submission_id: id, subject_id: 'r', form_key: 'f', finalised_at: NOW, hold_until: null, tries: 0, trouble: null, envelope,
    readable: null, receipt: null, settled_at: null, ...over,
  }
}

class FakeQueue implements Queue {
  readonly settled: Receipt[] = []
  readonly troubles: string[] = []
  readonly sent: number[][] = []
  constructor(public rows: OutboxRow[]) {}
  waiting = () => Promise.resolve(this.rows.filter((r) => r.state === 'waiting'))
  claim = (ids: readonly string[]) => {
    const rows = this.rows.filter((r) => ids.includes(r.id))
    this.sent.push(rows.map((r) => r.seq))
    return Promise.resolve(rows.map((r) => r.envelope))
  }
  settle = (one: Receipt) => {
    this.settled.push(one)
    this.rows = this.rows.map((r) => (r.id === one.id ? { ...r, state: 'sent' as const } : r))
    return Promise.resolve()
  }
  noteTrouble = (id: string, code: string) => {
    this.troubles.push(`${String(this.rows.find((r) => r.id === id)?.seq)} ${code}`)
    return Promise.resolve()
  }
  noteContact = () => Promise.resolve()
}

const answered = (receipts: Receipt[]): Delivery => ({ kind: 'answered', body: { server_time: '2026-05-06T02:00:00Z', receipts } })
const allStored = (envelopes: readonly Envelope[]): Delivery => answered(envelopes.map((e) => receipt(e)))

function outside(post: (envelopes: readonly Envelope[]) => Delivery, over: Partial<Outside> = {}): Outside {
  return {
    now: () => NOW,
    post: (envelopes) => Promise.resolve(post(envelopes)),
    alone: async (work) => {
      await work()
      return true
    },
    ...over,
  }
}

describe('a round', () => {
  it('sends everything in order, in batches', async () => {
    const queue = new FakeQueue(Array.from({ length: 120 }, (_, i) => row(i + 1)))
    expect(await sendRound(queue, outside(allStored))).toEqual({ kind: 'done', settled: 120, held: false })
    expect(queue.sent.map((batch) => batch.length)).toEqual([50, 50, 20])
    expect(queue.sent.flat()).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
  })

  it.each<[string, Delivery, Partial<Round>]>([
    ['no network, or the page of a captive portal', { kind: 'network' }, { why: 'network' }],
    ['the session is over', { kind: 'signed_out' }, { why: 'signed_out' }],
    ['the server is busy', { kind: 'busy', retryAfterMs: 30_000 }, { why: 'busy', retryAfterMs: 30_000 }],
  ])('%s: stops, and everything stays', async (_name, delivery, expected) => {
    const queue = new FakeQueue([row(1), row(2)])
    expect(await sendRound(queue, outside(() => delivery))).toMatchObject({ kind: 'failed', settled: 0, ...expected })
    expect((await queue.waiting()).length).toBe(2)
  })

  it('what did not get through goes in smaller batches, and grows again once something does', async () => {
    const queue = new FakeQueue(Array.from({ length: 60 }, (_, i) => row(i + 1, { tries: i < 50 ? 2 : 0 })))
    await sendRound(queue, outside(allStored))
    expect(queue.sent.map((batch) => batch.length)).toEqual([3, 12, 45])
  })

  it('a receipt for another hash settles nothing', async () => {
    const queue = new FakeQueue([row(1)])
    const wrong = outside(([e]) => answered(e ? [receipt({ id: e.id, sha256: 'another' })] : []))
    expect(await sendRound(queue, wrong)).toMatchObject({ kind: 'failed', why: 'network' })
    expect((await queue.waiting()).length).toBe(1)
  })

  it('an unknown status settles nothing either', async () => {
    const queue = new FakeQueue([row(1)])
    await sendRound(queue, outside(([e]) => answered(e ? [receipt(e, { status: 'fine' as never })] : [])))
    expect(queue.settled).toEqual([])
  })

  it('one record that the answer does not name waits; the others are done', async () => {
    const queue = new FakeQueue([row(1), row(2), row(3)])
    const round = await sendRound(queue, outside((es) => answered(es.filter((e) => e.seq !== 2).map((e) => receipt(e)))))
    expect(round).toMatchObject({ kind: 'done', settled: 2 })
    expect((await queue.waiting()).map((r) => r.seq)).toEqual([2])
  })

  it('a record on which the server itself failed is marked, kept and tried again; the others are done', async () => {
    const queue = new FakeQueue([row(1), row(2), row(3)])
    const post = (es: readonly Envelope[]): Delivery =>
      answered(es.map((e) => (e.seq === 2 ? receipt(e, { status: 'failed', code: 500, reason: 'server_error' }) : receipt(e))))
    expect(await sendRound(queue, outside(post))).toMatchObject({ kind: 'done', settled: 2 })
    expect(queue.troubles).toEqual(['2 server_error'])
    expect((await queue.waiting()).map((r) => r.seq)).toEqual([2])
  })

  it('a batch that is refused is sent one by one; the bad one is marked and holds up no other', async () => {
    const queue = new FakeQueue([row(1), row(2), row(3)])
    const post = (es: readonly Envelope[]): Delivery => (es.some((e) => e.seq === 2) ? { kind: 'refused', code: 'too_large' } : allStored(es))
    expect(await sendRound(queue, outside(post))).toMatchObject({ kind: 'done', settled: 2 })
    expect(queue.troubles).toEqual(['2 too_large'])
    expect((await queue.waiting()).map((r) => r.seq)).toEqual([2])
  })

  it('killed between sending and receipt: sent again, answered as a replay, settled once', async () => {
    const queue = new FakeQueue([row(1)])
    await sendRound(queue, outside(() => ({ kind: 'network' })))
    await sendRound(queue, outside(([e]) => answered(e ? [receipt(e, { status: 'replayed', code: 200 })] : [])))
    expect(queue.settled.map((r) => r.status)).toEqual(['replayed'])
    expect(await queue.waiting()).toEqual([])
  })

  it('does nothing while another tab sends', async () => {
    const queue = new FakeQueue([row(1)])
    expect(await sendRound(queue, outside(allStored, { alone: () => Promise.resolve(false) }))).toEqual({ kind: 'elsewhere' })
    expect(queue.sent).toEqual([])
  })

  it('a record waits for its position, but not for ever and not for a clock that jumped', async () => {
    const held = row(1, { hold_until: NOW + 30_000 })
    expect(await sendRound(new FakeQueue([held]), outside(allStored))).toEqual({ kind: 'done', settled: 0, held: true })
    expect(isHeld(held, NOW + 31_000)).toBe(false)
    expect(isHeld(held, NOW - 10 * 365 * 86_400_000)).toBe(false)
  })
})

describe('pace', () => {
  it('a batch that failed is tried in ever smaller ones', () => {
    expect([0, 1, 2, 3, 40].map(atOnce)).toEqual([50, 10, 3, 1, 1])
  })
  it('a silent network is given up after 20 s and a little, a slow one is given its time', () => {
    expect([patienceMs(4_000), patienceMs(200_000)]).toEqual([20_800, 60_000])
  })
  it('waits ever longer, at least a second, at most a quarter of an hour, and as long as it is told', () => {
    const waits = [1, 2, 3, 5, 8, 30].map((n) => waitMs(n, 1, null))
    expect(waits).toEqual([2000, 4000, 8000, 32_000, 256_000, 900_000])
    expect(waitMs(1, 0, null)).toBe(1000)
    expect(waitMs(1, 0.5, 120_000)).toBe(120_000)
  })
  it('a batch is never empty, however large one record is', () => {
    const rows = [{ envelope: { sealed: 'x'.repeat(400_000) } }, { envelope: { sealed: 'x'.repeat(700_000) } }]
    expect(nextBatch(rows).length).toBe(1)
    expect(nextBatch(rows.slice(1), 50, 10).length).toBe(1)
  })
})

describe('the sender', () => {
  function sender(post: (envelopes: readonly Envelope[]) => Delivery, rows: OutboxRow[]) {
    const set: number[] = []
    const rounds: Round[] = []
    const timers = { set: (_work: () => void, ms: number) => set.push(ms), clear: () => undefined }
    return { sender: new Sender(() => sendRound(new FakeQueue(rows), outside(post)), () => 0.5, timers, (r) => rounds.push(r)), set, rounds }
  }
  it('is patient after failures, and at once fresh after success', async () => {
    let fails = true
    const { sender: it, set } = sender((es) => (fails ? { kind: 'network' } : allStored(es)), [row(1)])
    await it.nudge()
    await it.nudge()
    expect(set).toEqual([1500, 3000])
    fails = false
    await it.nudge()
    expect(set.length).toBe(2)
  })
  it('without a session it does not try by itself', async () => {
    const { sender: it, set } = sender(() => ({ kind: 'signed_out' }), [row(1)])
    expect(await it.nudge()).toMatchObject({ why: 'signed_out' })
    expect(set).toEqual([])
  })
  it('a nudge during a round that fails does not break the rest after it', async () => {
    let rounds = 0
    const busy = { kind: 'failed', why: 'busy', retryAfterMs: 60_000, settled: 0 } as const
    const sender = new Sender(() => Promise.resolve((rounds += 1, busy)), () => 0, { set: () => 1, clear: () => undefined }, () => undefined)
    await Promise.all([sender.nudge(), sender.nudge()])
    await Promise.resolve()
    expect(rounds).toBe(1)
  })

  it('two nudges at the same moment are one round and one more after it', async () => {
    const { sender: it, rounds } = sender(allStored, [row(1)])
    await Promise.all([it.nudge(), it.nudge(), it.nudge()])
    await new Promise((done) => setTimeout(done, 0))
    expect(rounds.length).toBe(2)
  })
})
