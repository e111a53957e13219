/** First values of a form: prefilled from what is known, and defaults of the form itself. */
import type { Answers, Household, Json, Resident, Site, Task } from '../../api/wire'
import type { Expression } from '../../kernel/expressions'
import type { CompiledForm, FieldNode, Node } from './compile'
import type { Evaluation, FieldItem, FormContext, Prefill } from '../model'
import { isBlank } from '../model'
import { evaluate } from './evaluate'

/** Where a first value may come from. */
export interface Sources {
  readonly last: Answers | null
  readonly resident: Resident | null
  readonly household: Household | null
  readonly site: Site | null
  /** Answers of the other forms of the same household visit, newest last. */
  readonly sitting: readonly Answers[]
  /** The task from which the form was opened. */
  readonly task: Task | null
}

/** `offered`: values behind a group's one tap 'unchanged since last time', by group. */
export interface FirstValues {
  readonly answers: Answers
  readonly offered: Readonly<Record<string, Answers>>
}

function attribute(subject: Resident | Household | Site | null, name: string): Json | undefined {
  if (!subject) return undefined
  const own = (subject as unknown as Record<string, Json>)[name]
  return own ?? subject.details[name]
}

function source(prefill: Prefill, field: string, from: Sources): Json | undefined {
  const name = prefill.field ?? field
  switch (prefill.from) {
    case 'last':
      return from.last?.[name]
    case 'resident':
      return attribute(from.resident, name)
    case 'household':
      return attribute(from.household, name)
    case 'site':
      return attribute(from.site, name)
    case 'task':
      return from.task === null ? undefined : (from.task as unknown as Record<string, Json>)[name]
    case 'sitting':
      return [...from.sitting].reverse().find((answers) => !isBlank(answers[name]))?.[name]
  }
}

/** What the form starts with. Never evaluates anything: prefill names its source plainly. */
export function firstValues(form: CompiledForm, from: Sources): FirstValues {
  const answers: Answers = {}
  const offered: Record<string, Answers> = {}
  const unchanged = unchangedGroups(form)

  const take = (name: string, prefill: Prefill | undefined, group: string | null): void => {
    if (!prefill) return
    const value = source(prefill, name, from)
    if (value === undefined || isBlank(value)) return
    if (group === null) answers[name] = value
    else (offered[group] ??= {})[name] = value
  }
  const walk = (node: Node, group: string | null): void => {
    if (node.kind === 'field') take(node.item.field, node.item.prefill, group)
    else if (node.kind === 'repeat') take(node.item.repeat, node.item.prefill, group)
    else for (const child of node.children) walk(child, unchanged.has(node.key) ? node.key : group)
  }
  for (const page of form.pages) walk(page, null)
  return { answers, offered }
}

function unchangedGroups(form: CompiledForm): ReadonlySet<string> {
  const keys = new Set<string>()
  const visit = (items: CompiledForm['bundle']['ui']['pages'][number]['items']): void => {
    for (const item of items) {
      if (!('group' in item)) continue
      if (item.unchanged === true) keys.add(`group:${item.group}`)
      visit(item.items)
    }
  }
  for (const page of form.bundle.ui.pages) visit(page.items)
  return keys
}

/**
 * Defaults of shown fields that nobody has touched: they follow their expression until then.
 *
 * @returns by field; `null` where there is no value (any more)
 */
export function defaults(
  form: CompiledForm,
  evaluation: Evaluation,
  context: FormContext,
  touched: readonly string[],
): Readonly<Record<string, Json>> {
  const found: Record<string, Json> = {}
  for (const { item, initial } of withDefault(form)) {
    const name = item.field
    if (touched.includes(name) || !evaluation.shown.has(name)) continue
    const known = context as unknown as Record<string, unknown>
    const outcome = initial.evaluate(Object.fromEntries(initial.names.map((read) => [read, evaluation.answers[read] ?? known[read]])))
    const value = outcome.kind === 'value' ? (outcome.value as Json) : null
    found[name] = isBlank(value) ? null : value
  }
  return found
}

type Defaulting = FieldNode & { readonly initial: Expression }
const defaulting = new WeakMap<CompiledForm, readonly Defaulting[]>()

/** The fields that have a default, found once: this is asked at each key press. */
function withDefault(form: CompiledForm): readonly Defaulting[] {
  const known = defaulting.get(form)
  if (known) return known
  const of = (node: Node): Defaulting[] => {
    if (node.kind === 'block') return node.children.flatMap(of)
    return node.kind === 'field' && node.initial ? [node as Defaulting] : []
  }
  const found = form.pages.flatMap(of)
  defaulting.set(form, found)
  return found
}

/**
 * Evaluates with defaults taken in; a default may open a field that has a default itself.
 *
 * @param firstDay `today` of the defaults: the day on which the draft was begun
 */
export function settled(
  form: CompiledForm,
  given: Answers,
  context: FormContext,
  touched: readonly string[],
  firstDay: string = context.today,
): { readonly answers: Answers; readonly evaluation: Evaluation } {
  let answers = given
  let evaluation = evaluate(form, answers, context)
  for (let turn = 0; turn < 5; turn += 1) {
    const wanted = Object.entries(defaults(form, evaluation, { ...context, today: firstDay }, touched))
    const changed = wanted.filter(([name, value]) => JSON.stringify(answers[name] ?? null) !== JSON.stringify(value))
    if (changed.length === 0) break
    answers = { ...answers, ...Object.fromEntries(changed) }
    evaluation = evaluate(form, answers, context)
  }
  return { answers, evaluation }
}

/** A new row of a repeat, with the defaults of its fields. */
export function newRow(form: CompiledForm, repeat: string, evaluation: Evaluation, context: FormContext): Answers {
  const row: Answers = {}
  const walk = (node: Node): void => {
    if (node.kind === 'block') node.children.forEach(walk)
    if (node.kind !== 'repeat' || node.item.repeat !== repeat) return
    for (const field of node.fields) {
      const outcome = field.initial?.evaluate({ ...context, ...evaluation.answers, ...row })
      if (outcome?.kind === 'value' && !isBlank(outcome.value as Json)) row[field.item.field] = outcome.value as Json
    }
  }
  form.pages.forEach(walk)
  return row
}

/** Recorded answers made editable again: computed fields are computed anew. */
export function editable(form: CompiledForm, recorded: Answers): Answers {
  const computed = new Set([...form.fields.values()].filter((f) => f.compute !== undefined).map((f: FieldItem) => f.field))
  return Object.fromEntries(Object.entries(recorded).filter(([name]) => !computed.has(name)))
}
