/** Background sync: the browser wakes the worker when there is a network, also when no page is open. Chromium only. */
import { HAND_IN, type HandingIn } from '../words'

/** Not in TypeScript's library: only Chromium has it. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

interface ScriptPolicy {
  createScriptURL(url: string): string
}

/** Loads the work, for the doctor's phone alone: a mother's has no queue. The browser keeps the file with this worker. */
export function handInWhenWoken(worker: ServiceWorkerGlobalScope, file: string): void {
  if (new URL(worker.registration.scope).pathname !== '/capture/' || !('sync' in worker.registration)) return
  worker.importScripts(trusted(worker, file))
  worker.addEventListener('sync', (event) => {
    const { tag } = event as SyncEvent
    if (tag === HAND_IN) (event as SyncEvent).waitUntil(handIn(worker as HandingIn))
  })
}

/** @throws Error when something still waits: the browser tries again by itself, ever later */
export async function handIn(worker: HandingIn): Promise<void> {
  if ((await worker[HAND_IN]?.()) !== true) throw new Error('something still waits')
}

function trusted(worker: object, file: string): string {
  const { trustedTypes } = worker as { trustedTypes?: { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy } }
  const policy = trustedTypes?.createPolicy('suifang-hand-in', {
    createScriptURL(url) {
      if (url !== file) throw new TypeError('Only our own file')
      return url
    },
  })
  return policy?.createScriptURL(file) ?? file
}
