/** What can go wrong with a call, and the sentence a person reads. */
import { words } from '../locales/api'
import { pick } from '../locales/locale'
import type { Json, Problem } from './wire'

/** The server answered with a problem document (RFC 9457). */
export class ProblemError extends Error {
  readonly problem: Problem
  /** Seconds of Retry-After, when the server asks to wait. */
  readonly retryAfter: number | null

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(`${problem.status} ${problem.code}`)
    this.name = 'ProblemError'
    this.problem = problem
    this.retryAfter = retryAfter
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

/** No answer of ours came: `not_our_server` is a captive portal, a proxy's page, a broken answer. */
export class NetworkError extends Error {
  readonly kind: 'offline' | 'timeout' | 'not_our_server'
  /** Status of the answer, when there was one. */
  readonly status: number | null

  constructor(kind: NetworkError['kind'], status: number | null = null) {
    super(kind)
    this.name = 'NetworkError'
    this.kind = kind
    this.status = status
  }
}

export function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false
  const { type, code, status, title } = body as { [name: string]: Json }
  return (
    typeof type === 'string' &&
    type.startsWith('urn:suifang:problem:') &&
    typeof code === 'string' &&
    typeof status === 'number' &&
    typeof title === 'object' &&
    title !== null
  )
}

export function hasCode(error: unknown, ...codes: string[]): error is ProblemError {
  return error instanceof ProblemError && codes.includes(error.code)
}

/** Any error as a sentence for the person in front of the screen. Follows the language. */
export function sentence(error: unknown): string {
  if (error instanceof ProblemError) return pick(error.problem.title)
  if (error instanceof NetworkError) {
    if (error.kind === 'not_our_server' && (error.status ?? 0) >= 500) return words.value.server_trouble
    return words.value[error.kind]
  }
  return words.value.unexpected
}

/** What staff need to find the case in the log; nothing for errors that never reached the server. */
export function reference(error: unknown): string | null {
  return error instanceof ProblemError && error.status >= 500 ? words.value.request(error.problem.request_id) : null
}
