import { describe, expect, it } from 'vitest'
import { Client } from './client'
import { SessionKeeper, type Exclusive } from './session'
import { problem, reply, server } from './testing'
import type { Session } from './wire'

const session = (token: string): Session => ({
  access_token: token,
  expires_in: 600,
  account: { id: 'a', login: 'li', name: '李审核', role: 'reviewer', areas: [] },
  needs: [],
})

function keeper(answer: () => Response | Promise<Response>, exclusive: Exclusive = (_name, work) => work()) {
  const net = server(answer)
  const clock = { now: 1_000_000 }
  const kept = new SessionKeeper('desk', new Client(net.fetch), () => clock.now, exclusive)
  return { net, clock, kept }
}

describe('the session', () => {
  it('gives its token until shortly before it ends, then renews', async () => {
    const { net, clock, kept } = keeper(() => reply(session('second')))
    kept.take(session('first'))
    expect(await kept.token()).toBe('first')
    clock.now += 569_000
    expect(await kept.token()).toBe('first')
    clock.now += 2_000
    expect(await kept.token()).toBe('second')
    expect(net.asked).toHaveLength(1)
    expect(net.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/auth/refresh', body: { entry: 'desk' } })
  })

  it('renews once however many calls wait: the cookie rotates', async () => {
    let count = 0
    const { net, kept } = keeper(() => reply(session(`renewed-${++count}`)))
    kept.take(session('first'))
    const tokens = await Promise.all([kept.renew('first'), kept.renew('first'), kept.renew('first')])
    expect(tokens).toEqual(['renewed-1', 'renewed-1', 'renewed-1'])
    expect(await kept.renew('first')).toBe('renewed-1')
    expect(net.asked).toHaveLength(1)
  })

  it('renews under a lock that other tabs respect', async () => {
    const names: string[] = []
    const { kept } = keeper(
      () => reply(session('x')),
      (name, work) => {
        names.push(name)
        return work()
      },
    )
    await kept.refresh()
    expect(names).toEqual(['suifang-refresh-desk'])
  })

  it('that the server ended is over, and everybody hears it', async () => {
    const { kept } = keeper(() => reply(problem('session_ended', 401), 401))
    const heard: (string | null)[] = []
    kept.onChange((next) => heard.push(next?.access_token ?? null))
    kept.take(session('first'))
    expect(await kept.renew('first')).toBeNull()
    expect(kept.current).toBeNull()
    expect(heard).toEqual(['first', null])
  })

  it('says why it was ended, to whoever has to erase or close something', async () => {
    const body = { ...problem('session_ended', 401), details: { reason: 'device_revoked' } }
    const { kept } = keeper(() => reply(body, 401))
    const reasons: string[] = []
    kept.onEnded((reason) => reasons.push(reason))
    await kept.refresh()
    expect(reasons).toEqual(['device_revoked'])
  })

  it('is not over because the network is', async () => {
    const { kept } = keeper(() => Promise.reject(new TypeError('Failed to fetch')))
    kept.take(session('first'))
    await expect(kept.renew('first')).rejects.toMatchObject({ kind: 'offline' })
    expect(kept.current?.access_token).toBe('first')
  })

  it('proves the phone when there is a key', async () => {
    const { net, kept } = keeper(() => reply(session('x')))
    kept.signWith((method, path, body) => Promise.resolve({ 'X-Device-Signature': `${method} ${path} ${body}` }))
    await kept.refresh()
    expect(net.asked[0]?.headers['X-Device-Signature']).toBe('POST /api/v1/auth/refresh {"entry":"desk"}')
  })
})
