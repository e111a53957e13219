/** A bundle made ready: every expression compiled once, every field with its type. */
import type { Expression, Types, ValueType } from '../../kernel/expressions'
import { Language } from '../../kernel/expressions'
import { isDay } from '../../kernel/dates'
import type { Check, Condition, FieldItem, FormBundle, Item, JsonSchema, Page, RepeatItem } from '../model'
import { isField, isGroup, isRepeat } from '../model'

export type Test = Expression | true | null

export interface FieldNode {
  readonly kind: 'field'
  readonly item: FieldItem
  readonly visible: Test
  readonly required: Test
  readonly compute: Expression | null
  readonly initial: Expression | null
  readonly softMin: number | string | Expression | null
  readonly softMax: number | string | Expression | null
  readonly where: readonly (readonly [column: string, value: Expression])[]
}
export interface RepeatNode {
  readonly kind: 'repeat'
  readonly item: RepeatItem
  readonly visible: Test
  readonly required: Test
  readonly fields: readonly FieldNode[]
}
export interface BlockNode {
  readonly kind: 'block' // a page, a group or a note
  readonly key: string
  readonly visible: Test
  readonly children: readonly Node[]
}
export type Node = FieldNode | RepeatNode | BlockNode
export interface CheckNode {
  readonly check: Check
  readonly expression: Expression
}

export interface CompiledForm {
  readonly bundle: FormBundle
  readonly pages: readonly BlockNode[]
  readonly checks: readonly CheckNode[]
  readonly offer: Expression | null
  readonly types: Types
  readonly fields: ReadonlyMap<string, FieldItem>
}

const CONTEXT: Types = {
  today: 'text',
  resident_birth_date: 'text',
  resident_sex: 'text',
  resident_programmes: 'texts',
}

/** Follows `$ref` inside the data schema. */
export function resolveSchema(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const ref = schema['$ref']
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema
  const target = ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (at as JsonSchema)[key.replaceAll('~1', '/').replaceAll('~0', '~')], root)
  return { ...resolveSchema(root, target as JsonSchema), ...without(schema, '$ref') }
}

function without(schema: JsonSchema, key: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([k]) => k !== key))
}

/** The type an expression sees of a field. */
export function valueType(root: JsonSchema, schema: JsonSchema): ValueType {
  const resolved = resolveSchema(root, schema)
  switch (resolved['type']) {
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'bool'
    case 'object':
      return 'record'
    case 'array': {
      const items = resolveSchema(root, (resolved['items'] ?? {}) as JsonSchema)
      return items['type'] === 'object' ? 'rows' : 'texts'
    }
    default:
      return 'text'
  }
}

function propertyTypes(root: JsonSchema, schema: JsonSchema): Types {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>
  return Object.fromEntries(Object.entries(properties).map(([name, s]) => [name, valueType(root, s)]))
}

function rowSchema(data: JsonSchema, repeat: string): JsonSchema {
  const properties = (data['properties'] ?? {}) as Record<string, JsonSchema>
  const list = resolveSchema(data, properties[repeat] ?? {})
  return resolveSchema(data, (list['items'] ?? {}) as JsonSchema)
}

/** @throws ExpressionDefect when an expression of the form does not compile */
export function compileForm(bundle: FormBundle): CompiledForm {
  const types: Types = { ...propertyTypes(bundle.schema, bundle.schema), ...CONTEXT }
  const language = new Language(types)
  const fields = new Map<string, FieldItem>()
  const rowLanguages = new Map<string, Language>()

  const test = (lang: Language, condition: Condition | undefined): Test =>
    condition === undefined ? null : condition === true ? true : lang.compile(condition)

  const limit = (lang: Language, value: number | string | undefined): number | string | Expression | null =>
    value === undefined ? null : typeof value === 'number' || isDay(value) ? value : lang.compile(value)

  const field = (lang: Language, item: FieldItem): FieldNode => {
    if (lang === language) fields.set(item.field, item)
    return {
      kind: 'field',
      item,
      visible: test(lang, item.visible),
      required: test(lang, item.required),
      compute: item.compute === undefined ? null : lang.compile(item.compute),
      initial: item.default === undefined ? null : lang.compile(item.default),
      softMin: limit(lang, item.soft?.min),
      softMax: limit(lang, item.soft?.max),
      where: Object.entries(item.where ?? {}).map(([column, value]) => [column, lang.compile(value)] as const),
    }
  }

  const node = (item: Item): Node => {
    if (isField(item)) return field(language, item)
    if (isGroup(item)) {
      return { kind: 'block', key: `group:${item.group}`, visible: test(language, item.visible), children: item.items.map(node) }
    }
    if (isRepeat(item)) {
      const lang = new Language({ ...types, ...propertyTypes(bundle.schema, rowSchema(bundle.schema, item.repeat)) })
      rowLanguages.set(item.repeat, lang)
      return {
        kind: 'repeat',
        item,
        visible: test(language, item.visible),
        required: test(language, item.required),
        fields: item.items.map((f) => field(lang, f)),
      }
    }
    return { kind: 'block', key: `note:${item.note}`, visible: test(language, item.visible), children: [] }
  }

  const page = (p: Page): BlockNode => ({
    kind: 'block',
    key: `page:${p.id}`,
    visible: test(language, p.visible),
    children: p.items.map(node),
  })

  const pages = bundle.ui.pages.map(page)
  const checks = (bundle.ui.checks ?? []).map((check) => ({
    check,
    expression: ((check.in === undefined ? undefined : rowLanguages.get(check.in)) ?? language).compile(check.check),
  }))
  return { bundle, pages, checks, offer: compileOffer(bundle), types, fields }
}

let contextAlone: Language | undefined

/** To whom the form is offered; null: to everybody. @throws ExpressionDefect */
export function compileOffer(bundle: FormBundle): Expression | null {
  if (bundle.form.offer === undefined) return null
  contextAlone ??= new Language(CONTEXT)
  return contextAlone.compile(bundle.form.offer)
}

/** Field types of a form, and of the rows of its repeats: what follow-up rules are compiled against. */
export function formTypes(bundle: FormBundle): { fields: Types; rows: Record<string, Types> } {
  const fields = propertyTypes(bundle.schema, bundle.schema)
  const repeats = Object.keys(fields).filter((name) => fields[name] === 'rows')
  return {
    fields,
    rows: Object.fromEntries(repeats.map((name) => [name, propertyTypes(bundle.schema, rowSchema(bundle.schema, name))])),
  }
}
