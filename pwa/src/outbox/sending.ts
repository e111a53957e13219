/** One posting of envelopes: by a page, and by the worker when no page is open. */
import type { Client } from '../api/client'
import { NetworkError, ProblemError } from '../api/problems'
import type { Envelope, SubmitResponse } from '../api/wire'
import type { Delivery } from './model'
import { patienceMs } from './rules/pace'

export const SUBMISSIONS = '/api/v1/submissions'

/** Headers that prove the device, over the body as it travels. */
export type Prove = (method: string, path: string, body: string) => Promise<Record<string, string>>

/**
 * @param session false: by the device's signature alone
 * @throws NetworkError, ProblemError
 */
export async function postEnvelopes(client: Client, envelopes: readonly Envelope[], prove: Prove, session: boolean): Promise<SubmitResponse> {
  const body = { envelopes }
  const text = JSON.stringify(body)
  const headers = await prove('POST', SUBMISSIONS, text)
  return client.json<SubmitResponse>(
    { method: 'POST', path: '/submissions', body, headers, timeoutMs: patienceMs(text.length), session },
    ['server_time', 'receipts'],
  )
}

/** What a posting that was not answered with receipts means for the queue. @throws whatever is no answer of the server */
export function deliveryOf(error: unknown): Exclude<Delivery, { kind: 'answered' }> {
  if (error instanceof NetworkError) return { kind: 'network' }
  if (!(error instanceof ProblemError)) throw error
  if (error.status === 401) return { kind: 'signed_out' }
  const retryAfterMs = error.retryAfter === null ? null : error.retryAfter * 1000
  if (error.status === 408 || error.status === 429 || error.status >= 500) return { kind: 'busy', retryAfterMs }
  return { kind: 'refused', code: error.code }
}

/** Why the server will hear no more of this phone, where a receipt for one of its own records says so. */
export function shutOutBy(deviceId: string, envelopes: readonly Envelope[], body: SubmitResponse): 'device_revoked' | 'account_disabled' | null {
  const own = new Set(envelopes.filter((one) => one.device_id === deviceId).map((one) => one.id))
  const reasons = new Set(body.receipts.filter((one) => one.id !== null && own.has(one.id)).map((one) => one.reason))
  return reasons.has('device_revoked') ? 'device_revoked' : reasons.has('account_disabled') ? 'account_disabled' : null
}
