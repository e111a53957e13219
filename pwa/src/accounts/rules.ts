/** What signing in still asks of a person, and what a new password must be. */
import type { Entry, Session } from '../api/wire'

/** The screen a person is on while signing in. `open`: nothing is needed any more. */
export type Step = 'sign_in' | 'new_password' | 'second_factor_setup' | 'device' | 'open'

/** Which screen comes next. A device is enrolled on a phone only; a desk never asks for one. */
export function nextStep(session: Session | null, entry: Entry): Step {
  if (!session) return 'sign_in'
  for (const need of ['new_password', 'second_factor_setup'] as const) {
    if (session.needs.includes(need)) return need
  }
  return entry === 'capture' && session.needs.includes('device') ? 'device' : 'open'
}

export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 128

export type PasswordProblem = 'too_short' | 'too_long' | 'same_sign' | 'is_login' | 'not_repeated'

/** What the phone can tell at once; the server also knows a list of common ones (S13). */
export function passwordProblem(password: string, repeated: string, login: string): PasswordProblem | null {
  const signs = Array.from(password)
  if (signs.length < PASSWORD_MIN) return 'too_short'
  if (signs.length > PASSWORD_MAX) return 'too_long'
  if (new Set(signs).size < 4) return 'same_sign'
  if (login !== '' && password.toLowerCase().includes(login.toLowerCase())) return 'is_login'
  return password === repeated ? null : 'not_repeated'
}

/** Six digits of an authenticator, as people type them: with spaces, in full width. */
export function readCode(typed: string): string {
  return typed
    .replace(/[０-９]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\s-]/g, '')
}

/** A secret in groups of four, for those who type it into the authenticator. */
export function groupSecret(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ')
}

/** Numbers as a person reads gaps: 17, 18, 19, 204 are "17–19" and "204". */
export function spans(numbers: readonly number[]): string[] {
  const parts: [number, number][] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1)
    if (last && number === last[1] + 1) last[1] = number
    else if (last?.[1] !== number) parts.push([number, number])
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`))
}

const SILENT_AFTER_MS = 14 * 86_400_000

/** A phone in use that has not been heard of for two weeks. */
export function isSilent(lastSeen: string | null, revoked: string | null, now: number): boolean {
  return revoked === null && (lastSeen === null || now - Date.parse(lastSeen) > SILENT_AFTER_MS)
}
