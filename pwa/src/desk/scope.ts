/** What every screen of the desk needs to name things: the areas of the caller, the forms, the rules. */
import { computed, shallowRef, watch } from 'vue'
import { signedIn } from '../accounts/actions'
import { nextStep } from '../accounts/rules'
import type { AreaShape, Task, Text } from '../api/wire'
import type { Programme } from '../followups/model'
import { listAreas } from '../geo/actions'
import { pick } from '../locales/locale'
import { serviceName, taskName } from '../locales/services'
import { listForms, listProgrammes } from './actions/bundles'

export const areas = shallowRef<readonly AreaShape[]>([])
export const forms = shallowRef<readonly { key: string; title: Text }[]>([])
export const programmes = shallowRef<readonly Programme[]>([])

/** Villages by township, for choosing one. */
export const villageGroups = computed(() =>
  areas.value
    .filter((area) => area.level === 'township')
    .map((township) => ({
      code: township.code,
      name: township.name,
      villages: areas.value.filter((area) => area.level === 'village' && area.parent_code === township.code),
    }))
    .filter((group) => group.villages.length > 0),
)

/** Loaded once for each person who is through signing in. What is missing leaves a list empty, never a screen. */
export function followScope(report: (error: unknown) => void): void {
  watch(
    () => (nextStep(signedIn.value, 'desk') === 'open' ? signedIn.value?.account.id : undefined),
    (id) => {
      areas.value = []
      if (id === undefined) return
      listAreas().then((all) => (areas.value = all), report)
      listForms().then((all) => (forms.value = all), report)
      listProgrammes().then((all) => (programmes.value = all), report)
    },
    { immediate: true },
  )
}

/** What a task asks for: as its programme names it, else as we know it. */
export function nameOf(task: Pick<Task, 'service' | 'kind'>): string {
  return pick(taskName(task, programmes.value.flatMap((each) => each.services).find((each) => each.service === task.service)?.title))
}

/** Services that tasks can be of, for choosing one. Vaccination follows its own edition, not a programme. */
export const services = computed(() => [
  ...programmes.value.flatMap((programme) => programme.services.map(({ service, title }) => ({ service, title }))),
  { service: 'immunization', title: serviceName('immunization') },
])

/** The programme a resident is managed for. */
export function programmeName(key: string): string {
  const title = programmes.value.find((each) => each.key === key)?.title
  return pick(title ?? serviceName(key))
}
