/** A service made ready: each section compiled once against the fields of its form. */
import { Language, type Expression, type Types, type ValueType } from '../../kernel/expressions'
import type { Programme, Rule, Section, Service } from '../model'
import { compilePeriodic, compilePoints, CONTEXT, latestOf, type CompiledPeriodic, type CompiledPoints, type FormTypes, type FormTypesOf } from './compile_plans'

export type { FormTypes, FormTypesOf } from './compile_plans'

export interface CompiledRule {
  readonly rule: Rule
  readonly when: Expression
  readonly opens: Expression | null
  readonly due: Expression | null
  readonly closes: Expression | null
  readonly expires: Expression | null
}
export interface CompiledSection {
  readonly section: Section
  /** Fields of the repeat of `for_each`: in a row they hide the form's own, answered or not. */
  readonly rowFields: ReadonlySet<string>
  readonly applies: Expression | null
  readonly completed: Expression | null
  readonly ended: Expression | null
  readonly faceToFace: Expression | null
  readonly qualifies: Expression | null
  readonly facts: readonly { readonly id: string; readonly value: Expression }[]
  readonly episode: { readonly starts: Expression; readonly counts: Expression; readonly withinDays: number } | null
  readonly classes: readonly { readonly code: string; readonly when: Expression }[]
  readonly rules: readonly CompiledRule[]
  readonly unmet: readonly CompiledRule[]
}
export interface CompiledService {
  readonly programme: Programme
  readonly service: Service
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  readonly sections: ReadonlyMap<string, CompiledSection>
  readonly periodic: CompiledPeriodic | null
  readonly points: CompiledPoints | null
}

const FACT_TYPES: Record<'bool' | 'number' | 'text' | 'date', ValueType> = { bool: 'bool', number: 'number', text: 'text', date: 'text' }

function parameterTypes(programme: Programme): Types {
  return Object.fromEntries(
    Object.entries(programme.parameters ?? {}).map(([name, { value }]): [string, ValueType] => [
      name,
      typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'bool' : 'text',
    ]),
  )
}

/** Facts of all forms of a service: the same name means the same type in all of them. */
function factTypes(service: Service): Types {
  const sections = Object.values(service.on ?? {})
  return Object.fromEntries(sections.flatMap((s) => (s.facts ?? []).map((fact): [string, ValueType] => [fact.id, FACT_TYPES[fact.type]])))
}

function sectionTypes(section: Section, form: FormTypes, parameters: Types, ofService: Types): Types {
  const facts: Record<string, ValueType> = {}
  for (const fact of section.facts ?? []) {
    facts[fact.id] = FACT_TYPES[fact.type]
    facts[`previous_${fact.id}`] = FACT_TYPES[fact.type]
  }
  const row = section.for_each === undefined ? {} : (form.rows[section.for_each] ?? {})
  return {
    ...CONTEXT,
    ...parameters,
    ...form.fields,
    ...row,
    ...latestOf(ofService),
    ...facts,
    since_previous: 'texts',
    unmet_in_row: 'number',
    episode_days: 'number',
    episode_raised: 'number',
    episode_first: 'text',
    visit_date: 'text',
  }
}

function compileSection(section: Section, form: FormTypes, types: Types): CompiledSection {
  const language = new Language(types)
  const maybe = (source: string | undefined): Expression | null => (source === undefined ? null : language.compile(source))
  const rule = (one: Rule): CompiledRule => ({
    rule: one,
    when: language.compile(one.when),
    opens: maybe(one.opens),
    due: maybe(one.due),
    closes: maybe(one.closes),
    expires: maybe(one.expires),
  })
  return {
    section,
    rowFields: new Set(Object.keys(form.rows[section.for_each ?? ''] ?? {})),
    applies: maybe(section.applies),
    completed: maybe(section.completed),
    ended: maybe(section.ended),
    faceToFace: maybe(section.face_to_face),
    qualifies: maybe(section.qualifies),
    facts: (section.facts ?? []).map((fact) => ({ id: fact.id, value: language.compile(fact.value) })),
    episode: section.episode
      ? {
          starts: language.compile(section.episode.starts),
          counts: language.compile(section.episode.counts),
          withinDays: section.episode.within_days,
        }
      : null,
    classes: (section.class ?? []).map(({ code, when }) => ({ code, when: language.compile(when) })),
    rules: (section.rules ?? []).map(rule),
    unmet: (section.unmet ?? []).map(rule),
  }
}

/**
 * @param formTypes field types by form key; a section whose form this phone does not know is left out
 * @throws ExpressionDefect when an expression of the programme does not compile
 */
export function compileService(programme: Programme, service: Service, formTypes: FormTypesOf): CompiledService {
  const parameters = parameterTypes(programme)
  const facts = factTypes(service)
  const sections = new Map<string, CompiledSection>()
  for (const [form, section] of Object.entries(service.on ?? {})) {
    const types = formTypes(form)
    if (types) sections.set(form, compileSection(section, types, sectionTypes(section, types, parameters, facts)))
  }
  return {
    programme,
    service,
    parameters: Object.fromEntries(Object.entries(programme.parameters ?? {}).map(([name, { value }]) => [name, value])),
    sections,
    periodic: compilePeriodic(service, formTypes, parameters),
    points: compilePoints(service, formTypes, parameters, facts),
  }
}
