/** What one field shows: its value, what is wrong with it once it was visited, what to look at again. */
import { computed, inject, ref, type ComputedRef, type Ref } from 'vue'
import type { Json } from '../../api/wire'
import { violationText } from './say'
import type { Warning } from '../model'
import { TRIED } from './host'
import { useParts } from './parts'

export interface FieldState {
  readonly value: ComputedRef<Json>
  readonly problem: ComputedRef<string | undefined>
  readonly warnings: ComputedRef<readonly Warning[]>
  readonly confirmed: ComputedRef<boolean>
  readonly required: ComputedRef<boolean>
  readonly marked: ComputedRef<boolean>
  readonly readOnly: ComputedRef<boolean>
  readonly visited: Ref<boolean>
}

const NONE: readonly Warning[] = []

/** The list as it was, where the new one holds the same: every field asks when one of them changed, and draws only for its own. */
function kept<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before?.length === now.length && now.every((one, i) => one === before[i]) ? before : now
}

export function useField(path: () => string, page: () => string): FieldState {
  const parts = useParts()
  const tried = inject(TRIED, ref<ReadonlySet<string>>(new Set()))
  const visited = ref(false)
  const looked = computed(() => visited.value || tried.value.has(page()))
  const value = computed(() => parts.typed(path()))
  /** What stood there when the page was opened, from the last visit or a draft: asked about at once. */
  const found = JSON.stringify(value.value)
  const untouched = computed(() => value.value !== null && JSON.stringify(value.value) === found)
  const own = computed(() => parts.violations.filter((v) => v.path === path() && !v.code.startsWith('unconfirmed:')))
  const problem = computed(() => {
    const first = own.value.find((v) => v.code !== 'required') ?? (tried.value.has(page()) ? own.value[0] : undefined)
    return looked.value && first ? violationText(first) : undefined
  })
  const all = computed<readonly Warning[]>((before) => kept(before, parts.warnings.filter((w) => w.path === path())))
  const confirmed = computed(() => parts.confirmed.includes(path()))
  return {
    value,
    problem,
    warnings: computed(() => (looked.value || confirmed.value || untouched.value ? all.value : NONE)),
    confirmed,
    required: computed(() => parts.required.has(path())),
    marked: computed(() => parts.marked.some((f) => f === path() || path().startsWith(`${f}.`))),
    readOnly: computed(() => parts.readOnly),
    visited,
  }
}
