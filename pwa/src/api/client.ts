/**
 * Calls to `/api/v1`. Everything that is not JSON of the right shape counts as a network error: a
 * hotel's sign-in page answers 200 too.
 */
import type { Bytes } from '../kernel/bytes'
import { isProblem, NetworkError, ProblemError } from './problems'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Query = Record<string, string | number | boolean | null | undefined>

export interface Call {
  method: Method
  /** Below /api/v1, with a leading slash. */
  path: string
  query?: Query
  body?: unknown
  /** Instead of a body of JSON: bytes as they are. */
  octets?: Bytes
  headers?: Record<string, string>
  signal?: AbortSignal
  timeoutMs?: number
  /** False: no session is used and none is asked for (sign-in, family, device-signed calls). */
  session?: boolean
}

/** What gives a call its session (api/session.ts). */
export interface Bearer {
  token(): Promise<string | null>
  /** A token was refused. @returns a fresh one, or nothing when the session is over. */
  renew(refused: string): Promise<string | null>
}

interface Answer {
  status: number
  type: string
  retryAfter: string | null
  text: string
  bytes: ArrayBuffer
}

export type Fetch = typeof fetch

const ROOT = '/api/v1'
const TIMEOUT_MS = 20_000
const TOKEN_REFUSED: readonly string[] = ['sign_in_needed', 'session_ended']

export class Client {
  readonly #fetch: Fetch
  readonly #bearer: Bearer | null

  constructor(fetcher: Fetch, bearer: Bearer | null = null) {
    this.#fetch = fetcher
    this.#bearer = bearer
  }

  /**
   * @param members names the answer must have: how an answer of ours is told from a foreign one
   * @throws ProblemError the server said no
   * @throws NetworkError no answer of ours came
   */
  async json<T>(call: Call, members: readonly (keyof T & string)[]): Promise<T> {
    const answer = await this.#send(call)
    const body = parse(answer)
    if (!isObject(body) || !members.every((name) => name in body)) {
      throw new NetworkError('not_our_server', answer.status)
    }
    return body as T
  }

  get<T>(path: string, members: readonly (keyof T & string)[], query: Query = {}): Promise<T> {
    return this.json<T>({ method: 'GET', path, query }, members)
  }

  post<T>(path: string, body: unknown, members: readonly (keyof T & string)[]): Promise<T> {
    return this.json<T>({ method: 'POST', path, body }, members)
  }

  /** A call that is answered with a file, such as a picture; its type must match. */
  async file(call: Call, type: RegExp): Promise<Blob> {
    const answer = await this.#send(call)
    if (!type.test(answer.type)) throw new NetworkError('not_our_server', answer.status)
    return new Blob([answer.bytes], { type: answer.type })
  }

  /** A call that is answered with 204 and nothing. */
  async done(call: Call): Promise<void> {
    const answer = await this.#send(call)
    if (answer.status !== 204) throw new NetworkError('not_our_server', answer.status)
  }

  async #send(call: Call): Promise<Answer> {
    const bearer = call.session === false ? null : this.#bearer
    const token = (await bearer?.token()) ?? null
    const answer = await this.#ask(call, token)
    if (!bearer || token === null || !refusesToken(answer)) return refuseProblem(answer)
    const fresh = await bearer.renew(token)
    return refuseProblem(fresh === null ? answer : await this.#ask(call, fresh))
  }

  /** One request, read to its end within the time: a server may fall silent after the headers too. */
  async #ask(call: Call, token: string | null): Promise<Answer> {
    const limit = deadline(call)
    try {
      const response = await this.#fetch(`${ROOT}${call.path}${search(call.query)}`, {
        method: call.method,
        headers: headers(call, token),
        ...(call.octets ? { body: call.octets } : call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
        signal: limit.signal,
      })
      const bytes = await response.arrayBuffer()
      return {
        status: response.status,
        type: response.headers.get('Content-Type') ?? '',
        retryAfter: response.headers.get('Retry-After'),
        text: new TextDecoder().decode(bytes),
        bytes,
      }
    } catch (error) {
      if (call.signal?.aborted) throw error
      throw new NetworkError(limit.passed() ? 'timeout' : 'offline')
    } finally {
      limit.end()
    }
  }
}

/** The caller's signal and the time limit in one. (AbortSignal.any is younger than our phones.) */
function deadline(call: Call): { signal: AbortSignal; passed: () => boolean; end: () => void } {
  const stop = new AbortController()
  let passed = false
  const leave = (): void => stop.abort()
  const clock = setTimeout(() => {
    passed = true
    stop.abort()
  }, call.timeoutMs ?? TIMEOUT_MS)
  if (call.signal?.aborted) stop.abort()
  call.signal?.addEventListener('abort', leave)
  return {
    signal: stop.signal,
    passed: () => passed,
    end() {
      clearTimeout(clock)
      call.signal?.removeEventListener('abort', leave)
    },
  }
}

function headers(call: Call, token: string | null): Record<string, string> {
  return {
    Accept: 'application/json, application/problem+json',
    ...(call.octets ? { 'Content-Type': 'application/octet-stream' } : call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(call.method === 'GET' ? {} : { 'X-Suifang': '1' }),
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...call.headers,
  }
}

function search(query: Query = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  if (set.length === 0) return ''
  return `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()}`
}

/** A wrong code is answered with 401 too: asking again would be a second guess. */
function refusesToken(answer: Answer): boolean {
  if (answer.status !== 401) return false
  const body = parse(answer)
  return isProblem(body) && TOKEN_REFUSED.includes(body.code)
}

function refuseProblem(answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer
  const body = parse(answer)
  if (!isProblem(body)) throw new NetworkError('not_our_server', answer.status)
  throw new ProblemError(body, seconds(answer.retryAfter))
}

function parse(answer: Answer): unknown {
  try {
    if (/^application\/(problem\+)?json\b/.test(answer.type)) return JSON.parse(answer.text) as unknown
  } catch {
    // Cut off on the way, or no JSON at all: either way the answer did not arrive.
  }
  throw new NetworkError('not_our_server', answer.status)
}

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

function seconds(text: string | null): number | null {
  const value = Number(text)
  return text !== null && text !== '' && Number.isFinite(value) && value >= 0 ? value : null
}
