/** What a control has to know of its field's schema. */
import type { FieldItem, FormBundle, JsonSchema } from '../model'
import { resolveSchema } from './compile'

function schemaAt(bundle: FormBundle, path: string): JsonSchema {
  return path.split('.').reduce<JsonSchema>((at, step) => {
    const here = resolveSchema(bundle.schema, at)
    if (/^\d+$/.test(step)) return (here['items'] ?? {}) as JsonSchema
    return ((here['properties'] ?? {}) as Record<string, JsonSchema>)[step] ?? {}
  }, bundle.schema)
}

/** Whole numbers get a keyboard without a decimal point. */
export function integerField(bundle: FormBundle, path: string): boolean {
  return resolveSchema(bundle.schema, schemaAt(bundle, path))['type'] === 'integer'
}

/** A picker that cannot go where the form does not: most days lie in the past. */
export function maxDay(item: FieldItem, today: string): string | undefined {
  return /^next_|_next|expiry|valid_until|defer/.test(item.field) ? undefined : today
}
