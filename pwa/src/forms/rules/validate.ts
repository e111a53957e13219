/** Everything that is wrong with a set of answers, as data. Codes: docs/decisions/0002, 'Violations'. */
import { Validator, type OutputUnit } from '@cfworker/json-schema'
import type { Answers, Json } from '../../api/wire'
import type { Types } from '../../kernel/expressions'
import type { CompiledForm } from './compile'
import type { Evaluation, FormViolation, JsonSchema } from '../model'
import { isBlank } from '../model'
import { filledIn } from './usable'

const CODES: Record<string, string> = {
  required: 'required',
  type: 'type',
  multipleOf: 'decimals',
  minimum: 'minimum',
  exclusiveMinimum: 'minimum',
  maximum: 'maximum',
  exclusiveMaximum: 'maximum',
  minLength: 'length',
  maxLength: 'length',
  minItems: 'length',
  maxItems: 'length',
  pattern: 'pattern',
  format: 'format',
  enum: 'enum',
  const: 'enum',
  uniqueItems: 'enum',
  additionalProperties: 'unknown_field',
  unevaluatedProperties: 'unknown_field',
}

/** Members that JSON does not have are no members: the validator would throw at them. */
function stripUndefined(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(stripUndefined)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value as Record<string, Json | undefined>).flatMap(([key, member]) =>
        member === undefined ? [] : [[key, stripUndefined(member)]],
      ),
    )
  }
  return value ?? null
}

/** `#/medications/0/dose_unit` becomes `medications.0.dose_unit`. */
function pathOf(pointer: string): string {
  return pointer
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
}

/** A field, or a field of a row; what lies inside an answer is the answer's. */
function fieldPath(path: string, types: Types): string {
  const steps = path.split('.')
  return steps.slice(0, types[steps[0] ?? ''] === 'rows' ? 3 : 1).join('.')
}

function isRow(at: string, types: Types): boolean {
  const steps = at.split('.')
  return steps.length === 2 && types[steps[0] ?? ''] === 'rows'
}

function toViolation(error: OutputUnit, schema: JsonSchema, types: Types): FormViolation[] {
  const code = CODES[error.keyword] ?? error.keyword
  const at = pathOf(error.instanceLocation)
  // A part is missing inside one answer, such as a latitude: that is no such value.
  if (code === 'required' && at !== '' && !isRow(at, types)) return [{ path: at, code: 'type' }]
  if (code === 'required' || code === 'unknown_field') {
    const name = /"([^"]+)"/.exec(error.error)?.[1]
    return name === undefined ? [] : [{ path: at ? `${at}.${name}` : name, code }]
  }
  const limit = limitOf(error, schema)
  return [{ path: at, code, ...(limit === undefined ? {} : { limit }) }]
}

/** The bound itself, so that the sentence can name it. */
function limitOf(error: OutputUnit, schema: JsonSchema): number | string | undefined {
  if (!['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'].includes(error.keyword)) return undefined
  const steps = error.keywordLocation.replace(/^#\/?/, '').split('/')
  let at: unknown = schema
  for (const step of steps) {
    const next = (at as JsonSchema | undefined)?.[step]
    at = step === '$ref' && typeof next === 'string' ? follow(schema, next) : next
  }
  return typeof at === 'number' ? at : undefined
}

function follow(schema: JsonSchema, ref: string): unknown {
  return ref.startsWith('#/') ? ref.slice(2).split('/').reduce<unknown>((at, key) => (at as JsonSchema)[key], schema) : undefined
}

const validators = new WeakMap<JsonSchema, Validator>()

function validatorOf(schema: JsonSchema): Validator {
  const known = validators.get(schema)
  if (known) return known
  const made = new Validator(schema, '2020-12', false)
  validators.set(schema, made)
  return made
}

/** A schema that says nothing about two answers at once: `required` and the like would. */
const APART = new Set(['$schema', '$id', '$comment', '$defs', 'title', 'description', 'type', 'properties', 'additionalProperties'])

interface Judged {
  readonly value: Json | undefined
  readonly found: readonly FormViolation[]
}
interface Shape {
  readonly judged: Map<string, Judged>
  /** By field, the schema of an answer to it alone: the validator walks every property that a schema has. */
  readonly alone: Map<string, JsonSchema>
  found: readonly FormViolation[]
}
const shapes = new WeakMap<JsonSchema, Shape>()

/**
 * Shape violations of answers under a schema: leaf errors only, each path and code once. Answers are
 * judged one by one and remembered, so that a key press costs one field and not the form.
 */
export function shapeViolations(schema: JsonSchema, types: Types, given: Answers): readonly FormViolation[] {
  if (!Object.keys(schema).every((word) => APART.has(word))) return shapeOf(schema, types, filledIn(given))
  const shape = shapes.get(schema) ?? { judged: new Map<string, Judged>(), alone: new Map<string, JsonSchema>(), found: [] }
  shapes.set(schema, shape)
  const { judged } = shape
  const names = Object.keys(given)
  let changed = false
  for (const name of names) {
    const value = given[name]
    const last = judged.get(name)
    if (last && Object.is(last.value, value)) continue
    const found = isBlank(value) ? [] : shapeOf(aloneOf(schema, shape, name), types, filledIn({ [name]: value ?? null }))
    changed ||= found.length > 0 || (last?.found.length ?? 0) > 0
    judged.set(name, { value, found })
  }
  if (judged.size > names.length) {
    for (const [name, { found }] of judged) {
      if (Object.hasOwn(given, name)) continue
      changed ||= found.length > 0
      judged.delete(name)
    }
  }
  if (changed) shape.found = unique([...judged.values()].flatMap(({ found }) => found))
  return shape.found
}

function aloneOf(schema: JsonSchema, { alone }: Shape, name: string): JsonSchema {
  const known = alone.get(name)
  if (known) return known
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>
  const property = Object.hasOwn(properties, name) ? { [name]: properties[name] } : {}
  const made = { ...schema, properties: property }
  alone.set(name, made)
  return made
}

function shapeOf(schema: JsonSchema, types: Types, value: Json): FormViolation[] {
  const { errors } = validatorOf(schema).validate(stripUndefined(value))
  const found = errors.filter((e) => e.keyword in CODES).flatMap((e) => toViolation(e, schema, types))
  return unique(found.map((v) => ({ ...v, path: fieldPath(v.path, types) })))
}

function unique(violations: readonly FormViolation[]): FormViolation[] {
  const seen = new Map(violations.map((v) => [`${v.path} ${v.code}`, v]))
  return [...seen.values()]
}

/** What was told of a form last, and what it was put together from. */
const told = new WeakMap<CompiledForm, { readonly parts: readonly unknown[]; readonly found: readonly FormViolation[] }>()

/**
 * All violations of recorded answers: shape, what should not be there, what is missing, checks, and
 * soft warnings that nobody confirmed. The same list as before where everything it is made of is the same.
 */
export function violations(
  form: CompiledForm,
  given: Answers,
  evaluation: Evaluation,
  confirmed: readonly string[],
): readonly FormViolation[] {
  const { hidden, miscomputed, failed, warnings } = evaluation
  const shape = shapeViolations(form.bundle.schema, form.types, given)
  const parts = [shape, hidden, miscomputed, failed, warnings, confirmed]
  const last = told.get(form)
  if (last && parts.every((part, i) => part === last.parts[i])) return last.found
  const sure = new Set(confirmed)
  // What was answered where nothing was asked: no other fault of it matters then.
  const isHidden = (path: string): boolean => hidden.some((h) => path === h || path.startsWith(`${h}.`))
  const found = unique([
    ...shape.filter((v) => !isHidden(v.path)),
    ...hidden.map((path) => ({ path, code: 'hidden' })),
    ...miscomputed.map((path) => ({ path, code: 'computed' })),
    ...failed,
    ...warnings.filter((w) => !sure.has(w.path)).map((w) => ({ path: w.path, code: `unconfirmed:${w.id}` })),
  ])
  told.set(form, { parts, found })
  return found
}
