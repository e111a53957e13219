/** Everything that is wrong with a set of answers, as data. Codes: docs/decisions/0002, 'Violations'. */
import { Validator, type OutputUnit } from '@cfworker/json-schema'
import type { Answers, Json } from '../../api/wire'
import type { Types } from '../../kernel/expressions'
import type { CompiledForm } from './compile'
import type { Evaluation, FormViolation, JsonSchema } from '../model'
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
  readonly value: Json
  readonly found: readonly FormViolation[]
}
const judged = new WeakMap<JsonSchema, Map<string, Judged>>()

/**
 * Shape violations of a value under a schema: leaf errors only, each path and code once. Answers are
 * judged one by one and remembered, so that a key press costs one field and not the form.
 */
export function shapeViolations(schema: JsonSchema, types: Types, value: Json): FormViolation[] {
  const alone = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(schema).every((word) => APART.has(word))
  if (!alone) return shapeOf(schema, types, value)
  const before = judged.get(schema)
  const now = new Map<string, Judged>()
  const found: FormViolation[] = []
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>
  const names = Object.keys(properties).filter((name) => name in value)
  for (const name of [...names, ...Object.keys(value).filter((other) => !(other in properties))]) {
    const answer = value[name] ?? null
    const key = typeof answer === 'object' ? JSON.stringify(answer) : answer
    const last = before?.get(name)
    const one = last && Object.is(last.value, key) ? last : { value: key, found: shapeOf(schema, types, { [name]: answer }) }
    now.set(name, one)
    found.push(...one.found)
  }
  judged.set(schema, now)
  return unique(found)
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

/**
 * All violations of recorded answers: shape, what should not be there, what is missing, checks, and
 * soft warnings that nobody confirmed.
 */
export function violations(
  form: CompiledForm,
  given: Answers,
  evaluation: Evaluation,
  confirmed: readonly string[],
): FormViolation[] {
  const sure = new Set(confirmed)
  // What was answered where nothing was asked: no other fault of it matters then.
  const isHidden = (path: string): boolean => evaluation.hidden.some((h) => path === h || path.startsWith(`${h}.`))
  return unique([
    ...shapeViolations(form.bundle.schema, form.types, filledIn(given)).filter((v) => !isHidden(v.path)),
    ...evaluation.hidden.map((path) => ({ path, code: 'hidden' })),
    ...evaluation.miscomputed.map((path) => ({ path, code: 'computed' })),
    ...evaluation.failed,
    ...evaluation.warnings.filter((w) => !sure.has(w.path)).map((w) => ({ path: w.path, code: `unconfirmed:${w.id}` })),
  ])
}
