/** What a browser has and Node lacks, once a life: a killed life hears nothing any more and says nothing more. */
import { AsyncLocalStorage } from 'node:async_hooks'

type Grant = ((lock: object | null) => unknown) | undefined
interface LockOptions { ifAvailable?: boolean }
type Death = 'before' | 'after'

/** One life of the app: from its start to the kill. */
export class Life {
  /** Dies at the next request: before it goes out, or when its answer is here. */
  dies: Death | null = null
  readonly held = new Map<string, Promise<unknown>>()
  readonly timers = new Set<NodeJS.Timeout>()

  #over = false

  isOver(): boolean {
    return this.#over
  }

  kill(): void {
    this.#over = true
    this.timers.forEach((timer) => { clearTimeout(timer) })
  }
}

export const lives = new AsyncLocalStorage<Life>()
const never = (): Promise<never> => new Promise<never>(() => undefined)
const here = (): Life => {
  const life = lives.getStore()
  if (!life) throw new Error('outside of a life')
  return life
}

let origin = ''
const cookies = new Map<string, string>()
let offset = 0

export function connectTo(url: string): void {
  origin = url
}
export function turnClock(ms: number): void {
  offset = ms
}
export function forgetCookies(): void {
  cookies.clear()
}

/** The cookies of this moment, for a test that brings them back later. */
export function copyCookies(): [string, string][] {
  return [...cookies]
}
export function putCookies(kept: readonly [string, string][]): void {
  cookies.clear()
  kept.forEach(([name, value]) => cookies.set(name, value))
}

/** The browser's fetch: its cookies outlive the app, and a killed app hears no answer. */
function makeFetch(real: typeof fetch): typeof fetch {
  return async (input, init) => {
    const life = here()
    if (life.dies === 'before') life.kill()
    if (life.isOver()) return never()
    const headers = new Headers(init?.headers)
    if (cookies.size > 0) headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    // Node keeps connections for reuse; a phone that has just changed its network cannot.
    headers.set('Connection', 'close')
    let response: Response
    try {
      response = await real(origin + (typeof input === 'string' ? input : ''), { ...init, headers })
      const bytes = await response.arrayBuffer()
      for (const line of response.headers.getSetCookie()) keepCookie(line)
      response = new Response(response.status === 204 ? null : bytes, { status: response.status, headers: response.headers })
    } catch (error) {
      if (life.isOver()) return never()
      throw error
    }
    if (life.dies === 'after') life.kill()
    return life.isOver() ? never() : response
  }
}

function keepCookie(line: string): void {
  const [pair = ''] = line.split(';')
  const [name = '', value = ''] = pair.split('=')
  if (value === '' || /Max-Age=0/i.test(line)) cookies.delete(name)
  else cookies.set(name, value)
}

/** Web Locks of one life; a killed page holds none. */
const locks = {
  async request(name: string, options: LockOptions | Grant, work?: Grant): Promise<unknown> {
    const { held } = here()
    const grant = (typeof options === 'function' ? options : work) ?? (() => undefined)
    if (held.has(name) && typeof options === 'object' && options.ifAvailable) return grant(null)
    const turn = (held.get(name) ?? Promise.resolve()).then(() => grant({ name }))
    const done = turn.catch(() => undefined)
    held.set(name, done)
    try {
      return await turn
    } finally {
      if (held.get(name) === done) held.delete(name)
    }
  },
}

function timer(set: typeof setTimeout): (work: () => void, ms: number) => NodeJS.Timeout {
  return (work, ms) => {
    const life = lives.getStore()
    const handle = set(() => {
      if (life?.isOver() !== true) work()
    }, ms)
    life?.timers.add(handle)
    return handle
  }
}

/** Puts the surroundings in place; once, before the app is loaded. */
export function furnish(): void {
  const listen = { addEventListener: () => undefined, removeEventListener: () => undefined }
  const RealDate = Date
  class PhoneDate extends RealDate {
    constructor(...given: ConstructorParameters<typeof Date> | []) {
      const words: ConstructorParameters<typeof Date> = given.length === 0 ? [RealDate.now() + offset] : given
      super(...words)
    }
    static override now(): number {
      return RealDate.now() + offset
    }
  }
  const place = { hash: '', origin: 'http://phone', pathname: '/capture/', replace: () => undefined, reload: () => undefined }
  const setInterval_ = setInterval
  const window = {
    ...listen,
    location: place,
    setTimeout: timer(setTimeout),
    clearTimeout,
    setInterval: (work: () => void, ms: number) => setInterval_(work, ms).unref(),
    matchMedia: () => ({ matches: false }),
    scrollTo: () => undefined,
  }
  const browser = { locks, userAgent: 'Mozilla/5.0 (Linux; Android 12; Redmi 12) Test', onLine: true }
  Object.assign(globalThis, {
    Date: PhoneDate,
    __APP_VERSION__: 'test',
    window,
    location: place,
    document: { ...listen, visibilityState: 'visible', documentElement: { lang: '' }, createElement: () => ({}) },
    fetch: makeFetch(globalThis.fetch),
  })
  Object.defineProperty(globalThis, 'navigator', { value: browser, configurable: true })
}
