/** Putting the app on the home screen: the browser offers it once, early; iOS only tells how. */
import { ref, shallowRef } from 'vue'
import { askToPersist } from './phone'

/** Chromium's event; not in the standard library of types. */
interface InstallOffer extends Event {
  prompt(): Promise<void>
  readonly userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }>
}

const offer = shallowRef<InstallOffer | null>(null)

/** How this browser puts the app on the home screen; null: it is there, or this browser cannot. */
export const installing = ref<'offer' | 'ios' | null>(null)

function standalone(): boolean {
  return window.matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true
}

export function listenForInstall(): void {
  if (standalone()) return
  if (/iPhone|iPad/.test(navigator.userAgent)) installing.value = 'ios'
  window.addEventListener('beforeinstallprompt', (event) => {
    // Shown where we say what it is good for, not over the sign-in.
    event.preventDefault()
    offer.value = event as InstallOffer
    installing.value = 'offer'
  })
  window.addEventListener('appinstalled', () => {
    installing.value = null
    void askToPersist()
  })
}

export async function install(): Promise<void> {
  const asked = offer.value
  if (!asked) return
  await asked.prompt()
  // An offer can be used once; the browser makes another when it likes.
  offer.value = null
  installing.value = null
}
