/** A service through time: the day of a visit decides which version of its rules counts. */
import type { Day } from '../../api/wire'
import type { FoldSubject, ParametersOn, Programme } from '../model'
import { compileService, type CompiledService, type FormTypesOf } from './compile'
import { latestOf } from './compile_plans'

export interface ServiceInTime {
  readonly key: string
  /** Oldest first; never empty. */
  readonly versions: readonly { readonly from: Day; readonly rules: CompiledService }[]
  readonly newest: CompiledService
}

/** A service of which only one version counts. */
export function always(rules: CompiledService): ServiceInTime {
  return { key: rules.service.service, versions: [{ from: rules.programme.effective_from, rules }], newest: rules }
}

/** The version of a day; before the first one began, the first one. */
export function rulesOn(service: ServiceInTime, day: Day): CompiledService {
  return service.versions.filter((v) => v.from <= day).at(-1)?.rules ?? service.versions[0]?.rules ?? service.newest
}

/**
 * Every service of every programme.
 *
 * @param compile may give null for rules that this app does not understand: then the service is left out
 */
export function servicesInTime(
  programmes: readonly Programme[],
  formTypes: FormTypesOf,
  compile: (make: () => CompiledService) => CompiledService | null = (make) => make(),
): ServiceInTime[] {
  const ordered = [...programmes].sort((a, b) => (a.effective_from < b.effective_from ? -1 : a.effective_from > b.effective_from ? 1 : a.version - b.version))
  const found = new Map<string, { from: Day; rules: CompiledService | null }[]>()
  for (const programme of ordered) {
    for (const service of programme.services) {
      const rules = compile(() => compileService(programme, service, formTypes))
      found.set(service.service, [...(found.get(service.service) ?? []), { from: programme.effective_from, rules }])
    }
  }
  return [...found].flatMap(([key, versions]) => {
    const understood = versions.flatMap(({ from, rules }) => (rules ? [{ from, rules }] : []))
    const newest = understood.at(-1)?.rules
    return newest && understood.length === versions.length ? [{ key, versions: understood, newest }] : []
  })
}

/** The programme's parameters, with what the area's policies say instead on a day. */
export function parametersOf(rules: CompiledService, parameters: ParametersOn, day: Day): Record<string, unknown> {
  const own = Object.entries(parameters(day)).filter(([name]) => name in rules.parameters)
  return { ...rules.parameters, ...Object.fromEntries(own) }
}

/** The context variables of a resident; other subjects have none. */
export function subjectVariables(subject: Pick<FoldSubject, 'kind' | 'birth_date' | 'sex' | 'programmes'>): Record<string, unknown> {
  if (subject.kind !== 'resident') return {}
  return { resident_birth_date: subject.birth_date, resident_sex: subject.sex, resident_programmes: subject.programmes ?? [] }
}

/** `latest_<fact>` of facts by name. */
export const latestVariables = latestOf<unknown>
