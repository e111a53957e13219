/**
 * Expressions of forms and rules: CEL with declared types and three-valued answers
 * (docs/decisions/0002). Compile once, evaluate often: an expression remembers its last bindings and
 * result, so that while the doctor types only what the field touches is computed again.
 */
import { Environment } from '@marcbachmann/cel-js'
import { registerFunctions } from './expression-functions'

/** `texts` several codes; `rows` a repeat; `record` an object such as a place. */
export type ValueType = 'number' | 'text' | 'bool' | 'texts' | 'rows' | 'record'
export type Types = Readonly<Record<string, ValueType>>
export type Bindings = Readonly<Record<string, unknown>>

/** What came out. `unanswered`: an unanswered operand decided it. `defect`: the expression is wrong. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'defect'; readonly message: string }

/** An expression that does not compile: the form or programme must not be used. */
export class ExpressionDefect extends Error {
  constructor(
    readonly source: string,
    readonly detail: string,
  ) {
    super(`${detail}: ${source}`)
  }
}

const CEL_TYPES: Record<ValueType, string> = {
  number: 'double',
  text: 'string',
  bool: 'bool',
  texts: 'list<string>',
  rows: 'list<map<string, dyn>>',
  record: 'map<string, dyn>',
}

const ANSWERED = 'answered__'
const UNANSWERED: Outcome = { kind: 'unanswered' }

const root = registerFunctions(new Environment({ homogeneousAggregateLiterals: true }))

/**
 * Rewrites `answered(x)` to the boolean variable `answered__x`, outside of string literals: both
 * engines check declared types before a function could look at a null.
 */
export function rewriteAnswered(source: string): string {
  return source.replace(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\.\s*matches\s*\(|\banswered\(\s*([A-Za-z_][A-Za-z0-9_]*)\s*\)/g,
    (whole, name: string | undefined) => (name !== undefined ? ANSWERED + name : whole.startsWith('.') ? '.matches_letters(' : whole),
  )
}

/** A value of the declared type, or undefined: what is of another type counts as unanswered. */
function bound(value: unknown, type: ValueType): unknown {
  switch (type) {
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'texts':
      return Array.isArray(value) && value.every((v) => typeof v === 'string') ? value : undefined
    case 'rows':
      return Array.isArray(value) && value.every(isRecord) ? value : undefined
    case 'record':
      return isRecord(value) ? value : undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Variable {
  readonly name: string
  readonly type: ValueType
  readonly asks: boolean // named in answered(x)
  readonly reads: boolean // read itself
}

export class Expression {
  private last: readonly unknown[] | undefined
  private outcome: Outcome = UNANSWERED

  constructor(
    readonly source: string,
    private readonly run: (context: Record<string, unknown>) => unknown,
    private readonly variables: readonly Variable[],
  ) {}

  /** Names of the variables it looks at. */
  get names(): string[] {
    return this.variables.map((v) => v.name)
  }

  evaluate(bindings: Bindings): Outcome {
    if (this.last && this.isUnchanged(bindings, this.last)) return this.outcome
    const values = this.variables.map((v) => bound(bindings[v.name], v.type))
    this.outcome = this.compute(values)
    this.last = values
    return this.outcome
  }

  /** Asked of every expression at every key press: no list is made for it. */
  private isUnchanged(bindings: Bindings, last: readonly unknown[]): boolean {
    for (let i = 0; i < last.length; i += 1) {
      const { name, type } = this.variables[i] as Variable
      if (!Object.is(bound(bindings[name], type), last[i])) return false
    }
    return true
  }

  private compute(values: readonly unknown[]): Outcome {
    const context = Object.create(null) as Record<string, unknown>
    this.variables.forEach((v, i) => {
      if (v.asks) context[ANSWERED + v.name] = values[i] !== undefined
      if (v.reads && values[i] !== undefined) context[v.name] = values[i]
    })
    try {
      const raw = this.run(context)
      const value = typeof raw === 'bigint' ? Number(raw) : raw
      if (typeof value === 'number' && !Number.isFinite(value)) {
        return values.includes(undefined) ? UNANSWERED : { kind: 'defect', message: 'not finite' }
      }
      return { kind: 'value', value }
    } catch (error) {
      if (values.includes(undefined)) return UNANSWERED
      // A row's own field that nobody filled in is unanswered as well.
      if ((error as { code?: string }).code === 'no_such_key') return UNANSWERED
      return { kind: 'defect', message: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
    }
  }
}

/** A set of declared variables in which expressions are compiled. */
export class Language {
  private readonly environment: Environment
  private readonly compiled = new Map<string, Expression>()

  constructor(private readonly types: Types) {
    this.environment = root.clone()
    for (const [name, type] of Object.entries(types)) {
      this.environment.registerVariable(name, CEL_TYPES[type])
      this.environment.registerVariable(ANSWERED + name, 'bool')
    }
  }

  /** @throws ExpressionDefect for wrong syntax, an unknown name or a wrong type */
  compile(source: string): Expression {
    const known = this.compiled.get(source)
    if (known) return known
    const written = rewriteAnswered(source)
    let parsed: ReturnType<Environment['parse']>
    try {
      parsed = this.environment.parse(written)
    } catch (error) {
      throw new ExpressionDefect(source, error instanceof Error ? error.message : String(error))
    }
    const check = parsed.check()
    if (!check.valid) throw new ExpressionDefect(source, check.error?.message ?? 'does not compile')
    const expression = new Expression(source, parsed, this.variablesOf(written))
    this.compiled.set(source, expression)
    return expression
  }

  private variablesOf(written: string): Variable[] {
    const found = new Map<string, Variable>()
    for (const word of written.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""').match(/(?<![.\w])[A-Za-z_]\w*/g) ?? []) {
      const asks = word.startsWith(ANSWERED)
      const name = asks ? word.slice(ANSWERED.length) : word
      const type = this.types[name]
      if (type === undefined) continue
      const known = found.get(name)
      found.set(name, { name, type, asks: asks || (known?.asks ?? false), reads: !asks || (known?.reads ?? false) })
    }
    return [...found.values()]
  }
}

/** True only for a value that is true: unanswered and defects are not. */
export function holds(outcome: Outcome): boolean {
  return outcome.kind === 'value' && outcome.value === true
}
