import { nextTick, shallowRef } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Client } from '../../api/client'
import { use } from '../../api/server'
import { problem, reply, server, type Asked } from '../../api/testing'
import type { SubmissionDetail, SubmissionState } from '../../api/wire'
import { useDecision } from './decision_state'

function submission(id: string, state: SubmissionState = 'received'): SubmissionDetail {
  return { id, state, version_id: `${id}-1`, form: {}, versions: [], decisions: [], tasks: [] } as unknown as SubmissionDetail
}

let answer: (asked: Asked) => Response
let net: ReturnType<typeof server>

beforeEach(() => {
  answer = () => reply(submission('a', 'approved'))
  net = server((asked) => answer(asked))
  use({ client: new Client(net.fetch), session: null })
})
afterEach(() => use(null))

function desk() {
  const detail = shallowRef<SubmissionDetail | null>(submission('a'))
  const decided: SubmissionDetail[] = []
  return { detail, decided, ...useDecision(detail, (each) => decided.push(each)) }
}

describe('approving', () => {
  it('names the version that was read', async () => {
    const { send, decided } = desk()
    await send('approved')
    expect(net.asked[0]).toMatchObject({
      url: '/api/v1/review/items/a/decision',
      body: { version_id: 'a-1', verdict: 'approved', fields: [], reason: null },
    })
    expect(decided).toHaveLength(1)
  })

  it('twice is once', async () => {
    const { send } = desk()
    await Promise.all([send('approved'), send('approved')])
    expect(net.asked).toHaveLength(1)
  })

  it('what is decided already cannot be decided again', async () => {
    const { detail, send, startReturn, picking } = desk()
    detail.value = submission('a', 'approved')
    await send('approved')
    startReturn()
    expect([net.asked.length, picking.value]).toEqual([0, false])
  })
})

describe('returning', () => {
  it('sends the fields that were picked, and the reason without its edges', async () => {
    const { startReturn, toggle, reason, send, picking } = desk()
    startReturn()
    toggle('sbp')
    toggle('dbp')
    toggle('dbp')
    reason.value = ' 请核对 \n'
    await send('returned')
    expect(net.asked[0]?.body).toMatchObject({ verdict: 'returned', fields: ['sbp'], reason: '请核对' })
    expect(picking.value).toBe(false)
  })

  it('says nothing when there is nothing to say', async () => {
    const { startReturn, send } = desk()
    startReturn()
    await send('returned')
    expect(net.asked).toHaveLength(0)
  })

  it('is thrown away when another record is opened', async () => {
    const { detail, startReturn, toggle, reason, picked } = desk()
    startReturn()
    toggle('sbp')
    reason.value = '请核对'
    detail.value = submission('b')
    await nextTick()
    expect([picked.value.size, reason.value]).toEqual([0, ''])
  })
})

describe('two reviewers at once', () => {
  it('the second is told, and what was written stays until it was read', async () => {
    answer = () => reply(problem('decided_meanwhile', 409), 409)
    const { startReturn, toggle, reason, send, meanwhile, picked, decided } = desk()
    startReturn()
    toggle('sbp')
    reason.value = '请核对'
    await send('returned')
    expect(meanwhile.value).toBe(true)
    expect([[...picked.value], reason.value, decided.length]).toEqual([['sbp'], '请核对', 0])
  })

  it('is not confused with a network that is gone', async () => {
    answer = () => {
      throw new TypeError('Failed to fetch')
    }
    const { send, meanwhile, failure } = desk()
    await send('approved')
    expect(meanwhile.value).toBe(false)
    expect(failure.value).toMatchObject({ kind: 'offline' })
  })
})
