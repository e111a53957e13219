/** What the rules concluded, in their own words. */
import type { Json, SubmissionVersion, Task, Text } from '../../api/wire'
import type { Programme, Section } from '../../followups/model'

export interface Conclusion {
  readonly label: Text | null
  readonly reasons: readonly { readonly rule: string; readonly text: Text | null }[]
  /** What the phone told the doctor to do before leaving the house. */
  readonly advice: readonly Text[]
}

/**
 * The words kept with the version win: they are those of the very rules that fired. Older versions have
 * none; then the tasks it made, and the programmes as they are now, lend theirs.
 */
export function explain(
  programmes: readonly Programme[],
  form: string,
  computed: SubmissionVersion['computed'],
  tasks: readonly Pick<Task, 'reasons'>[],
): Conclusion {
  const kept = [...reasonsOf(computed.reasons), ...tasks.flatMap((task) => task.reasons)]
  const sections = programmes.flatMap((programme) =>
    programme.services.flatMap((service): Section[] => {
      const section = service.on?.[form]
      return section ? [section] : []
    }),
  )
  return {
    label: textOf(computed.class_label) ?? sections.flatMap((each) => each.class ?? []).find((each) => each.code === computed.class)?.label ?? null,
    reasons: computed.rules.map((rule) => ({
      rule,
      text:
        kept.find((each) => each.rule === rule)?.text ??
        sections.flatMap((each) => each.rules ?? []).find((each) => each.id === rule)?.reason ??
        null,
    })),
    advice: listOf(computed.advice).flatMap((each) => textOf(each) ?? []),
  }
}

function reasonsOf(value: Json | undefined): { rule: string; text: Text }[] {
  return listOf(value).flatMap((each) => {
    const { rule, text } = (each ?? {}) as { [name: string]: Json | undefined }
    const said = textOf(text)
    return typeof rule === 'string' && said ? [{ rule, text: said }] : []
  })
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: Json | undefined): Text | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { 'zh-CN': zh, en } = value
  return typeof zh === 'string' && typeof en === 'string' && zh !== '' ? { 'zh-CN': zh, en } : null
}
