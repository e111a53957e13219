/** Lays out the answers of a version by the pages of its form, with what is to be seen at each. */
import type { Answers, Json, SubmissionVersion, Text, Violation } from '../../api/wire'
import type { FieldItem, FormBundle, Item, RepeatItem } from '../../forms/model'
import { isBlank, isField, isGroup, isRepeat } from '../../forms/model'
import { answerText } from '../../forms/rules/show'
import type { AnswerBlock, AnswerLine, AnswerPage, Layout } from '../model'

/** What layout reads of a version. */
export type Laid = Pick<SubmissionVersion, 'answers' | 'violations' | 'changed' | 'confirmed'>

/**
 * Every field of the form in its order, answered or not; the screen decides which of them to show.
 *
 * @param base the version this one corrects, when there is one
 */
export function layOut(bundle: FormBundle, version: Laid, base: Pick<SubmissionVersion, 'answers'> | null): Layout {
  const layer = new Layer(bundle, version, base)
  const pages = bundle.ui.pages.map(
    (page): AnswerPage => ({ id: page.id, title: page.title, blocks: layer.blocks(page.items) }),
  )
  const paths = new Set(pages.flatMap((page) => page.blocks.flatMap(pathsOf)))
  const strays = version.violations.filter(({ path }) => !paths.has(path) && !paths.has(topOf(path)))
  return { pages, strays }
}

class Layer {
  constructor(
    private readonly bundle: FormBundle,
    private readonly version: Laid,
    private readonly base: Pick<SubmissionVersion, 'answers'> | null,
  ) {}

  blocks(items: readonly Item[]): AnswerBlock[] {
    const blocks: AnswerBlock[] = []
    let lines: AnswerLine[] = []
    const close = (): void => {
      if (lines.length > 0) blocks.push({ kind: 'lines', lines })
      lines = []
    }
    const visit = (all: readonly Item[]): void => {
      for (const item of all) {
        if (isField(item)) lines.push(this.line(item, item.field))
        else if (isGroup(item)) visit(item.items)
        else if (isRepeat(item)) {
          close()
          blocks.push(this.rows(item))
        }
      }
    }
    visit(items)
    close()
    return blocks
  }

  private rows(item: RepeatItem): AnswerBlock {
    const now = rowsOf(this.version.answers[item.repeat])
    const before = rowsOf(this.base?.answers[item.repeat])
    const count = Math.max(now.length, before.length)
    const rows = Array.from({ length: count }, (_, at) =>
      item.items.map((field) => this.line(field, `${item.repeat}.${at}.${field.field}`)),
    )
    return { kind: 'rows', path: item.repeat, label: item.label, rows }
  }

  private line(field: FieldItem, path: string): AnswerLine {
    const value = at(this.version.answers, path)
    const before = this.base ? at(this.base.answers, path) : value
    const differs = !same(value, before) || (this.base === null && this.version.changed.includes(path))
    return {
      path,
      label: field.label,
      value: this.text(field, value),
      control: field.control,
      people: field.control === 'person' || field.control === 'persons' ? codes(value) : [],
      pictures: isPicture(field) ? codes(value) : [],
      violations: this.version.violations.filter((each) => each.path === path),
      confirmed: this.version.confirmed.includes(path),
      change: differs ? { before: this.text(field, before) } : null,
    }
  }

  private text(field: FieldItem, value: Json): Text | null {
    if (isBlank(value)) return null
    if (!isPicture(field)) return answerText(this.bundle, field, value)
    const count = String(codes(value).length)
    return { 'zh-CN': `${count} 张`, en: count }
  }
}

/** The check of the form that a violation speaks of. */
export function checkOf(bundle: FormBundle, violation: Violation): NonNullable<FormBundle['ui']['checks']>[number] | null {
  const id = /^(?:check|unconfirmed):(.+)$/.exec(violation.code)?.[1]
  return bundle.ui.checks?.find((each) => each.id === id) ?? null
}

/** The label of a path, for lists of fields: "用药情况 2 · 每次用量". */
export function labelOf(bundle: FormBundle, path: string): Text {
  const [top = path, row, inner] = path.split('.')
  const item = find(
    bundle.ui.pages.flatMap((page) => page.items),
    top,
  )
  if (!item) return { 'zh-CN': path, en: path }
  if (isField(item) || row === undefined) return item.label
  const field = item.items.find((each) => each.field === inner)
  const line = Number(row) + 1
  return {
    'zh-CN': [`${item.label['zh-CN']} ${line}`, field?.label['zh-CN']].filter(Boolean).join(' · '),
    en: [`${item.label.en} ${line}`, field?.label.en].filter(Boolean).join(' · '),
  }
}

function find(items: readonly Item[], name: string): FieldItem | RepeatItem | null {
  for (const item of items) {
    if (isField(item) && item.field === name) return item
    if (isRepeat(item) && item.repeat === name) return item
    const inner = isGroup(item) ? find(item.items, name) : null
    if (inner) return inner
  }
  return null
}

function pathsOf(block: AnswerBlock): string[] {
  return block.kind === 'lines'
    ? block.lines.map((line) => line.path)
    : [block.path, ...block.rows.flatMap((row) => row.map((line) => line.path))]
}

function topOf(path: string): string {
  return path.split('.')[0] ?? path
}

function isPicture(field: FieldItem): boolean {
  return field.control === 'photo' || field.control === 'signature'
}

function rowsOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function codes(value: Json): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string')
}

/** The answer at a path; null where there is none. */
export function at(answers: Answers, path: string): Json {
  let found: Json | undefined = answers
  for (const step of path.split('.')) {
    if (Array.isArray(found)) found = found[Number(step)]
    else if (typeof found === 'object' && found !== null) found = (found as Record<string, Json | undefined>)[step]
    else return null
  }
  return found ?? null
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(isBlank(a) ? null : a) === JSON.stringify(isBlank(b) ? null : b)
}
