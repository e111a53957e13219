/** Push messages. A notification is always shown: a push that shows nothing costs the subscription. */
import type { PushMessage } from '../../api/wire_family'

const PLAIN: PushMessage = { id: '', kind: 'digest', title: '随访', body: '您有一条新的提醒', url: '', receipt: '' }

/** What to show for a message, also for one that cannot be read. */
export function readMessage(text: string | null, scope: string): PushMessage {
  let message = PLAIN
  try {
    message = { ...PLAIN, ...(JSON.parse(text ?? '{}') as Partial<PushMessage>) }
  } catch {
    // A message of another kind still has to show something.
  }
  return { ...message, url: insideScope(message.url, scope) }
}

/** A click opens pages of this scope only, whatever the message says. */
export function insideScope(url: string, scope: string): string {
  try {
    const { href } = new URL(url, scope)
    return href.startsWith(scope) ? href : scope
  } catch {
    return scope // no address at all
  }
}

export function showPushes(worker: ServiceWorkerGlobalScope): void {
  const { scope } = worker.registration
  worker.addEventListener('push', (event) => {
    const message = readMessage(event.data?.text() ?? null, scope)
    const icon = new URL(scope).pathname.replaceAll('/', '')
    const shown = worker.registration
      .showNotification(message.title, {
        body: message.body,
        icon: `/icons/${icon}-192.png`,
        badge: `/icons/${icon}-192.png`,
        lang: 'zh-CN',
        data: { url: message.url, receipt: message.receipt },
        requireInteraction: message.kind === 'urgent' || message.kind === 'reaction',
        ...(message.id ? { tag: message.id } : {}),
      })
      .then(() => confirmShown(message.receipt))
    event.waitUntil(shown)
  })
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close()
    const { url, receipt } = event.notification.data as { url: string; receipt: string }
    event.waitUntil(Promise.all([confirmShown(receipt), open(worker, url)]))
  })
}

/**
 * Tells the server that the message was shown, so that nobody sends an SMS or telephones for it. Said
 * again when it is tapped: the first time the network may have carried the push and nothing more.
 *
 * @returns whether the server heard it; if not, it goes on up its ladder, which is the safe side
 */
export async function confirmShown(receipt: string, ask: typeof fetch = fetch): Promise<boolean> {
  if (!receipt) return false
  try {
    const answer = await ask('/api/v1/push/receipts', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ receipt }),
      credentials: 'omit',
    })
    return answer.ok
  } catch {
    return false
  }
}

async function open(worker: ServiceWorkerGlobalScope, url: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find((each) => each.url.startsWith(worker.registration.scope))
  if (!page) {
    await worker.clients.openWindow(url)
    return
  }
  await page.focus()
  if (page.url !== url) await page.navigate(url)
}
