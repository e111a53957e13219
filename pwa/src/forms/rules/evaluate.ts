/**
 * One pass over a form (docs/decisions/0002): items in document order, a hidden field counts as
 * unanswered for everything after it; `required`, soft ranges and checks run after the pass.
 * Pure, and quick enough to run at each key press: expressions remember their last result.
 */
import type { Answers, Json } from '../../api/wire'
import type { Bindings, Expression, Outcome } from '../../kernel/expressions'
import type { CompiledForm, FieldNode, Node, RepeatNode, Test } from './compile'
import type { Defect, Evaluation, FormContext, FormViolation, Warning } from '../model'
import { isBlank } from '../model'
import { unusablePaths } from './usable'

type Scope = Record<string, unknown>

class Pass {
  readonly answers: Answers = {}
  readonly shown = new Set<string>()
  readonly required = new Set<string>()
  readonly codesOffered = new Map<string, ReadonlySet<string>>()
  readonly hidden: string[] = []
  readonly miscomputed: string[] = []
  readonly failed: FormViolation[] = []
  readonly warnings: Warning[] = []
  readonly defects: Defect[] = []
  readonly scope: Scope
  /** By repeat: what expressions see of each row. An open cell is not the form's answer of the same name. */
  private readonly rowScopes = new Map<string, Scope[]>()
  private readonly unusable: ReadonlySet<string>
  private readonly after: (() => void)[] = []

  constructor(
    private readonly form: CompiledForm,
    private readonly given: Answers,
    context: FormContext,
  ) {
    this.scope = { ...context }
    this.unusable = unusablePaths(form.bundle.schema, form.types, given)
  }

  run(): Evaluation {
    for (const page of this.form.pages) this.node(page, true)
    for (const later of this.after) later()
    for (const { check, expression } of this.form.checks) this.check(check, expression)
    return this
  }

  private outcome(expression: Expression, scope: Bindings, path: string): Outcome {
    const outcome = expression.evaluate(scope)
    if (outcome.kind === 'defect') this.defects.push({ path, source: expression.source, message: outcome.message })
    return outcome
  }

  private test(test: Test, scope: Bindings, path: string, otherwise: boolean): boolean {
    if (test === null) return otherwise
    if (test === true) return true
    const outcome = this.outcome(test, scope, path)
    return outcome.kind === 'value' && outcome.value === true
  }

  private node(node: Node, parentShown: boolean): void {
    if (node.kind === 'field') {
      this.field(node, parentShown, '', this.given, this.answers, this.scope)
      return
    }
    if (node.kind === 'repeat') {
      this.repeat(node, parentShown)
      return
    }
    const shown = parentShown && this.test(node.visible, this.scope, node.key, true)
    if (shown) this.shown.add(node.key)
    for (const child of node.children) this.node(child, shown)
  }

  private field(node: FieldNode, parentShown: boolean, prefix: string, given: Answers, out: Answers, scope: Scope): void {
    const name = node.item.field
    const path = prefix + name
    const value = given[name]
    scope[name] = undefined
    if (!parentShown || !this.test(node.visible, scope, path, true)) {
      if (!isBlank(value)) this.hidden.push(path)
      return
    }
    this.shown.add(path)
    if (node.where.length > 0) this.offer(node, path, value, scope)
    const usable = node.compute !== null || !this.unusable.has(path)
    const answer = node.compute ? this.computed(node.compute, scope, path, value) : value
    if (answer !== undefined && !isBlank(answer)) {
      out[name] = answer
      if (usable) scope[name] = answer
    }
    this.after.push(() => {
      this.finish(node, path, out[name], usable, prefix ? { ...this.scope, ...scope } : this.scope)
    })
  }

  /** Codes whose columns say what is asked for; while something asked for has no value there are none. */
  private offer(node: FieldNode, path: string, value: Json | undefined, scope: Scope): void {
    const wanted = node.where.map(([column, expression]) => {
      const outcome = this.outcome(expression, scope, path)
      return [column, outcome.kind === 'value' ? outcome.value : undefined] as const
    })
    const codes = this.form.bundle.codes[node.item.codes ?? '']?.codes ?? []
    const fits = codes.filter((c) => wanted.every(([column, text]) => typeof text === 'string' && text !== '' && [c.columns?.[column]].flat().includes(text)))
    const offered = new Set(fits.map((c) => c.code))
    this.codesOffered.set(path, offered)
    const given = Array.isArray(value) ? value : isBlank(value) ? [] : [value]
    const usable = !this.unusable.has(path)
    if (usable && given.some((code) => typeof code === 'string' && !offered.has(code))) this.failed.push({ path, code: 'enum' })
  }

  private computed(compute: Expression, scope: Scope, path: string, given: Json | undefined): Json | undefined {
    const outcome = this.outcome(compute, scope, path)
    const value = outcome.kind === 'value' ? (outcome.value as Json) : undefined
    if (!isBlank(given) && !same(given, value)) this.miscomputed.push(path)
    return value
  }

  private finish(node: FieldNode, path: string, value: Json | undefined, usable: boolean, scope: Scope): void {
    const required = node.compute === null && this.test(node.required, scope, path, false)
    if (required) this.required.add(path)
    if (value === undefined) {
      const message = node.item.required_message
      if (required) this.failed.push({ path, code: 'required', ...(message ? { message } : {}) })
      return
    }
    if (!usable) return
    if (mixesExclusive(node, value)) this.failed.push({ path, code: 'exclusive' })
    if (this.outside(node, path, value, scope)) {
      const soft = node.item.soft ?? {}
      this.warnings.push({ path, id: 'soft', message: soft.message ?? null, fields: [path], limits: soft })
    }
  }

  private outside(node: FieldNode, path: string, value: Json, scope: Scope): boolean {
    const low = this.limit(node.softMin, scope, path)
    const high = this.limit(node.softMax, scope, path)
    return below(value, low) || below(high, value)
  }

  private limit(limit: number | string | Expression | null, scope: Scope, path: string): Json {
    if (limit === null || typeof limit === 'number' || typeof limit === 'string') return limit
    const outcome = this.outcome(limit, scope, path)
    return outcome.kind === 'value' ? (outcome.value as Json) : null
  }

  private repeat(node: RepeatNode, parentShown: boolean): void {
    const name = node.item.repeat
    const given = this.given[name]
    this.scope[name] = undefined
    if (!parentShown || !this.test(node.visible, this.scope, name, true)) {
      if (!isBlank(given)) this.hidden.push(name)
      return
    }
    this.shown.add(name)
    const open: Scope = Object.fromEntries(node.fields.map((field) => [field.item.field, undefined]))
    const scopes: Scope[] = []
    const rows = (Array.isArray(given) ? given : []).map((row, i) => {
      const out: Answers = {}
      const scope: Scope = { ...this.scope, ...open }
      const answers = typeof row === 'object' && row !== null && !Array.isArray(row) ? row : {}
      for (const field of node.fields) this.field(field, true, `${name}.${String(i)}.`, answers, out, scope)
      scopes.push(Object.fromEntries(Object.keys(open).map((column) => [column, scope[column]])))
      return out
    })
    this.rowScopes.set(name, scopes)
    if (rows.length > 0) {
      this.answers[name] = rows
      this.scope[name] = scopes.map((scope) => Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)))
    }
    this.after.push(() => {
      if (!this.test(node.required, this.scope, name, false)) return
      this.required.add(name)
      if (rows.length === 0 && !this.unusable.has(name)) this.failed.push({ path: name, code: 'required' })
    })
  }

  private check(check: CompiledForm['checks'][number]['check'], expression: Expression): void {
    if (check.in === undefined) {
      this.judge(check, expression, this.scope, '')
      return
    }
    this.rowScopes.get(check.in)?.forEach((row, i) => {
      this.judge(check, expression, { ...this.scope, ...row }, `${check.in ?? ''}.${String(i)}.`)
    })
  }

  private judge(check: CompiledForm['checks'][number]['check'], expression: Expression, scope: Scope, prefix: string): void {
    const fields = check.fields.map((f) => prefix + f)
    const path = fields[0] ?? prefix
    const outcome = this.outcome(expression, scope, path)
    if (outcome.kind !== 'value' || outcome.value !== false) return
    if (check.level === 'hard') this.failed.push({ path, code: `check:${check.id}`, message: check.message })
    else this.warnings.push({ path, id: check.id, message: check.message, fields })
  }
}

/** A code that excludes all others stands beside some. */
function mixesExclusive(node: FieldNode, value: Json): boolean {
  const exclusive = node.item.exclusive
  return exclusive !== undefined && Array.isArray(value) && value.length > 1 && value.some((v) => exclusive.includes(v as string))
}

function below(a: Json, b: Json): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b
  return typeof a === 'string' && typeof b === 'string' && a < b
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** What the form says about these answers. */
export function evaluate(form: CompiledForm, given: Answers, context: FormContext): Evaluation {
  return new Pass(form, given, context).run()
}
