/// The service worker's table of contents. It touches GET of the app shell only: never /api, never POST.
import { keepShell } from './worker/shell'
import { showPushes } from './worker/push'
import { takeOverWhenTold } from './worker/take_over'

declare const self: ServiceWorkerGlobalScope
/** Files of each scope, put in by the build (build/service_worker.ts). */
declare const __SHELLS__: Record<string, { url: string; revision: string | null }[]>

keepShell(self, __SHELLS__)
showPushes(self)
takeOverWhenTold(self)
