/** What one field shows: its value, what is wrong with it once it was visited, what to look at again. */
import { computed, inject, ref, type ComputedRef, type Ref } from 'vue'
import type { Json } from '../../api/wire'
import type { Warning } from '../../forms/model'
import { open } from '../actions/fill'
import { confirmedPaths, getAt } from '../rules/draft'
import { violationText } from '../say'
import { TRIED } from './form_keys'

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

export function useField(path: () => string, page: () => string): FieldState {
  const tried = inject(TRIED, ref<ReadonlySet<string>>(new Set()))
  const visited = ref(false)
  const looked = computed(() => visited.value || tried.value.has(page()))
  const value = computed(() => getAt(open.value?.draft.answers ?? {}, path()))
  const own = computed(() => (open.value?.violations ?? []).filter((v) => v.path === path() && !v.code.startsWith('unconfirmed:')))
  const problem = computed(() => {
    const found = own.value.find((v) => v.code !== 'required') ?? (tried.value.has(page()) ? own.value[0] : undefined)
    return looked.value && found ? violationText(found) : undefined
  })
  const all = computed(() => (open.value?.evaluation.warnings ?? []).filter((w) => w.path === path()))
  const confirmed = computed(() => {
    const at = open.value
    return at !== null && confirmedPaths(at.draft, at.evaluation.warnings).includes(path())
  })
  return {
    value,
    problem,
    warnings: computed(() => (looked.value || confirmed.value ? all.value : [])),
    confirmed,
    required: computed(() => open.value?.evaluation.required.has(path()) ?? false),
    marked: computed(() => open.value?.draft.returned?.fields.some((f) => f === path() || path().startsWith(`${f}.`)) ?? false),
    readOnly: computed(() => open.value?.readOnly ?? true),
    visited,
  }
}
