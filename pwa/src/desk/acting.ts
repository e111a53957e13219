/** Something that a button asks of the server. A second press while the first is under way does nothing. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Acting {
  busy: Ref<boolean>
  /** What went wrong the last time; nothing while trying again. */
  failure: ShallowRef<unknown>
  act: (work: () => Promise<unknown>) => Promise<void>
}

export function useActing(): Acting {
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)

  async function act(work: () => Promise<unknown>): Promise<void> {
    if (busy.value) return
    busy.value = true
    failure.value = null
    try {
      await work()
    } catch (error) {
      failure.value = error
    } finally {
      busy.value = false
    }
  }
  return { busy, failure, act }
}
