/** Registers the one service worker for an entry's scope. */

import { HAND_IN, TAKE_OVER } from './words'

interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy
}

const WORKER = '/sw.js'

/** The CSP requires Trusted Types, and a worker's address is one. */
function trustedAddress(): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
  if (!factory) return WORKER
  const policy = factory.createPolicy('suifang-worker', {
    createScriptURL(url) {
      if (url !== WORKER) throw new TypeError('Only our own worker')
      return url
    },
  })
  return policy.createScriptURL(WORKER) as string
}

/** @returns the registration, or nothing where the browser has no service workers. */
export async function registerWorker(
  scope: '/capture/' | '/family/',
  workers: Pick<ServiceWorkerContainer, 'register'> | undefined = (globalThis as { navigator?: Partial<Navigator> }).navigator?.serviceWorker,
): Promise<ServiceWorkerRegistration | null> {
  return workers ? workers.register(trustedAddress(), { scope }) : null
}

/**
 * Asks the browser to wake the worker when there is a network, so that what waits goes out although nobody opens the
 * app. Only Chromium can; everywhere else the other triggers remain.
 */
export async function askToBeWoken(workers: Pick<ServiceWorkerContainer, 'getRegistration'> | undefined): Promise<boolean> {
  const registration = (await workers?.getRegistration('/capture/')) as { readonly sync?: { register(tag: string): Promise<void> } } | undefined
  if (!registration?.sync) return false
  try {
    await registration.sync.register(HAND_IN)
    return true
  } catch {
    // Not allowed on this phone.
    return false
  }
}

/** Calls back when a new version waits, now or later, and looks for one each time the page is shown again. */
export function watchVersions(registration: ServiceWorkerRegistration, waits: () => void): void {
  const look = (): void => {
    // The first worker of all waits for nobody: there is no older version on this page.
    if (registration.waiting && navigator.serviceWorker.controller) waits()
  }
  look()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look)
  })
  document.addEventListener('visibilitychange', () => {
    // Not reached is no news: the next time it is asked for again.
    if (document.visibilityState === 'visible') registration.update().catch(() => undefined)
  })
}

/**
 * Lets a new version that is waiting take over now. Call it while nothing is open that would be torn:
 * files of the old version, loaded later, are gone afterwards.
 * @returns whether one was waiting
 */
export function takeOver(registration: Pick<ServiceWorkerRegistration, 'waiting'>): boolean {
  registration.waiting?.postMessage(TAKE_OVER)
  return registration.waiting !== null
}
