/** Reminders: turning messages to this browser on and off, what was sent, and whom a person must reach. */
import { server } from '../api/server'
import type { Day } from '../api/wire'
import type { CallLine, CallOutcome, PushRequest, Reach, ReminderLine } from '../api/wire_family'
import { locale } from '../locales/locale'
import { address, subscribe, unsubscribe, type PushWorld } from './push'

/** Where the address of this browser is kept: for a doctor's phone, or for a caregiver's link. */
export interface PushOwner {
  readonly path: '/push/subscriptions' | '/family/push'
  readonly headers?: Record<string, string>
}

/**
 * @param shared somebody else is reminded by this browser's one address too
 * @throws PushError this browser gets none; NetworkError, ProblemError the server was not told
 */
export async function turnPushOn(owner: PushOwner, publicKey: string, shared: boolean, world?: PushWorld): Promise<void> {
  const { endpoint, keys } = (await subscribe(publicKey, world)).toJSON()
  const body: PushRequest = {
    endpoint: endpoint ?? '',
    keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
    language: locale.value,
  }
  try {
    await server().done({ method: 'POST', body, ...owner })
  } catch (error) {
    // An address the server does not know would look like "on" and never ring.
    if (!shared) await unsubscribe(world)
    throw error
  }
}

/**
 * Ends in this browser at once, unless the address is shared: then it ends when the server has heard of it.
 *
 * @throws NetworkError, ProblemError the server was not told
 */
export async function turnPushOff(owner: PushOwner, shared: boolean, world?: PushWorld): Promise<void> {
  const endpoint = await (shared ? address(world) : unsubscribe(world))
  if (endpoint !== null) await server().done({ method: 'DELETE', body: { endpoint }, ...owner })
}

export async function listReminders(village: string | null, state: string | null): Promise<ReminderLine[]> {
  return (await server().get<{ items: ReminderLine[] }>('/reminders', ['items'], { village, state })).items
}

export interface CallPage {
  items: CallLine[]
  next_cursor: string | null
}

export type PersonalRung = 'call_list' | 'slip'

export function listCalls(rung: PersonalRung, village: string | null, cursor: string | null): Promise<CallPage> {
  return server().get<CallPage>('/reminders/calls', ['items', 'next_cursor'], { rung, village, cursor, limit: 50 })
}

/** @throws ProblemError `reminder_settled` somebody else reached them meanwhile */
export async function noteCall(id: string, outcome: CallOutcome): Promise<void> {
  await server().done({ method: 'POST', path: `/reminders/${id}/call`, body: { outcome } })
}

/** @throws ProblemError `reminder_settled` */
export async function noteSlip(id: string): Promise<void> {
  await server().done({ method: 'POST', path: `/reminders/${id}/slip`, body: { outcome: 'handed_over' } })
}

export function readReach(from: Day, to: Day, village: string | null): Promise<Reach> {
  return server().get<Reach>('/reminders/reach', ['rungs', 'states'], { from, to, village })
}
