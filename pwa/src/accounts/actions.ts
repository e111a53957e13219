/** Signing in and out, and the accounts and devices of the caller's areas. */
import { ref, shallowRef } from 'vue'
import { server, session } from '../api/server'
import type {
  Account,
  Device,
  DeviceEnrolled,
  DeviceRequest,
  EnrolmentCode,
  Entry,
  Instant,
  OneTimePassword,
  RecoveryCodes,
  SecondFactorSetup,
  Session,
} from '../api/wire'

const SESSION: readonly (keyof Session)[] = ['access_token', 'expires_in', 'account', 'needs']

/** Who is signed in; follows the session wherever it is renewed or ended. */
export const signedIn = shallowRef<Session | null>(null)

/** A session ended that nobody ended here: it ran out or was revoked. */
export const sessionLost = ref(false)

let leaving = false

/** Called once, when the entry has connected. */
export function followSession(): void {
  session().onChange((next) => {
    sessionLost.value = next === null && !leaving && (signedIn.value !== null || sessionLost.value)
    signedIn.value = next
  })
}

/** Takes up the session of the cookie, if there is one. @throws NetworkError */
export async function resume(): Promise<void> {
  await session().refresh()
}

/**
 * @param code of the authenticator, or a recovery code
 * @throws ProblemError `sign_in_failed`, `second_factor_required`, `too_many_attempts`
 */
export async function signIn(entry: Entry, login: string, password: string, code?: string): Promise<void> {
  const body = { login: login.trim(), password, entry, ...(code ? { code } : {}) }
  // On an enrolled phone the device is the second factor (docs/decisions/0004).
  const headers = await session().prove('POST', '/auth/login', body)
  session().take(await server().json<Session>({ method: 'POST', path: '/auth/login', body, headers, session: false }, SESSION))
}

export async function setPassword(newPassword: string, currentPassword?: string): Promise<void> {
  const body = { new_password: newPassword, ...(currentPassword ? { current_password: currentPassword } : {}) }
  session().take(await server().post<Session>('/auth/password', body, SESSION))
}

export function startSecondFactor(): Promise<SecondFactorSetup> {
  return server().post<SecondFactorSetup>('/auth/second-factor', {}, ['secret', 'uri'])
}

/** The session of the answer counts when the codes have been read: `take` it then. */
export function confirmSecondFactor(code: string): Promise<RecoveryCodes> {
  return server().post<RecoveryCodes>('/auth/second-factor/confirm', { code }, ['recovery_codes', 'session'])
}

export function takeSession(next: Session): void {
  session().take(next)
}

/** The session of this page ends whatever the server says. @throws NetworkError it could not be told */
export async function signOut(entry: Entry): Promise<void> {
  leaving = true
  try {
    await server().done({ method: 'POST', path: '/auth/logout', body: { entry } })
  } finally {
    session().take(null)
    leaving = false
  }
}

/**
 * Forgets the session at once: whoever is here now has to show the password. The server is not told: a slow
 * answer to that would take away the cookie of the sign-in that follows.
 */
export function dropSession(): void {
  leaving = true
  session().take(null)
  leaving = false
}

export async function enrolDevice(request: DeviceRequest): Promise<DeviceEnrolled> {
  const enrolled = await server().post<DeviceEnrolled>('/devices', request, ['device_id', 'session', 'config'])
  session().take(enrolled.session)
  return enrolled
}

export async function listDevices(): Promise<Device[]> {
  return (await server().get<{ items: Device[] }>('/devices', ['items'])).items
}

export function revokeDevice(id: string, reason: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/devices/${id}`, body: { reason } })
}

export function makeEnrolmentCode(accountId: string): Promise<EnrolmentCode> {
  return server().post<EnrolmentCode>('/devices/codes', { account_id: accountId }, ['code', 'expires_at'])
}

export type AccountLine = Account & { last_seen_at: Instant | null; disabled_at: Instant | null }

export async function listAccounts(): Promise<AccountLine[]> {
  return (await server().get<{ items: AccountLine[] }>('/accounts', ['items'])).items
}

/** Give a doctor's village to another doctor: register, tasks and sync follow. */
export async function transferVillage(village: string, from: string, to: string, reason: string): Promise<void> {
  await server().post<{ households: number }>(`/areas/${village}/transfer`, { from_id: from, to_id: to, reason }, ['households'])
}

/** With the one-time password, which is shown this once. */
export interface AccountMade extends OneTimePassword { id: string }

export function makeAccount(wanted: { login: string; name: string; role: 'worker' | 'reviewer'; areas: string[] }): Promise<AccountMade> {
  return server().post<AccountMade>('/accounts', wanted, ['login', 'password'])
}

export function issueOneTimePassword(accountId: string): Promise<OneTimePassword> {
  return server().post<OneTimePassword>(`/accounts/${accountId}/one-time-password`, {}, ['login', 'password'])
}

export function switchAccount(accountId: string, to: 'disable' | 'enable', reason: string): Promise<void> {
  return server().done({ method: 'POST', path: `/accounts/${accountId}/${to}`, body: { reason } })
}

export function giveArea(accountId: string, area: string): Promise<void> {
  return server().done({ method: 'POST', path: `/accounts/${accountId}/areas`, body: { area } })
}

/** A lost authenticator is forgotten; the next sign-in sets up a new one. */
export function forgetSecondFactor(accountId: string): Promise<void> {
  return server().done({ method: 'DELETE', path: `/accounts/${accountId}/second-factor` })
}
