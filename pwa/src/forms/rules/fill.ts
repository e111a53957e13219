/** First values of a form: prefilled from what is known, and defaults of the form itself. */
import type { Answers, Household, Json, Resident } from '../../api/wire'
import type { CompiledForm, Node } from './compile'
import type { Evaluation, FieldItem, FormContext, Prefill } from '../model'
import { isBlank } from '../model'

/** Where a first value may come from. */
export interface Sources {
  readonly last: Answers | null
  readonly resident: Resident | null
  readonly household: Household | null
  /** Answers of the other forms of the same household visit, newest last. */
  readonly sitting: readonly Answers[]
}

/** `offered`: values behind a group's one tap 'unchanged since last time', by group. */
export interface FirstValues {
  readonly answers: Answers
  readonly offered: Readonly<Record<string, Answers>>
}

function attribute(subject: Resident | Household | null, name: string): Json | undefined {
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
 * Defaults of shown, unanswered fields that have not had their default yet.
 *
 * @param given names that had their default before: what the doctor cleared stays clear
 */
export function defaults(
  form: CompiledForm,
  evaluation: Evaluation,
  context: FormContext,
  given: ReadonlySet<string>,
): Answers {
  const found: Answers = {}
  const scope = { ...context, ...evaluation.answers }
  const walk = (node: Node): void => {
    if (node.kind === 'block') node.children.forEach(walk)
    if (node.kind !== 'field' || !node.initial) return
    const name = node.item.field
    if (given.has(name) || !evaluation.shown.has(name) || evaluation.answers[name] !== undefined) return
    const outcome = node.initial.evaluate(scope)
    if (outcome.kind === 'value' && !isBlank(outcome.value as Json)) found[name] = outcome.value as Json
  }
  form.pages.forEach(walk)
  return found
}

/** Recorded answers made editable again: computed fields are computed anew. */
export function editable(form: CompiledForm, recorded: Answers): Answers {
  const computed = new Set([...form.fields.values()].filter((f) => f.compute !== undefined).map((f: FieldItem) => f.field))
  return Object.fromEntries(Object.entries(recorded).filter(([name]) => !computed.has(name)))
}
