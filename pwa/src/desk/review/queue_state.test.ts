import { nextTick } from 'vue'
import { describe, expect, it } from 'vitest'
import type { SubmissionDetail, SubmissionLine, SubmissionPage, SubmissionState } from '../../api/wire'
import { useQueue } from './queue_state'

function line(id: string, state: SubmissionState = 'received'): SubmissionLine {
  return { id, state, version_id: `${id}-1` } as SubmissionLine
}

function page(ids: string[], next: string | null = null): SubmissionPage {
  const counts = { received: ids.length, returned: 0, corrected: 0, approved: 7, rejected: 0, voided: 0 }
  return { items: ids.map((id) => line(id)), next_cursor: next, counts }
}

/** A server whose answers come when the test says so. */
function slow() {
  const waiting: { done: (page: SubmissionPage) => void; fail: (error: unknown) => void; state: string }[] = []
  const ask = (filter: { state: string }) =>
    new Promise<SubmissionPage>((done, fail) => waiting.push({ done, fail, state: filter.state }))
  return { waiting, ask }
}

describe('the list of submissions', () => {
  it('goes on where a page ended', async () => {
    const pages = [page(['a', 'b'], 'next'), page(['c'])]
    const queue = useQueue(() => Promise.resolve(pages.shift() as SubmissionPage))
    await queue.load()
    expect(queue.hasMore.value).toBe(true)
    await queue.more()
    expect(queue.lines.value.map((each) => each.id)).toEqual(['a', 'b', 'c'])
    expect(queue.hasMore.value).toBe(false)
  })

  it('shows the answer to the last question, whichever comes first', async () => {
    const { waiting, ask } = slow()
    const queue = useQueue(ask)
    const first = queue.load()
    queue.filter.value = { ...queue.filter.value, state: 'returned' }
    const second = queue.load()
    waiting[1]?.done(page(['of the second']))
    await second
    waiting[0]?.done(page(['of the first']))
    await first
    expect(queue.lines.value.map((each) => each.id)).toEqual(['of the second'])
  })

  it('asks at once when a filter changes, and waits while somebody types', async () => {
    const { waiting, ask } = slow()
    const queue = useQueue(ask)
    queue.filter.value = { ...queue.filter.value, q: '王' }
    await nextTick()
    await new Promise((done) => setTimeout(done, 20))
    expect(waiting).toHaveLength(0)
    queue.filter.value = { ...queue.filter.value, flagged: true }
    await nextTick()
    await new Promise((done) => setTimeout(done, 20))
    expect(waiting).toHaveLength(1)
    queue.stop()
  })

  it('tells of new ones without moving under the eyes of the reader', async () => {
    const pages = [page(['a']), page(['new', 'a'])]
    const queue = useQueue(() => Promise.resolve(pages.shift() as SubmissionPage))
    await queue.load()
    await queue.lookAgain()
    expect(queue.lines.value.map((each) => each.id)).toEqual(['a'])
    expect(queue.fresh.value).toBe(1)
  })

  it('keeps what it shows when looking again fails', async () => {
    let broken = false
    const queue = useQueue(() => (broken ? Promise.reject(new Error('no network')) : Promise.resolve(page(['a']))))
    await queue.load()
    broken = true
    await queue.lookAgain()
    expect(queue.failure.value).toBeNull()
    await queue.load()
    expect(queue.failure.value).toBeInstanceOf(Error)
    expect(queue.lines.value).toHaveLength(1)
  })
})

describe('a decided line', () => {
  it('leaves the list, moves between the counts, and gives its place to the next', async () => {
    const queue = useQueue(() => Promise.resolve(page(['a', 'b', 'c'])))
    await queue.load()
    expect(queue.settle({ ...line('b'), state: 'approved' } as SubmissionDetail)).toBe('c')
    expect(queue.lines.value.map((each) => each.id)).toEqual(['a', 'c'])
    expect(queue.counts.value).toMatchObject({ received: 2, approved: 8 })
  })

  it('that is still in its state stays, brought up to date', async () => {
    const queue = useQueue(() => Promise.resolve(page(['a'])))
    await queue.load()
    expect(queue.settle({ ...line('a'), version_id: 'a-2' } as SubmissionDetail)).toBe('a')
    expect(queue.lines.value[0]?.version_id).toBe('a-2')
    expect(queue.counts.value.received).toBe(1)
  })
})
