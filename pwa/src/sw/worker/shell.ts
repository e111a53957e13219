/** Keeps the files of this scope's entry, and answers its page from them when there is no network. */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

export type Shells = Record<string, { url: string; revision: string | null }[]>

/** The same worker is registered once a scope; each registration keeps its own entry only. */
export function keepShell(worker: ServiceWorkerGlobalScope, shells: Shells): void {
  const scope = new URL(worker.registration.scope).pathname
  const files = shells[scope]
  if (!files) return
  precacheAndRoute(files)
  cleanupOutdatedCaches()
  registerRoute(
    new NavigationRoute(createHandlerBoundToURL(`${scope}index.html`), {
      allowlist: [new RegExp(`^${scope}(index\\.html)?([?#]|$)`)],
    }),
  )
}
