/** A new worker waits until the page of the old one says that nothing would be torn. */
import { TAKE_OVER } from '../words'

/** Our own pages only (S24). */
export function mayTakeOver(message: { origin: string; data: unknown }, own: string): boolean {
  return message.origin === own && message.data === TAKE_OVER
}

export function takeOverWhenTold(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener('message', (event) => {
    if (mayTakeOver(event, worker.location.origin)) event.waitUntil(worker.skipWaiting())
  })
}
