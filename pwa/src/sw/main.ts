/// The service worker's table of contents. It touches GET of the app shell only: never /api, never POST.
import { handInWhenWoken } from './worker/hand_in'
import { keepShell } from './worker/shell'
import { showPushes } from './worker/push'
import { takeOverWhenTold } from './worker/take_over'

declare const self: ServiceWorkerGlobalScope
/** Files of each scope, put in by the build (build/service_worker.ts). */
declare const __SHELLS__: Record<string, { url: string; revision: string | null }[]>
/** What hands in while no page is open, also put in by the build. */
declare const __HAND_IN__: string

keepShell(self, __SHELLS__)
showPushes(self)
takeOverWhenTold(self)
handInWhenWoken(self, __HAND_IN__)
