/** Small decisions about forms that screens ask for. */
import type { Answers, Text } from '../../api/wire'
import { ageYears } from '../../kernel/dates'
import { holds } from '../../kernel/expressions'
import type { CompiledForm } from './compile'
import type { Code, Evaluation, FieldItem, FormBundle, FormContext } from '../model'

/** Whether the phone offers this form for a resident; a form without an `offer` is offered. */
export function isOffered(form: Pick<CompiledForm, 'offer'>, context: FormContext): boolean {
  return form.offer === null || holds(form.offer.evaluate({ ...context }))
}

/**
 * The codes a field offers, retired ones only while one of them is the present answer.
 *
 * @param offered what its `where` leaves, where it has one; a present answer stays to be taken back
 */
export function codesOf(bundle: FormBundle, field: FieldItem, chosen: readonly string[], offered?: ReadonlySet<string>): Code[] {
  const all = field.codes === undefined ? [] : (bundle.codes[field.codes]?.codes ?? [])
  const only = field.only_codes
  return all.filter(
    (c) => (only ? only.includes(c.code) : true) && (chosen.includes(c.code) || (c.retired !== true && (offered?.has(c.code) ?? true))),
  )
}

/** The page after the last one: what is missing, what the doctor is advised, and Finish. */
export const REVIEW = 'review_before_finish'

/** Pages shown, in order. */
export function shownPages(form: CompiledForm, shown: Evaluation['shown']): FormBundle['ui']['pages'][number][] {
  return form.bundle.ui.pages.filter((page) => shown.has(`page:${page.id}`))
}

/** Top-level names that stand on a page, groups opened. */
export function namesOnPage(page: FormBundle['ui']['pages'][number]): string[] {
  const names: string[] = []
  const visit = (items: typeof page.items): void => {
    for (const item of items) {
      if ('field' in item) names.push(item.field)
      else if ('repeat' in item) names.push(item.repeat)
      else if ('group' in item) visit(item.items)
    }
  }
  visit(page.items)
  return names
}

/** Violations whose field stands on the page. */
export function onPage<T extends { path: string }>(page: FormBundle['ui']['pages'][number], all: readonly T[]): T[] {
  const names = new Set(namesOnPage(page))
  return all.filter((v) => names.has(v.path.split('.')[0] ?? ''))
}

/** One line of a submission: label and value of its summary fields. */
export function summaryOf(bundle: FormBundle, answers: Answers): { label: Text; value: Text }[] {
  const fields = new Map<string, FieldItem>()
  const visit = (items: FormBundle['ui']['pages'][number]['items']): void => {
    for (const item of items) {
      if ('field' in item) fields.set(item.field, item)
      else if ('group' in item) visit(item.items)
    }
  }
  bundle.ui.pages.forEach((page) => {
    visit(page.items)
  })
  return (bundle.form.summary ?? []).flatMap((name) => {
    const field = fields.get(name)
    const value = answers[name]
    return field && value !== undefined && value !== null ? [{ label: field.label, value: answerText(bundle, field, value) }] : []
  })
}

/** An answer as a person reads it. */
export function answerText(bundle: FormBundle, field: FieldItem, value: Answers[string]): Text {
  const codes = field.codes === undefined ? [] : (bundle.codes[field.codes]?.codes ?? [])
  const one = (v: unknown): Text => {
    if (typeof v === 'boolean') return v ? { 'zh-CN': '是', en: 'Yes' } : { 'zh-CN': '否', en: 'No' }
    const written = field.control === 'place' ? placeText(v) : typeof v === 'string' || typeof v === 'number' ? String(v) : JSON.stringify(v)
    return codes.find((c) => c.code === v)?.label ?? { 'zh-CN': written, en: written }
  }
  const unit = field.unit === undefined ? '' : ` ${field.unit}`
  const parts = (Array.isArray(value) ? value : [value]).map(one)
  return { 'zh-CN': parts.map((p) => p['zh-CN']).join('、') + unit, en: parts.map((p) => p.en).join(', ') + unit }
}

/** Latitude and longitude in degrees, as maps take them; five decimals are about a metre. */
function placeText(value: unknown): string {
  const { lat, lng } = value as { lat?: unknown; lng?: unknown }
  return [lat, lng].map((degrees) => (typeof degrees === 'number' ? degrees.toFixed(5) : '?')).join(', ')
}

/** Context of a resident on a day. */
export function contextOf(
  today: string,
  resident: { birth_date: string; sex: string; programmes: { programme: string }[] } | null,
): FormContext {
  if (!resident) return { today }
  return {
    today,
    resident_birth_date: resident.birth_date,
    resident_sex: resident.sex,
    resident_programmes: resident.programmes.map((p) => p.programme),
  }
}

/** Age as it is said: days for a newborn, months for a small child, else years. */
export function ageOn(birth: string, today: string): { unit: 'year' | 'month' | 'day'; count: number } {
  const years = ageYears(birth, today)
  if (years >= 3) return { unit: 'year', count: years }
  const days = Math.round((Date.parse(today) - Date.parse(birth)) / 86_400_000)
  return days < 60 ? { unit: 'day', count: Math.max(days, 0) } : { unit: 'month', count: monthsBetween(birth, today) }
}

function monthsBetween(birth: string, today: string): number {
  const months = (Number(today.slice(0, 4)) - Number(birth.slice(0, 4))) * 12 + Number(today.slice(5, 7)) - Number(birth.slice(5, 7))
  return today.slice(8) < birth.slice(8) ? months - 1 : months
}

/** What a path is called: labels, and the number of a row from 0. Empty where nothing has that name. */
export function labelsAt(bundle: FormBundle, path: string): (Text | number)[] {
  const [name, row, inner] = path.split('.')
  const visit = (items: FormBundle['ui']['pages'][number]['items']): (Text | number)[] => {
    for (const item of items) {
      if ('field' in item && item.field === name) return [item.label]
      if ('repeat' in item && item.repeat === name) {
        const field = item.items.find((f) => f.field === inner)
        return [item.label, ...(row === undefined ? [] : [Number(row)]), ...(field ? [field.label] : [])]
      }
      const found = 'group' in item ? visit(item.items) : []
      if (found.length > 0) return found
    }
    return []
  }
  for (const page of bundle.ui.pages) {
    const found = visit(page.items)
    if (found.length > 0) return found
  }
  return []
}
