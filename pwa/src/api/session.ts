/**
 * The session of one entry: an access token in memory, renewed through the refresh cookie. One
 * renewal at a time, in this page by one promise and across tabs by a Web Lock: the cookie rotates.
 */
import type { Bearer, Client } from './client'
import { hasCode } from './problems'
import type { Entry, Session } from './wire'

/** Header values that prove the device (docs/decisions/0004), for entries on an enrolled phone. */
export type Sign = (method: string, path: string, body: string) => Promise<Record<string, string>>
export type Exclusive = <T>(name: string, work: () => Promise<T>) => Promise<T>

const RENEW_BEFORE_MS = 30_000
const SESSION: readonly (keyof Session)[] = ['access_token', 'expires_in', 'account', 'needs']

export class SessionKeeper implements Bearer {
  readonly #entry: Entry
  readonly #open: Client
  readonly #now: () => number
  readonly #exclusive: Exclusive
  readonly #listeners: ((session: Session | null) => void)[] = []
  #ended: (reason: string) => void = () => undefined
  #sign: Sign | null = null
  #session: Session | null = null
  #goodUntil = 0
  #renewal: Promise<Session | null> | null = null

  /** @param open a client without a session, for the calls that make one */
  constructor(entry: Entry, open: Client, now: () => number = Date.now, exclusive: Exclusive = lock) {
    this.#entry = entry
    this.#open = open
    this.#now = now
    this.#exclusive = exclusive
  }

  get current(): Session | null {
    return this.#session
  }

  onChange(listener: (session: Session | null) => void): void {
    this.#listeners.push(listener)
  }

  /** The server ended the session; `reason` as in `wire.ts`, at Session. */
  onEnded(listener: (reason: string) => void): void {
    this.#ended = listener
  }

  signWith(sign: Sign | null): void {
    this.#sign = sign
  }

  /** Header values that prove this device; none where there is no device. */
  async prove(method: string, path: string, body: unknown): Promise<Record<string, string>> {
    return (await this.#sign?.(method, `/api/v1${path}`, JSON.stringify(body))) ?? {}
  }

  take(session: Session | null): void {
    this.#session = session
    this.#goodUntil = session ? this.#now() + session.expires_in * 1000 : 0
    for (const listener of this.#listeners) listener(session)
  }

  async token(): Promise<string | null> {
    if (!this.#session) return null
    if (this.#now() < this.#goodUntil - RENEW_BEFORE_MS) return this.#session.access_token
    return (await this.refresh())?.access_token ?? null
  }

  async renew(refused: string): Promise<string | null> {
    // Another call may have renewed it in the meantime.
    if (this.#session && this.#session.access_token !== refused) return this.#session.access_token
    return (await this.refresh())?.access_token ?? null
  }

  /**
   * Renews by the cookie, also when a page opens.
   * @returns nothing when there is no session any more
   * @throws NetworkError the session is kept: it is not over because the network is
   */
  refresh(): Promise<Session | null> {
    this.#renewal ??= this.#exclusive(`suifang-refresh-${this.#entry}`, () => this.#ask()).finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #ask(): Promise<Session | null> {
    const body = { entry: this.#entry }
    const path = '/auth/refresh'
    try {
      const proof = await this.#sign?.('POST', `/api/v1${path}`, JSON.stringify(body))
      const session = await this.#open.json<Session>(
        { method: 'POST', path, body, session: false, ...(proof ? { headers: proof } : {}) },
        SESSION,
      )
      this.take(session)
      return session
    } catch (error) {
      if (!hasCode(error, 'session_ended')) throw error
      this.take(null)
      const { reason } = error.problem.details
      if (typeof reason === 'string') this.#ended(reason)
      return null
    }
  }
}

/** Browsers without Web Locks still have the promise of the page itself. */
function lock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator>).locks
  return locks ? locks.request(name, work) : work()
}
