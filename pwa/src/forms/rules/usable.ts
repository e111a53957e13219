/**
 * Which answers cannot be used at all: of another type than the form's, or a date that does not exist.
 * Expressions see them unanswered (docs/decisions/0002); the server asks its validator the same.
 */
import type { Answers, Json } from '../../api/wire'
import { isDay } from '../../kernel/dates'
import type { Types } from '../../kernel/expressions'
import type { JsonSchema } from '../model'
import { isBlank } from '../model'
import { resolveSchema } from './compile'

/** What was answered, without what was left open: nothing, an empty text or list; in rows too. */
export function filledIn(answers: Answers): Answers {
  return Object.fromEntries(
    Object.entries(answers)
      .filter(([, value]) => !isBlank(value))
      .map(([name, value]) => [name, Array.isArray(value) ? value.map((row) => (isRecord(row) ? filledIn(row) : row)) : value]),
  )
}

/** Paths of fields and of fields of rows. What is wrong inside an answer is the answer's. */
export function unusablePaths(schema: JsonSchema, types: Types, given: Answers): ReadonlySet<string> {
  const found = new Set<string>()
  const look = (at: JsonSchema, answers: Answers, prefix: string): void => {
    const properties = (at['properties'] ?? {}) as Record<string, JsonSchema>
    for (const [name, value] of Object.entries(answers)) {
      const known = properties[name]
      if (known === undefined || isBlank(value)) continue
      const field = resolveSchema(schema, known)
      if (prefix === '' && types[name] === 'rows' && Array.isArray(value)) {
        const row = resolveSchema(schema, (field['items'] ?? {}) as JsonSchema)
        value.forEach((cells, i) => {
          if (isRecord(cells)) look(row, cells, `${name}.${String(i)}.`)
        })
      } else if (!fits(schema, field, value) || !exists(field, value)) found.add(prefix + name)
    }
  }
  look(schema, given, '')
  return found
}

/** Only the type, all the way down: ranges and patterns leave a value what it is. */
function fits(root: JsonSchema, schema: JsonSchema, value: Json): boolean {
  const at = resolveSchema(root, schema)
  switch (at['type']) {
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(root, (at['items'] ?? {}) as JsonSchema, item))
    case 'object': {
      if (!isRecord(value)) return false
      const properties = (at['properties'] ?? {}) as Record<string, JsonSchema>
      const parts = (at['required'] ?? []) as readonly string[]
      if (!parts.every((name) => name in value)) return false
      return Object.entries(properties).every(([name, member]) => value[name] === undefined || fits(root, member, value[name]))
    }
    case undefined:
      return true
    default:
      return typeof value === at['type']
  }
}

function exists(field: JsonSchema, value: Json): boolean {
  return field['format'] !== 'date' || typeof value !== 'string' || isDay(value)
}

function isRecord(value: Json): value is Answers {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
