/**
 * This browser's address for push messages. Where there is no push service (Chrome in China)
 * `subscribe` can hang for ever, so everything here has an end.
 */
import { unb64 } from '../kernel/bytes'

export type PushStanding = 'on' | 'off' | 'denied' | 'unsupported'
/** Why a browser gets no messages: the person said no, or there is nobody to bring them. */
export type PushTrouble = 'denied' | 'unsupported' | 'no_service'

export class PushError extends Error {
  readonly trouble: PushTrouble

  constructor(trouble: PushTrouble) {
    super(trouble)
    this.name = 'PushError'
    this.trouble = trouble
  }
}

/** What is used of the browser. */
export interface PushWorld {
  permission(): NotificationPermission | 'unsupported'
  ask(): Promise<NotificationPermission>
  /** The worker of this page, once it is active. */
  worker(): Promise<{ pushManager: Pick<PushManager, 'getSubscription' | 'subscribe'> }>
}

const PATIENCE_MS = 10_000

export async function standing(world: PushWorld = browser, patience = PATIENCE_MS): Promise<PushStanding> {
  const permission = world.permission()
  if (permission === 'unsupported' || permission === 'denied') return permission
  try {
    const { pushManager } = await within(world.worker(), patience)
    return (await within(pushManager.getSubscription(), patience)) ? 'on' : 'off'
  } catch {
    return 'off' // no worker yet: nothing can have been subscribed
  }
}

/**
 * @param publicKey of the server's VAPID pair, base64url
 * @throws PushError
 */
export async function subscribe(publicKey: string, world: PushWorld = browser, patience = PATIENCE_MS): Promise<PushSubscription> {
  if (world.permission() === 'unsupported') throw new PushError('unsupported')
  if ((await world.ask()) !== 'granted') throw new PushError('denied')
  try {
    const { pushManager } = await within(world.worker(), patience)
    const key = unb64(publicKey)
    return await within(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }), patience)
  } catch {
    throw new PushError('no_service')
  }
}

/** The address of this browser, while it has one. */
export async function address(world: PushWorld = browser, patience = PATIENCE_MS): Promise<string | null> {
  if (world.permission() !== 'granted') return null
  const { pushManager } = await within(world.worker(), patience)
  return (await within(pushManager.getSubscription(), patience))?.endpoint ?? null
}

/** Ends it in this browser. @returns the address that ended, to be told to the server */
export async function unsubscribe(world: PushWorld = browser, patience = PATIENCE_MS): Promise<string | null> {
  if (world.permission() !== 'granted') return null // nothing lives without a permission, and a worker may never come
  const { pushManager } = await within(world.worker(), patience)
  const subscription = await within(pushManager.getSubscription(), patience)
  if (!subscription) return null
  await within(subscription.unsubscribe(), patience)
  return subscription.endpoint
}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((done, fail) => {
    const clock = setTimeout(() => fail(new Error('No answer in time')), ms)
    work.then(done, fail).finally(() => clearTimeout(clock))
  })
}

const browser: PushWorld = {
  permission() {
    const able = 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis
    return able ? Notification.permission : 'unsupported'
  },
  ask: () => Notification.requestPermission(),
  worker: () => navigator.serviceWorker.ready,
}
