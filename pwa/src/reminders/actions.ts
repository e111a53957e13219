/** Reminders: turning messages to this browser on and off, and what was sent. */
import { server } from '../api/server'
import type { PushRequest, ReminderLine } from '../api/wire'
import { locale } from '../locales/locale'
import { subscribe, unsubscribe, type PushWorld } from './push'

/** Where the address of this browser is kept: for a doctor's phone, or for a caregiver's link. */
export interface PushOwner {
  readonly path: '/push/subscriptions' | '/family/push'
  readonly headers?: Record<string, string>
}

/** @throws PushError this browser gets none; NetworkError, ProblemError the server was not told */
export async function turnPushOn(owner: PushOwner, publicKey: string, world?: PushWorld): Promise<void> {
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
    await unsubscribe(world)
    throw error
  }
}

/** Ends in this browser at once; the server forgets the address as soon as it hears of it. */
export async function turnPushOff(owner: PushOwner, world?: PushWorld): Promise<void> {
  const endpoint = await unsubscribe(world)
  if (endpoint !== null) await server().done({ method: 'DELETE', body: { endpoint }, ...owner })
}

export async function listReminders(village: string | null, state: string | null): Promise<ReminderLine[]> {
  return (await server().get<{ items: ReminderLine[] }>('/reminders', ['items'], { village, state })).items
}
