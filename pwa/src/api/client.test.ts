import { describe, expect, it } from 'vitest'
import { Client, type Bearer } from './client'
import { NetworkError, ProblemError, sentence } from './problems'
import { problem, reply, server } from './testing'

interface Page {
  items: string[]
}

describe('a call', () => {
  it('brings the answer, and says what kind of call it is', async () => {
    const net = server(() => reply({ items: ['a'] }))
    const client = new Client(net.fetch)
    expect(await client.get<Page>('/residents', ['items'], { q: '王 秀', village: '', limit: 20, cursor: null })).toEqual({ items: ['a'] })
    expect(net.asked[0]).toMatchObject({ method: 'GET', url: '/api/v1/residents?q=%E7%8E%8B+%E7%A7%80&limit=20' })
    expect(net.asked[0]?.headers).not.toHaveProperty('X-Suifang')
  })

  it('that changes something carries the header no foreign page can send', async () => {
    const net = server(() => reply(null, 204))
    await new Client(net.fetch).done({ method: 'DELETE', path: '/devices/1', body: { reason: '丢失' } })
    expect(net.asked[0]?.headers).toMatchObject({ 'X-Suifang': '1', 'Content-Type': 'application/json' })
    expect(net.asked[0]?.body).toEqual({ reason: '丢失' })
  })
})

describe('what is not an answer of ours', () => {
  const foreign: [string, () => Response][] = [
    ['the sign-in page of a Wi-Fi', () => new Response('<html>登录</html>', { headers: { 'Content-Type': 'text/html' } })],
    ['HTML that calls itself JSON', () => new Response('<html>', { headers: { 'Content-Type': 'application/json' } })],
    ['JSON that was cut off', () => new Response('{"items": [', { headers: { 'Content-Type': 'application/json' } })],
    ['JSON of somebody else', () => reply({ status: 'ok' })],
    ['a list', () => reply(['items'])],
    ['the page of a proxy whose server is down', () => new Response('<h1>502</h1>', { status: 502, headers: { 'Content-Type': 'text/html' } })],
    ['an error in a shape we do not know', () => reply({ error: 'no' }, 500)],
  ]
  it.each(foreign)('%s is a network error', async (_what, answer) => {
    const client = new Client(server(answer).fetch)
    await expect(client.get<Page>('/residents', ['items'])).rejects.toMatchObject({ name: 'NetworkError', kind: 'not_our_server' })
  })

  it('nor is a page where nothing was promised', async () => {
    const client = new Client(server(() => reply({}, 200)).fetch)
    await expect(client.done({ method: 'POST', path: '/auth/logout', body: {} })).rejects.toBeInstanceOf(NetworkError)
  })

  it('no network at all, and a server that stays silent, are told apart', async () => {
    const dead = new Client(() => Promise.reject(new TypeError('Failed to fetch')))
    await expect(dead.get<Page>('/residents', ['items'])).rejects.toMatchObject({ kind: 'offline' })

    const silent = new Client((_url, init) => new Promise((_done, fail) => init?.signal?.addEventListener('abort', () => fail(new Error('aborted')))))
    const call = silent.json<Page>({ method: 'GET', path: '/residents', timeoutMs: 20 }, ['items'])
    await expect(call).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('nor may a server fall silent in the middle of its answer', async () => {
    const half = new Client((_url, init) => {
      const body = new ReadableStream({
        start(stream) {
          stream.enqueue(new TextEncoder().encode('{"items": ['))
          init?.signal?.addEventListener('abort', () => stream.error(new Error('aborted')))
        },
      })
      return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'application/json' } }))
    })
    const call = half.json<Page>({ method: 'GET', path: '/residents', timeoutMs: 20 }, ['items'])
    await expect(call).rejects.toMatchObject({ kind: 'timeout' })
  })
})

describe('a refusal', () => {
  it('keeps its code, and speaks in the sentence of the server', async () => {
    const refusal = problem('decided_meanwhile', 409, { 'zh-CN': '这份记录刚刚被别人审核过。', en: 'Somebody decided it just now.' })
    const client = new Client(server(() => reply(refusal, 409)).fetch)
    const error: unknown = await client.get<Page>('/x', ['items']).catch((each: unknown) => each)
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({ code: 'decided_meanwhile', status: 409, retryAfter: null })
    expect(sentence(error)).toBe('这份记录刚刚被别人审核过。')
  })

  it('says how long to wait', async () => {
    const answer = () => reply(problem('too_many_attempts', 429), 429, { 'Retry-After': '60' })
    await expect(new Client(server(answer).fetch).get<Page>('/x', ['items'])).rejects.toMatchObject({ retryAfter: 60 })
  })
})

describe('a refused token', () => {
  function bearer(fresh: string | null): Bearer & { renewed: string[] } {
    const renewed: string[] = []
    return {
      renewed,
      token: () => Promise.resolve('old'),
      renew(refused) {
        renewed.push(refused)
        return Promise.resolve(fresh)
      },
    }
  }

  it('is renewed once and the call is made again', async () => {
    const net = server(({ headers }) =>
      headers.Authorization === 'Bearer new' ? reply({ items: [] }) : reply(problem('sign_in_needed', 401), 401),
    )
    const holder = bearer('new')
    await new Client(net.fetch, holder).get<Page>('/residents', ['items'])
    expect(holder.renewed).toEqual(['old'])
    expect(net.asked).toHaveLength(2)
  })

  it('is not tried a third time', async () => {
    const net = server(() => reply(problem('sign_in_needed', 401), 401))
    await expect(new Client(net.fetch, bearer('new')).get<Page>('/x', ['items'])).rejects.toMatchObject({ code: 'sign_in_needed' })
    expect(net.asked).toHaveLength(2)
  })

  it('is told from a wrong code, which is never guessed twice', async () => {
    const net = server(() => reply(problem('second_factor_wrong', 401), 401))
    const holder = bearer('new')
    await expect(new Client(net.fetch, holder).get<Page>('/x', ['items'])).rejects.toMatchObject({ code: 'second_factor_wrong' })
    expect([net.asked.length, holder.renewed]).toEqual([1, []])
  })

  it('of a session that is over leaves the refusal standing', async () => {
    const net = server(() => reply(problem('sign_in_needed', 401), 401))
    await expect(new Client(net.fetch, bearer(null)).get<Page>('/x', ['items'])).rejects.toMatchObject({ status: 401 })
    expect(net.asked).toHaveLength(1)
  })
})
