/** What one field shows: its value, what is wrong with it once it was visited, what to look at again. */
import { computed, inject, ref, type ComputedRef, type Ref } from 'vue'
import type { Json } from '../../api/wire'
import { violationText } from './say'
import type { Warning } from '../model'
import { getAt } from '../rules/filling'
import { TRIED, useHost } from './host'

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

/** The list as it was, where the new one holds the same: every field asks at every key press, and draws only for a change. */
function kept<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before?.length === now.length && now.every((one, i) => one === before[i]) ? before : now
}

export function useField(path: () => string, page: () => string): FieldState {
  const { sheet } = useHost()
  const tried = inject(TRIED, ref<ReadonlySet<string>>(new Set()))
  const visited = ref(false)
  const looked = computed(() => visited.value || tried.value.has(page()))
  const value = computed(() => getAt(sheet.value?.answers ?? {}, path()))
  /** What stood there when the page was opened, from the last visit or a draft: asked about at once. */
  const found = JSON.stringify(value.value)
  const untouched = computed(() => value.value !== null && JSON.stringify(value.value) === found)
  const violations = computed(() => sheet.value?.violations ?? [])
  const own = computed(() => violations.value.filter((v) => v.path === path() && !v.code.startsWith('unconfirmed:')))
  const problem = computed(() => {
    const first = own.value.find((v) => v.code !== 'required') ?? (tried.value.has(page()) ? own.value[0] : undefined)
    return looked.value && first ? violationText(first) : undefined
  })
  const told = computed(() => sheet.value?.evaluation.warnings ?? NONE)
  const all = computed<readonly Warning[]>((before) => kept(before, told.value.filter((w) => w.path === path())))
  const confirmed = computed(() => sheet.value?.confirmed.includes(path()) ?? false)
  return {
    value,
    problem,
    warnings: computed(() => (looked.value || confirmed.value || untouched.value ? all.value : NONE)),
    confirmed,
    required: computed(() => sheet.value?.evaluation.required.has(path()) ?? false),
    marked: computed(() => sheet.value?.marked.some((f) => f === path() || path().startsWith(`${f}.`)) ?? false),
    readOnly: computed(() => sheet.value?.readOnly ?? true),
    visited,
  }
}
