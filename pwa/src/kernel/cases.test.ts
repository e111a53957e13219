/** The shared cases of functions, expressions and ids (schemas/cases/README.md). */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sha256Hex, utf8 } from './bytes'
import { canonicalJson } from './canonical'
import { ExpressionDefect, holds, Language, type ValueType } from './expressions'
import { derivedId } from './ids'

const cases = new URL('../../../schemas/cases/', import.meta.url)
function read(name: string): unknown {
  const file = new URL(name, cases)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf-8')) as unknown) : null
}

interface FunctionCase { id: string; call: string; args: (string | number)[]; result: unknown }
interface ExpressionCase {
  id: string; expr: string; types: Record<string, string>; values?: Record<string, unknown>
  as?: 'visible' | 'required' | 'check' | 'compute'; result?: unknown; refused?: true
}
interface EnvelopeCases {
  contents: { id: string; content: object; text: string; sha256: string }[]
  ids: { id: string; parts: string[]; result: string }[]
}

const literal = (value: string | number) =>
  typeof value === 'number' ? `(${Number.isInteger(value) ? value.toFixed(1) : String(value)})` : JSON.stringify(value)

describe('own functions', () => {
  const all = ['dates.json', 'growth.json'].flatMap((name) => (read(name) as { cases: FunctionCase[] } | null)?.cases ?? [])
  it.each(all.map((c) => [c.id, c] as const))('%s', (_id, { call, args, result }) => {
    const outcome = new Language({}).compile(`${call}(${args.map(literal).join(', ')})`).evaluate({})
    expect(outcome).toEqual({ kind: 'value', value: result })
  })
})

describe('expressions', () => {
  const types: Record<string, ValueType> = { number: 'number', text: 'text', date: 'text', bool: 'bool', codes: 'texts', rows: 'rows' }
  const all = (read('expressions.json') as { cases: ExpressionCase[] } | null)?.cases ?? []
  it.each(all.map((c) => [c.id, c] as const))('%s', (_id, { expr, types: declared, values, as, result, refused }) => {
    const language = new Language(Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, types[type] ?? 'text'])))
    if (refused) {
      // What only publishing refuses compiles here; what compiles nowhere must not compile here.
      try {
        language.compile(expr)
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionDefect)
      }
      return
    }
    const outcome = language.compile(expr).evaluate(values ?? {})
    const answer =
      as === 'compute'
        ? outcome.kind === 'value' && outcome.value !== '' ? outcome.value : null
        : as === 'check' ? !(outcome.kind === 'value' && outcome.value === false) : holds(outcome)
    expect(answer).toEqual(result)
  })
})

describe('envelope', () => {
  const file = read('envelope.json') as EnvelopeCases | null
  it.each((file?.contents ?? []).map((c) => [c.id, c] as const))('%s', async (_id, { content, text, sha256 }) => {
    expect(canonicalJson(content)).toBe(text)
    expect(await sha256Hex(utf8(text))).toBe(sha256)
  })
  it.each((file?.ids ?? []).map((c) => [c.id, c] as const))('%s', (_id, { parts, result }) => {
    expect(derivedId(...parts)).toBe(result)
  })
})
