/** Compiling what comes with the calendar: periods, and points counted from one day. */
import { ExpressionDefect, Language, type Expression, type Types } from '../../kernel/expressions'
import type { DoneBy, Periodic, Point, Points, Service } from '../model'

/** Field types of a form, and of the rows of its repeats. */
export interface FormTypes {
  readonly fields: Types
  readonly rows: Readonly<Record<string, Types>>
}
export type FormTypesOf = (form: string) => FormTypes | null

export interface Doing {
  readonly when: Expression
  readonly anyDay: boolean
}
/** By which conditions a record of the form does the work; none where the form lacks the fields. */
export type DoingBy = (form: string) => readonly Doing[]

export interface CompiledPeriodic {
  readonly periodic: Periodic
  readonly applies: Expression | null
  readonly opens: Expression
  readonly due: Expression
  readonly closes: Expression
  readonly doneBy: DoingBy
  readonly retry: Expression | null
}
export interface CompiledPoint {
  readonly point: Point
  readonly opens: Expression
  readonly due: Expression
  readonly closes: Expression
  readonly expires: Expression | null
}
export interface CompiledPoints {
  readonly anchor: Expression
  readonly until: Expression | null
  readonly applies: Expression | null
  readonly points: readonly CompiledPoint[]
  readonly doneBy: DoingBy
  /** The anchor reads facts, so that each course is a plan of its own. */
  readonly fromRecords: boolean
}

export const CONTEXT: Types = {
  resident_birth_date: 'text',
  resident_sex: 'text',
  resident_programmes: 'texts',
}
const LATEST = 'latest_'

/** Variables with which facts of earlier records are read, whatever form they came from. */
export function latestOf<T>(facts: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [LATEST + name, value]))
}

function doingBy(entries: readonly DoneBy[], types: Types, formTypes: FormTypesOf): DoingBy {
  const memo = new Map<string, readonly Doing[]>()
  return (form) => {
    const known = memo.get(form)
    if (known) return known
    const language = new Language({ ...(formTypes(form)?.fields ?? {}), ...types, visit_date: 'text' })
    const found = entries.flatMap(({ form: key, when, any_day: anyDay = false }) => {
      if (key === form) return [{ when: language.compile(when), anyDay }]
      return key === '*' ? ifFieldsExist(language, when).map((compiled) => ({ when: compiled, anyDay })) : []
    })
    memo.set(form, found)
    return found
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

export function compilePeriodic(service: Service, formTypes: FormTypesOf, parameters: Types): CompiledPeriodic | null {
  const periodic = service.periodic
  if (!periodic) return null
  const seen: Types = { ...CONTEXT, ...parameters }
  const language = new Language({ ...seen, period_start: 'text', period_end: 'text', previous_done: 'text' })
  const retried = periodic.retry && formTypes(periodic.retry.form)
  return {
    periodic,
    applies: periodic.applies === undefined ? null : language.compile(periodic.applies),
    opens: language.compile(periodic.opens),
    due: language.compile(periodic.due),
    closes: language.compile(periodic.closes),
    doneBy: doingBy(periodic.done_by, seen, formTypes),
    retry: periodic.retry && retried ? new Language({ ...retried.fields, ...seen, visit_date: 'text' }).compile(periodic.retry.when) : null,
  }
}

/** @param facts types of the service's facts, by id */
export function compilePoints(service: Service, formTypes: FormTypesOf, parameters: Types, facts: Types): CompiledPoints | null {
  const plan: Points | undefined = service.points
  if (!plan) return null
  const seen: Types = { ...CONTEXT, ...parameters }
  const language = new Language({ ...seen, ...latestOf(facts), anchor: 'text' })
  const maybe = (source: string | undefined): Expression | null => (source === undefined ? null : language.compile(source))
  const anchor = language.compile(plan.anchor)
  return {
    anchor,
    until: maybe(plan.until),
    applies: maybe(plan.applies),
    points: plan.points.map((point) => ({
      point,
      opens: language.compile(point.opens),
      due: language.compile(point.due),
      closes: language.compile(point.closes),
      expires: maybe(point.expires),
    })),
    doneBy: doingBy(plan.done_by, { ...seen, point: 'text' }, formTypes),
    fromRecords: anchor.names.some((name) => name.startsWith(LATEST)),
  }
}
