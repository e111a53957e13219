import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Client } from '../api/client'
import { use } from '../api/server'
import { SessionKeeper } from '../api/session'
import { problem, reply, server, type Asked } from '../api/testing'
import type { Session } from '../api/wire'
import { confirmSecondFactor, followSession, resume, sessionLost, signedIn, signIn, signOut } from './actions'

const session: Session = {
  access_token: 't',
  expires_in: 600,
  account: { id: 'a', login: 'li', name: '李审核', role: 'reviewer', areas: [] },
  needs: [],
}

let answer: (asked: Asked) => Response = () => reply(session)
let net: ReturnType<typeof server>

beforeEach(() => {
  net = server((asked) => answer(asked))
  const keeper = new SessionKeeper('desk', new Client(net.fetch), Date.now, (_name, work) => work())
  use({ client: new Client(net.fetch, keeper), session: keeper })
  signedIn.value = null
  sessionLost.value = false
  followSession()
})
afterEach(() => use(null))

describe('signing in', () => {
  it('opens the session, and sends a code only when there is one', async () => {
    answer = () => reply(session)
    await signIn('desk', ' li ', 'password')
    expect(net.asked[0]?.body).toEqual({ login: 'li', password: 'password', entry: 'desk' })
    await signIn('desk', 'li', 'password', '123456')
    expect(net.asked[1]?.body).toMatchObject({ code: '123456' })
    expect(signedIn.value?.account.name).toBe('李审核')
  })

  it('does not open before the recovery codes were read', async () => {
    answer = () => reply({ recovery_codes: ['a-b'], session })
    await confirmSecondFactor('123456')
    expect(signedIn.value).toBeNull()
  })
})

describe('the end of a session', () => {
  it('that ran out is told from one the person ended', async () => {
    answer = () => reply(session)
    await signIn('desk', 'li', 'password')
    answer = () => reply(problem('session_ended', 401), 401)
    await resume()
    expect([signedIn.value, sessionLost.value]).toEqual([null, true])

    answer = () => reply(session)
    await signIn('desk', 'li', 'password')
    expect(sessionLost.value).toBe(false)
    answer = () => reply(null, 204)
    await signOut('desk')
    expect([signedIn.value, sessionLost.value]).toEqual([null, false])
  })

  it('is no loss for somebody who was never signed in', async () => {
    answer = () => reply(problem('session_ended', 401), 401)
    await resume()
    expect(sessionLost.value).toBe(false)
  })

  it('on purpose holds on this page even when the server cannot be told', async () => {
    answer = () => reply(session)
    await signIn('desk', 'li', 'password')
    answer = () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })
    await expect(signOut('desk')).rejects.toMatchObject({ kind: 'not_our_server' })
    expect(signedIn.value).toBeNull()
  })
})
