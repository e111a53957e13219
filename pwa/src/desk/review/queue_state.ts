/** The list on the left: what is asked for, what came, and what happens to a line that was decided. */
import { computed, ref, shallowRef, watch } from 'vue'
import type { SubmissionDetail, SubmissionLine, SubmissionState } from '../../api/wire'
import { listSubmissions } from '../../review/actions'
import type { SubmissionFilter } from '../../review/model'
import { afterLeaving, asLine, NO_FILTER } from '../../review/rules/queue'

const LOOK_AGAIN_MS = 60_000

/** @param ask how the list is asked for; another one in tests */
export function useQueue(ask: typeof listSubmissions = listSubmissions) {
  const filter = ref<SubmissionFilter>({ ...NO_FILTER })
  const lines = shallowRef<readonly SubmissionLine[]>([])
  const counts = shallowRef<Partial<Record<SubmissionState, number>>>({})
  const cursor = ref<string | null>(null)
  const loading = ref(false)
  const failure = shallowRef<unknown>(null)
  /** Lines that arrived since the list was loaded. */
  const fresh = ref(0)
  let round = 0

  async function load(from: string | null = null): Promise<void> {
    const mine = ++round
    loading.value = true
    failure.value = null
    try {
      const page = await ask(filter.value, from)
      if (mine !== round) return // a newer question is under way
      lines.value = from === null ? page.items : [...lines.value, ...page.items]
      counts.value = page.counts
      cursor.value = page.next_cursor
      fresh.value = 0
    } catch (error) {
      if (mine === round) failure.value = error
    } finally {
      if (mine === round) loading.value = false
    }
  }

  /** Looks whether something new has come, without moving the list under the reader's eyes. */
  async function lookAgain(): Promise<void> {
    if (loading.value) return
    const mine = round
    try {
      const page = await ask(filter.value, null)
      if (mine !== round) return
      const known = new Set(lines.value.map((line) => line.version_id))
      counts.value = page.counts
      fresh.value = page.items.filter((line) => !known.has(line.version_id)).length
    } catch {
      // Looking again is a courtesy; the next deliberate step tells what is wrong.
    }
  }

  /** A line was decided or changed. @returns where to go when it has left the list */
  function settle(detail: SubmissionDetail): string | null {
    const next = afterLeaving(lines.value, detail.id)
    const before = lines.value.find((line) => line.id === detail.id)
    if (before && before.state !== detail.state) {
      counts.value = {
        ...counts.value,
        [before.state]: Math.max((counts.value[before.state] ?? 1) - 1, 0),
        [detail.state]: (counts.value[detail.state] ?? 0) + 1,
      }
    }
    const stays = detail.state === filter.value.state
    lines.value = stays
      ? lines.value.map((line) => (line.id === detail.id ? asLine(detail) : line))
      : lines.value.filter((line) => line.id !== detail.id)
    return stays ? detail.id : next
  }

  let waiting: ReturnType<typeof setTimeout> | undefined
  watch(
    filter,
    (now, before) => {
      clearTimeout(waiting)
      // Text waits until the person pauses; everything else is asked at once.
      waiting = setTimeout(() => void load(), now.q === before.q ? 0 : 300)
    },
    { deep: true },
  )

  let clock: ReturnType<typeof setInterval> | undefined
  function start(): void {
    void load()
    clock = setInterval(() => {
      if (!document.hidden) void lookAgain()
    }, LOOK_AGAIN_MS)
  }

  function stop(): void {
    clearInterval(clock)
    clearTimeout(waiting)
    round += 1
  }

  const hasMore = computed(() => cursor.value !== null)
  const more = (): Promise<void> => load(cursor.value)
  return { filter, lines, counts, loading, failure, fresh, hasMore, start, stop, load, more, lookAgain, settle }
}
