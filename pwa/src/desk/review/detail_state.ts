/** The submission in the middle: itself, its form, the people it names, and the version looked at. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { SubmissionDetail, SubmissionVersion } from '../../api/wire'
import type { FormBundle } from '../../forms/model'
import { readSubmission } from '../../review/actions'
import { layOut } from '../../review/rules/layout'
import { readBundle } from '../actions/bundles'
import { readResident } from '../actions/people'

export function useDetail(id: Ref<string | null>) {
  const detail = shallowRef<SubmissionDetail | null>(null)
  const bundle = shallowRef<FormBundle | null>(null)
  const failure = shallowRef<unknown>(null)
  const loading = ref(false)
  const versionId = ref<string | null>(null)
  const names = shallowRef<ReadonlyMap<string, string>>(new Map())
  let round = 0

  async function load(): Promise<void> {
    const mine = ++round
    failure.value = null
    if (id.value === null) {
      detail.value = null
      return
    }
    loading.value = true
    try {
      const found = await readSubmission(id.value)
      const form = await readBundle(found.form.key, found.form.version)
      if (mine === round) take(found, form)
    } catch (error) {
      if (mine !== round) return
      detail.value = null
      failure.value = error
    } finally {
      if (mine === round) loading.value = false
    }
  }

  function take(found: SubmissionDetail, form: FormBundle): void {
    detail.value = found
    bundle.value = form
    versionId.value = found.version_id
    void nameThem(found)
  }

  /** An answer of the server after a decision. */
  function update(found: SubmissionDetail): void {
    if (bundle.value && found.id === id.value) take(found, bundle.value)
  }

  const version = computed<SubmissionVersion | null>(
    () => detail.value?.versions.find((each) => each.id === versionId.value) ?? detail.value?.versions.at(-1) ?? null,
  )
  const base = computed(() => detail.value?.versions.find((each) => each.id === version.value?.base_version_id) ?? null)
  const layout = computed(() => (bundle.value && version.value ? layOut(bundle.value, version.value, base.value) : null))

  async function nameThem(found: SubmissionDetail): Promise<void> {
    const wanted = new Set<string>()
    for (const page of layout.value?.pages ?? []) {
      for (const block of page.blocks) {
        const all = block.kind === 'lines' ? block.lines : block.rows.flat()
        for (const line of all) line.people.forEach((person) => wanted.add(person))
      }
    }
    const known = new Map(names.value)
    if (found.subject.name !== null) known.set(found.subject.id, found.subject.name)
    await Promise.all(
      [...wanted]
        .filter((person) => !known.has(person))
        .map(async (person) => {
          try {
            known.set(person, (await readResident(person)).name)
          } catch {
            // Out of scope or not here yet: the screen then says how many people there were.
          }
        }),
    )
    names.value = known
  }

  watch(id, () => void load(), { immediate: true })

  return { detail, bundle, version, base, layout, versionId, names, loading, failure, load, update }
}
