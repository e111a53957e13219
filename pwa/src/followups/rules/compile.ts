/** A service made ready: each section compiled once against the fields of its form. */
import { ExpressionDefect, Language, type Expression, type Types, type ValueType } from '../../kernel/expressions'
import type { Programme, Rule, Section, Service } from '../model'

/** Field types of a form, and of the rows of its repeats. */
export interface FormTypes {
  readonly fields: Types
  readonly rows: Readonly<Record<string, Types>>
}
export type FormTypesOf = (form: string) => FormTypes | null

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
  readonly applies: Expression | null
  readonly completed: Expression | null
  readonly ended: Expression | null
  readonly faceToFace: Expression | null
  readonly qualifies: Expression | null
  readonly facts: readonly { readonly id: string; readonly value: Expression }[]
  readonly episode: { readonly starts: Expression; readonly counts: Expression; readonly withinDays: number } | null
  readonly classes: readonly { readonly code: string; readonly when: Expression }[]
  readonly rules: readonly CompiledRule[]
}
export interface CompiledPeriodic {
  readonly opens: Expression
  readonly due: Expression
  readonly closes: Expression
  /** Whether a record of the form does the period's work; null where the form lacks the fields. */
  readonly doneBy: (form: string) => readonly Expression[]
  readonly retry: Expression | null
}
export interface CompiledService {
  readonly programme: Programme
  readonly service: Service
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  readonly sections: ReadonlyMap<string, CompiledSection>
  readonly periodic: CompiledPeriodic | null
}

const CONTEXT: Types = {
  today: 'text',
  resident_birth_date: 'text',
  resident_sex: 'text',
  resident_programmes: 'texts',
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

function sectionTypes(section: Section, form: FormTypes, parameters: Types): Types {
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
    ...facts,
    since_previous: 'texts',
    episode_days: 'number',
    episode_raised: 'number',
    episode_first: 'text',
    visit_date: 'text',
  }
}

function compileSection(section: Section, types: Types): CompiledSection {
  const language = new Language(types)
  const maybe = (source: string | undefined): Expression | null => (source === undefined ? null : language.compile(source))
  return {
    section,
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
    rules: (section.rules ?? []).map((rule) => ({
      rule,
      when: language.compile(rule.when),
      opens: maybe(rule.opens),
      due: maybe(rule.due),
      closes: maybe(rule.closes),
      expires: maybe(rule.expires),
    })),
  }
}

function compilePeriodic(service: Service, formTypes: FormTypesOf, parameters: Types): CompiledPeriodic | null {
  const periodic = service.periodic
  if (!periodic) return null
  const period: Types = { ...parameters, period_start: 'text', period_end: 'text' }
  const language = new Language(period)
  const memo = new Map<string, readonly Expression[]>()
  const inForm = (form: string): Language => new Language({ ...CONTEXT, ...period, ...(formTypes(form)?.fields ?? {}), visit_date: 'text' })

  const doneBy = (form: string): readonly Expression[] => {
    const known = memo.get(form)
    if (known) return known
    const found = periodic.done_by.flatMap(({ form: key, when }) => {
      if (key === form) return [inForm(form).compile(when)]
      return key === '*' ? ifFieldsExist(inForm(form), when) : []
    })
    memo.set(form, found)
    return found
  }
  const retry = periodic.retry && formTypes(periodic.retry.form) ? inForm(periodic.retry.form).compile(periodic.retry.when) : null
  return {
    opens: language.compile(periodic.opens),
    due: language.compile(periodic.due),
    closes: language.compile(periodic.closes),
    doneBy,
    retry,
  }
}

/** `*` means any form that has the fields named: one that lacks them simply does not count. */
function ifFieldsExist(language: Language, when: string): Expression[] {
  try {
    return [language.compile(when)]
  } catch (error) {
    if (error instanceof ExpressionDefect) return []
    throw error
  }
}

/**
 * @param formTypes field types by form key; a section whose form this phone does not know is left out
 * @throws ExpressionDefect when an expression of the programme does not compile
 */
export function compileService(
  programme: Programme,
  service: Service,
  formTypes: FormTypesOf,
  overrides: Readonly<Record<string, number | string | boolean>> = {},
): CompiledService {
  const parameters = parameterTypes(programme)
  const sections = new Map<string, CompiledSection>()
  for (const [form, section] of Object.entries(service.on ?? {})) {
    const types = formTypes(form)
    if (types) sections.set(form, compileSection(section, sectionTypes(section, types, parameters)))
  }
  const values = Object.fromEntries(Object.entries(programme.parameters ?? {}).map(([name, { value }]) => [name, value]))
  return {
    programme,
    service,
    parameters: { ...values, ...overrides },
    sections,
    periodic: compilePeriodic(service, formTypes, parameters),
  }
}
