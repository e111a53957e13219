/** Push messages. A notification is always shown: a push that shows nothing costs the subscription. */
import type { PushMessage } from '../../api/wire'

const PLAIN: PushMessage = { id: '', kind: 'digest', title: '随访', body: '您有一条新的提醒', url: '' }

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
    event.waitUntil(
      worker.registration.showNotification(message.title, {
        body: message.body,
        icon: `/icons/${icon}-192.png`,
        badge: `/icons/${icon}-192.png`,
        lang: 'zh-CN',
        data: { url: message.url },
        requireInteraction: message.kind === 'urgent',
        ...(message.id ? { tag: message.id } : {}),
      }),
    )
  })
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close()
    const { url } = event.notification.data as { url: string }
    event.waitUntil(open(worker, url))
  })
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
