/** A compiled form as a list of steps in document order, and who reads what: found once, when it is loaded. */
import { Expression } from '../../kernel/expressions'
import type { CompiledForm, FieldNode, Node } from './compile'

export interface Step {
  readonly node: Node
  /** Number of the block round it; -1 at the top. */
  readonly parent: number
  /** Numbers of what stands directly in it. */
  readonly children: readonly number[]
}

/** Numbers of steps and checks that read a variable. */
export interface Readers {
  /** In `visible`, `compute` and `where`, which read only what stands earlier (0002). */
  readonly walk: number[]
  /** In `required` and soft ranges, which are judged after the pass. */
  readonly finish: number[]
  readonly check: number[]
}

export interface Steps {
  readonly list: readonly Step[]
  /** The step of a field or repeat, by its name. */
  readonly byName: ReadonlyMap<string, number>
  readonly readers: ReadonlyMap<string, Readers>
}

const known = new WeakMap<CompiledForm, Steps>()

export function stepsOf(form: CompiledForm): Steps {
  const found = known.get(form)
  if (found) return found
  const made = steps(form)
  known.set(form, made)
  return made
}

/** What answers are kept under; a block has none. */
export function nameOf(node: Node): string | null {
  if (node.kind === 'block') return null
  return node.kind === 'field' ? node.item.field : node.item.repeat
}

function steps(form: CompiledForm): Steps {
  const list: { node: Node; parent: number; children: number[] }[] = []
  const byName = new Map<string, number>()
  const readers = new Map<string, Readers>()
  const read = (by: keyof Readers, at: number, names: readonly string[]): void => {
    for (const name of new Set(names)) {
      const all = readers.get(name) ?? { walk: [], finish: [], check: [] }
      readers.set(name, all)
      if (all[by].at(-1) !== at) all[by].push(at)
    }
  }
  const add = (node: Node, parent: number): number => {
    const at = list.length
    const children: number[] = []
    list.push({ node, parent, children })
    const name = nameOf(node)
    if (name !== null) byName.set(name, at)
    read('walk', at, [...namesOf(node.visible), ...fieldsOf(node).flatMap(walked)])
    if (node.kind === 'block') children.push(...node.children.map((child) => add(child, at)))
    else read('finish', at, [...namesOf(node.required), ...fieldsOf(node).flatMap(finished)])
    return at
  }
  for (const page of form.pages) add(page, -1)
  form.checks.forEach(({ check, expression }, at) => {
    read('check', at, [...expression.names, ...(check.in === undefined ? [] : [check.in])])
  })
  return { list, byName, readers }
}

/** The field itself, or the fields of a row. */
function fieldsOf(node: Node): readonly FieldNode[] {
  if (node.kind === 'block') return []
  return node.kind === 'field' ? [node] : node.fields
}

function walked(field: FieldNode): string[] {
  return [field.visible, field.compute, ...field.where.map(([, value]) => value)].flatMap(namesOf)
}

function finished(field: FieldNode): string[] {
  return [field.required, field.softMin, field.softMax].flatMap(namesOf)
}

function namesOf(written: unknown): string[] {
  return written instanceof Expression ? written.names : []
}
