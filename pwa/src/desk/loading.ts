/** Something a screen shows that the server has to be asked for. The newest question wins. */
import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Loading<T> {
  value: ShallowRef<T | null>
  loading: Ref<boolean>
  failure: ShallowRef<unknown>
  load: () => Promise<void>
}

export function useLoading<T>(ask: () => Promise<T>): Loading<T> {
  const value = shallowRef<T | null>(null)
  const loading = ref(false)
  const failure = shallowRef<unknown>(null)
  let round = 0

  async function load(): Promise<void> {
    const mine = ++round
    loading.value = true
    failure.value = null
    try {
      const found = await ask()
      if (mine === round) value.value = found
    } catch (error) {
      if (mine === round) failure.value = error
    } finally {
      if (mine === round) loading.value = false
    }
  }
  onBeforeUnmount(() => (round += 1))
  return { value, loading, failure, load }
}
