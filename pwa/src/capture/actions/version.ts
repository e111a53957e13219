/** A new version of the app: it takes over while no form is open, and every tab starts anew with it. */
import { ref, watch } from 'vue'
import { registerWorker, takeOver, watchVersions } from '../../sw/register'
import { putAwayAll, stage } from './phone'

/** A new version waits until the doctor has nothing open. */
export const newVersion = ref(false)

let registration: ServiceWorkerRegistration | null = null

export async function startVersions(): Promise<void> {
  try {
    registration = await registerWorker('/capture/')
  } catch {
    // Without a worker the phone works all the same, only not without a network; the self-check says so.
    return
  }
  if (!registration) return
  let ours = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first worker takes over a page that it did not load: nothing is old yet.
    if (ours) void putAwayAll().finally(() => window.location.reload())
    ours = true
  })
  watchVersions(registration, () => {
    newVersion.value = true
  })
  // At the lock nothing is open: what waits takes over by itself.
  watch([newVersion, stage], () => {
    if (newVersion.value && (stage.value === 'locked' || stage.value === 'welcome')) updateNow()
  })
}

/** The form that is open is saved first; the page starts anew. */
export function updateNow(): void {
  if (registration) takeOver(registration)
}
