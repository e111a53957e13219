/**
 * One pass over a form (docs/decisions/0002): items in document order, a hidden field counts as
 * unanswered for everything after it; `required`, soft ranges and checks run after the pass.
 * Quick enough to run at each key press: only what reads an answer that changed is looked at again, and
 * whatever came out the same is the same object, so that the screen draws nothing for it.
 */
import type { Answers, Json } from '../../api/wire'
import type { Bindings, Expression, Outcome } from '../../kernel/expressions'
import type { CompiledForm, FieldNode, RepeatNode, Test } from './compile'
import type { Evaluation, FormContext } from '../model'
import { isBlank } from '../model'
import { isSame, KINDS, nothing, type Kind, type Said } from './said'
import { nameOf, stepsOf, type Steps } from './steps'
import { unusablePaths } from './usable'

type Scope = Record<string, unknown>

class Evaluator {
  private readonly steps: Steps
  private given: Answers = {}
  private context: FormContext | null = null
  private evaluation: Evaluation | null = null
  /** What expressions see: context, and every answer that can be used. */
  private readonly scope: Scope = {}
  /** By repeat: what expressions see of each row. An open cell is not the form's answer of the same name. */
  private readonly rowScopes = new Map<string, Scope[]>()
  private readonly unusable = new Set<string>()

  // By step: whether it is shown, its value as it would be recorded, what it said in the pass, and after it.
  private readonly isShown: boolean[]
  private readonly kept: (Json | undefined)[]
  private readonly walked: Said[]
  private readonly after: (() => void)[][]
  private readonly finished: Said[]
  private readonly checked: Said[]

  // What is still to be looked at, and whoever speaks now.
  private readonly toWalk: boolean[]
  private readonly toFinish: boolean[]
  private readonly toCheck: boolean[]
  private readonly changed = new Set<Kind | 'answers'>()
  private said: Said = nothing()
  private later: (() => void)[] = []

  constructor(private readonly form: CompiledForm) {
    this.steps = stepsOf(form)
    const each = <T>(list: readonly unknown[], make: () => T): T[] => list.map(make)
    const { list } = this.steps
    this.isShown = each(list, () => false)
    this.kept = each(list, () => undefined)
    this.after = each(list, () => [])
    ;[this.walked, this.finished, this.checked] = [each(list, nothing), each(list, nothing), each(form.checks, nothing)]
    ;[this.toWalk, this.toFinish, this.toCheck] = [each(list, () => true), each(list, () => true), each(form.checks, () => true)]
  }

  run(given: Answers, context: FormContext): Evaluation {
    this.changed.clear()
    this.takeContext(context)
    this.takeAnswers(given)
    this.steps.list.forEach((_, at) => {
      if (this.toWalk[at]) this.walk(at)
    })
    this.steps.list.forEach((_, at) => {
      if (this.toFinish[at]) this.tell(this.finished, at, () => this.after[at]?.forEach((one) => { one() }))
      this.toFinish[at] = false
    })
    this.form.checks.forEach(({ check, expression }, at) => {
      if (this.toCheck[at]) this.tell(this.checked, at, () => { this.check(check, expression) })
      this.toCheck[at] = false
    })
    if (this.evaluation === null || this.changed.size > 0) this.evaluation = this.gathered(this.evaluation)
    return this.evaluation
  }

  private takeContext(context: FormContext): void {
    if (context === this.context) return
    const [before, now] = [(this.context ?? {}) as Scope, { ...context } as Scope]
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      if (Object.is(before[name], now[name])) continue
      this.scope[name] = now[name]
      this.mark(name)
    }
    this.context = context
  }

  private takeAnswers(given: Answers): void {
    const before = this.given
    this.given = given
    const names = Object.keys(before)
    let gone = names.length
    for (const name of Object.keys(given)) {
      const last = before[name]
      if (last !== undefined) gone -= 1
      if (!Object.is(given[name], last)) this.takeAnswer(name, given[name])
    }
    // Rarely is one taken away: who types changes or adds one.
    if (gone > 0) for (const name of names) if (!Object.hasOwn(given, name)) this.takeAnswer(name, undefined)
  }

  private takeAnswer(name: string, value: Json | undefined): void {
    const at = this.steps.byName.get(name)
    if (at === undefined) return
    for (const path of this.unusable) if (path === name || path.startsWith(`${name}.`)) this.unusable.delete(path)
    if (value !== undefined) for (const path of unusablePaths(this.form.bundle.schema, this.form.types, { [name]: value })) this.unusable.add(path)
    this.toWalk[at] = true
  }

  /** Whoever reads this variable is looked at again. */
  private mark(name: string): void {
    const readers = this.steps.readers.get(name)
    if (!readers) return
    for (const at of readers.walk) this.toWalk[at] = true
    for (const at of readers.finish) this.toFinish[at] = true
    for (const at of readers.check) this.toCheck[at] = true
  }

  private walk(at: number): void {
    const step = this.steps.list[at]
    if (!step) return
    const { node } = step
    const parentShown = step.parent < 0 || this.isShown[step.parent] === true
    const name = nameOf(node)
    const before = name === null ? undefined : this.scope[name]
    const out: Answers = {}
    this.toWalk[at] = false
    this.toFinish[at] = true
    this.later = this.after[at] = []
    this.tell(this.walked, at, () => {
      if (node.kind === 'field') this.field(node, parentShown, '', this.given, out, this.scope)
      else if (node.kind === 'repeat') this.repeat(node, parentShown, out)
      else this.block(at, node.key, parentShown && this.test(node.visible, this.scope, node.key, true))
    })
    if (name === null) return
    if (!Object.is(this.kept[at], out[name])) this.changed.add('answers')
    this.kept[at] = out[name]
    if (!Object.is(before, this.scope[name])) this.mark(name)
  }

  private block(at: number, key: string, shown: boolean): void {
    if (shown) this.said.shown.push(key)
    if (shown === this.isShown[at]) return
    this.isShown[at] = shown
    for (const child of this.steps.list[at]?.children ?? []) this.toWalk[child] = true
  }

  /** Lets a step speak anew, and notes of what it says something else than before. */
  private tell(all: Said[], at: number, speak: () => void): void {
    const before = all[at] ?? nothing()
    this.said = all[at] = nothing()
    speak()
    for (const kind of KINDS) if (!isSame(kind, before, this.said)) this.changed.add(kind)
  }

  private gathered(last: Evaluation | null): Evaluation {
    const all = <K extends Kind>(kind: K): Said[K][number][] =>
      [this.walked, this.finished, this.checked].flatMap((some) => some.flatMap((said): Said[K][number][] => said[kind]))
    const kept = <K extends keyof Evaluation>(kind: K, gather: () => Evaluation[K]): Evaluation[K] =>
      last !== null && !this.changed.has(kind) ? last[kind] : gather()
    return {
      answers: kept('answers', () => this.recorded()),
      shown: kept('shown', () => new Set(all('shown'))),
      required: kept('required', () => new Set(all('required'))),
      codesOffered: kept('codesOffered', () => new Map(all('codesOffered'))),
      hidden: kept('hidden', () => all('hidden')),
      miscomputed: kept('miscomputed', () => all('miscomputed')),
      failed: kept('failed', () => all('failed')),
      warnings: kept('warnings', () => all('warnings')),
      defects: kept('defects', () => all('defects')),
    }
  }

  private recorded(): Answers {
    const answers: Answers = {}
    for (const [name, at] of this.steps.byName) {
      const value = this.kept[at]
      if (value !== undefined) answers[name] = value
    }
    return answers
  }

  private outcome(expression: Expression, scope: Bindings, path: string): Outcome {
    const outcome = expression.evaluate(scope)
    if (outcome.kind === 'defect') this.said.defects.push({ path, source: expression.source, message: outcome.message })
    return outcome
  }

  private test(test: Test, scope: Bindings, path: string, otherwise: boolean): boolean {
    if (test === null) return otherwise
    if (test === true) return true
    const outcome = this.outcome(test, scope, path)
    return outcome.kind === 'value' && outcome.value === true
  }

  private field(node: FieldNode, parentShown: boolean, prefix: string, given: Answers, out: Answers, scope: Scope): void {
    const name = node.item.field
    const path = prefix + name
    const value = given[name]
    scope[name] = undefined
    if (!parentShown || !this.test(node.visible, scope, path, true)) {
      if (!isBlank(value)) this.said.hidden.push(path)
      return
    }
    this.said.shown.push(path)
    if (node.where.length > 0) this.offer(node, path, value, scope)
    const usable = node.compute !== null || !this.unusable.has(path)
    const answer = node.compute ? this.computed(node.compute, scope, path, value) : value
    if (answer !== undefined && !isBlank(answer)) {
      out[name] = answer
      if (usable) scope[name] = answer
    }
    this.later.push(() => {
      this.finish(node, path, out[name], usable, scope)
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
    this.said.codesOffered.push([path, offered])
    const given = Array.isArray(value) ? value : isBlank(value) ? [] : [value]
    const usable = !this.unusable.has(path)
    if (usable && given.some((code) => typeof code === 'string' && !offered.has(code))) this.said.failed.push({ path, code: 'enum' })
  }

  private computed(compute: Expression, scope: Scope, path: string, given: Json | undefined): Json | undefined {
    const outcome = this.outcome(compute, scope, path)
    const value = outcome.kind === 'value' ? (outcome.value as Json) : undefined
    if (!isBlank(given) && !same(given, value)) this.said.miscomputed.push(path)
    return value
  }

  private finish(node: FieldNode, path: string, value: Json | undefined, usable: boolean, scope: Scope): void {
    const required = node.compute === null && this.test(node.required, scope, path, false)
    if (required) this.said.required.push(path)
    if (value === undefined) {
      const message = node.item.required_message
      if (required) this.said.failed.push({ path, code: 'required', ...(message ? { message } : {}) })
      return
    }
    if (!usable) return
    if (mixesExclusive(node, value)) this.said.failed.push({ path, code: 'exclusive' })
    if (this.outside(node, path, value, scope)) {
      const soft = node.item.soft ?? {}
      this.said.warnings.push({ path, id: 'soft', message: soft.message ?? null, fields: [path], limits: soft })
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

  private repeat(node: RepeatNode, parentShown: boolean, out: Answers): void {
    const name = node.item.repeat
    const given = this.given[name]
    this.scope[name] = undefined
    this.rowScopes.delete(name)
    if (!parentShown || !this.test(node.visible, this.scope, name, true)) {
      if (!isBlank(given)) this.said.hidden.push(name)
      return
    }
    this.said.shown.push(name)
    const open: Scope = Object.fromEntries(node.fields.map((field) => [field.item.field, undefined]))
    const scopes: Scope[] = []
    const rows = (Array.isArray(given) ? given : []).map((row, i) => {
      const cells: Answers = {}
      // What the row does not hide is read of the form as it stands when it is asked.
      const scope = Object.assign(Object.create(this.scope) as Scope, open)
      const answers = typeof row === 'object' && row !== null && !Array.isArray(row) ? row : {}
      for (const field of node.fields) this.field(field, true, `${name}.${String(i)}.`, answers, cells, scope)
      scopes.push(scope)
      return cells
    })
    this.rowScopes.set(name, scopes)
    if (rows.length > 0) {
      out[name] = rows
      this.scope[name] = scopes.map((scope) => Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined)))
    }
    this.later.push(() => {
      if (!this.test(node.required, this.scope, name, false)) return
      this.said.required.push(name)
      if (rows.length === 0 && !this.unusable.has(name)) this.said.failed.push({ path: name, code: 'required' })
    })
  }

  private check(check: CompiledForm['checks'][number]['check'], expression: Expression): void {
    if (check.in === undefined) {
      this.judge(check, expression, this.scope, '')
      return
    }
    this.rowScopes.get(check.in)?.forEach((row, i) => {
      this.judge(check, expression, row, `${check.in ?? ''}.${String(i)}.`)
    })
  }

  private judge(check: CompiledForm['checks'][number]['check'], expression: Expression, scope: Scope, prefix: string): void {
    const fields = check.fields.map((f) => prefix + f)
    const path = fields[0] ?? prefix
    const outcome = this.outcome(expression, scope, path)
    if (outcome.kind !== 'value' || outcome.value !== false) return
    if (check.level === 'hard') this.said.failed.push({ path, code: `check:${check.id}`, message: check.message })
    else this.said.warnings.push({ path, id: check.id, message: check.message, fields })
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

const evaluators = new WeakMap<CompiledForm, Evaluator>()

/** What the form says about these answers. Asked again, it looks only at what differs from the time before. */
export function evaluate(form: CompiledForm, given: Answers, context: FormContext): Evaluation {
  const evaluator = evaluators.get(form) ?? new Evaluator(form)
  evaluators.delete(form) // should it throw, it stands half way between two sets of answers
  const evaluation = evaluator.run(given, context)
  evaluators.set(form, evaluator)
  return evaluation
}

/** The same, of everything anew: what the quick way is held to. */
export function evaluateAnew(form: CompiledForm, given: Answers, context: FormContext): Evaluation {
  return new Evaluator(form).run(given, context)
}
