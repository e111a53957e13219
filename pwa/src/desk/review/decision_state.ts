/** Deciding on the submission in the middle: approve at once, or pick fields and write a reason. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { hasCode } from '../../api/problems'
import type { SubmissionDetail } from '../../api/wire'
import { decide } from '../../review/actions'
import { canSend, isOpen } from '../../review/rules/queue'

export function useDecision(detail: Ref<SubmissionDetail | null>, decided: (answer: SubmissionDetail) => void) {
  const picking = ref(false)
  const picked = ref<ReadonlySet<string>>(new Set())
  const reason = ref('')
  const verdict = ref<'returned' | 'rejected'>('returned')
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  /** Somebody else was first: what was written stays until the reader has seen that. */
  const meanwhile = computed(() => hasCode(failure.value, 'decided_meanwhile'))
  const decidable = computed(() => detail.value !== null && isOpen(detail.value.state))

  function reset(): void {
    picking.value = false
    picked.value = new Set()
    reason.value = ''
    verdict.value = 'returned'
    failure.value = null
  }

  function startReturn(): void {
    if (!decidable.value || busy.value) return
    failure.value = null
    picking.value = true
  }

  function toggle(path: string): void {
    const next = new Set(picked.value)
    if (!next.delete(path)) next.add(path)
    picked.value = next
  }

  async function send(what: 'approved' | 'returned' | 'rejected'): Promise<void> {
    const about = detail.value
    if (!about || !decidable.value || busy.value) return
    const fields = what === 'returned' ? [...picked.value] : []
    const why = what === 'approved' ? '' : reason.value.trim()
    if (what !== 'approved' && !canSend(what, fields, why)) return
    busy.value = true
    failure.value = null
    try {
      const answer = await decide(about.id, { version_id: about.version_id, verdict: what, fields, reason: why || null })
      reset()
      decided(answer)
    } catch (error) {
      failure.value = error
    } finally {
      busy.value = false
    }
  }

  watch(
    () => detail.value?.id,
    (id, before) => {
      if (id !== before) reset()
    },
  )

  return { picking, picked, reason, verdict, busy, failure, meanwhile, decidable, reset, startReturn, toggle, send }
}
