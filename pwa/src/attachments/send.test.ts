import { describe, expect, it } from 'vitest'
import type { Bytes } from '../kernel/bytes'
import type { AttachmentRow, PartDelivery, PartPlace } from './model'
import { PictureSender, type Outside, type Shelf } from './send'

const SIZE = 100_000

function row(sha256: string, tries = 0): AttachmentRow {
  return { sha256, draft_id: 'd', size: SIZE, media_type: 'image/jpeg', state: 'waiting', key_id: 'k1', tries, trouble: null, settled_at: null }
}

class FakeShelf implements Shelf {
  readonly settled: string[] = []
  readonly refused: string[] = []
  readonly bytes: Bytes
  constructor(public rows: AttachmentRow[], size = SIZE) {
    this.bytes = new Uint8Array(size).map((_, i) => i % 251)
  }
  waiting = () => Promise.resolve(this.rows)
  sealed = (): Promise<Bytes | null> => Promise.resolve(this.bytes)
  noteTry = (tried: AttachmentRow) => {
    this.rows = this.rows.map((each) => (each === tried ? { ...each, tries: each.tries + 1 } : each))
    return Promise.resolve()
  }
  settle = (sha256: string) => {
    this.settled.push(sha256)
    this.rows = this.rows.filter((each) => each.sha256 !== sha256)
    return Promise.resolve()
  }
  refuse = (sha256: string, code: string) => {
    this.refused.push(`${sha256} ${code}`)
    this.rows = this.rows.filter((each) => each.sha256 !== sha256)
    return Promise.resolve()
  }
}

/** As the real one: takes what begins where the last part ended, and says how much is here. */
class FakeServer {
  here = 0
  readonly asked: [number, number][] = []
  take = (place: PartPlace, part: Bytes): PartDelivery => {
    this.asked.push([place.offset, part.length])
    if (place.offset === this.here) this.here += part.length
    return { kind: 'taken', received: this.here, complete: this.here === place.size }
  }
}

function outside(put: (place: PartPlace, part: Bytes) => PartDelivery, over: Partial<Outside> = {}): Outside {
  let clock = 0
  return {
    now: () => (clock += 2000),
    put: (place, part) => Promise.resolve(put(place, part)),
    envelopeWaits: () => Promise.resolve(false),
    alone: async (work) => {
      await work()
      return true
    },
    progress: () => undefined,
    ...over,
  }
}

describe('sending pictures', () => {
  it('goes part by part to the end', async () => {
    const [shelf, server] = [new FakeShelf([row('a')]), new FakeServer()]
    const seen: number[] = []
    const sender = new PictureSender(shelf, outside(server.take, { progress: (done) => seen.push(done) }))
    expect(await sender.round()).toEqual({ kind: 'done', settled: 1, held: false })
    expect(server.asked).toEqual([[0, 32_768], [32_768, 32_768], [65_536, 32_768], [98_304, 1696]])
    expect(seen).toEqual([32_768, 65_536, 98_304])
    expect(shelf.settled).toEqual(['a'])
  })

  it('after a cut it asks how much is there and goes on', async () => {
    const [shelf, server] = [new FakeShelf([row('a', 1)]), new FakeServer()]
    server.here = 90_000
    await new PictureSender(shelf, outside(server.take)).round()
    expect(server.asked).toEqual([[0, 0], [90_000, 10_000]])
    expect(shelf.settled).toEqual(['a'])
  })

  it('a network that fails ends the round; the picture waits, and the parts get smaller', async () => {
    const [shelf, server] = [new FakeShelf([row('a')]), new FakeServer()]
    let left = 1
    const sender = new PictureSender(shelf, outside((place, part) => (left-- > 0 ? server.take(place, part) : { kind: 'network' })))
    expect(await sender.round()).toEqual({ kind: 'failed', why: 'network', retryAfterMs: null, settled: 0 })
    expect([shelf.rows[0]?.tries, shelf.settled]).toEqual([1, []])
    left = 100
    await sender.round()
    expect(server.asked).toEqual([[0, 32_768], [0, 0], ...Array.from({ length: 9 }, (_, i) => [32_768 + i * 8192, Math.min(8192, SIZE - 32_768 - i * 8192)])])
    expect(shelf.settled).toEqual(['a'])
  })

  it('a server that is busy says when to come back', async () => {
    const sender = new PictureSender(new FakeShelf([row('a')]), outside(() => ({ kind: 'busy', retryAfterMs: 3_600_000 })))
    expect(await sender.round()).toEqual({ kind: 'failed', why: 'busy', retryAfterMs: 3_600_000, settled: 0 })
  })

  it('one that is refused costs no other', async () => {
    const [shelf, server] = [new FakeShelf([row('bad'), row('good')]), new FakeServer()]
    const put = (place: PartPlace, part: Bytes): PartDelivery =>
      place.sha256 === 'bad' ? { kind: 'refused', code: 'attachment_not_picture' } : server.take(place, part)
    expect(await new PictureSender(shelf, outside(put)).round()).toMatchObject({ kind: 'done', settled: 1 })
    expect([shelf.refused, shelf.settled]).toEqual([['bad attachment_not_picture'], ['good']])
  })

  it('makes way for a record between two parts', async () => {
    const [shelf, server] = [new FakeShelf([row('a')]), new FakeServer()]
    const sender = new PictureSender(shelf, outside(server.take, { envelopeWaits: () => Promise.resolve(server.here > 0) }))
    expect(await sender.round()).toEqual({ kind: 'done', settled: 0, held: true })
    expect(server.asked.length).toBe(1)
  })

  it('a server that never takes a part is not asked for ever', async () => {
    const put = (): PartDelivery => ({ kind: 'taken', received: 0, complete: false })
    expect(await new PictureSender(new FakeShelf([row('a')]), outside(put)).round()).toMatchObject({ kind: 'failed', why: 'network' })
  })

  it('damage on the way begins it anew', async () => {
    const [shelf, server] = [new FakeShelf([row('a')]), new FakeServer()]
    let damaged = true
    const put = (place: PartPlace, part: Bytes): PartDelivery => {
      const answer = server.take(place, part)
      if (answer.kind !== 'taken' || !answer.complete || !damaged) return answer
      damaged = false
      server.here = 0
      return { kind: 'taken', received: 0, complete: false }
    }
    expect(await new PictureSender(shelf, outside(put)).round()).toMatchObject({ kind: 'done', settled: 1 })
  })

  it('two tabs are one sender', async () => {
    const sender = new PictureSender(new FakeShelf([row('a')]), outside(new FakeServer().take, { alone: () => Promise.resolve(false) }))
    expect(await sender.round()).toEqual({ kind: 'elsewhere' })
  })
})
