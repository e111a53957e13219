/** What the rules concluded, in the words of the programme they belong to. */
import type { Task, Text } from '../../api/wire'
import type { Programme, Section } from '../../followups/model'

export interface Conclusion {
  readonly label: Text | null
  readonly reasons: readonly { readonly rule: string; readonly text: Text | null }[]
}

/**
 * @param tasks what it made due: their reasons are those of the very rule version that fired, and win
 *   over the programmes as they are now
 */
export function explain(
  programmes: readonly Programme[],
  form: string,
  computed: { readonly class: string | null; readonly rules: readonly string[] },
  tasks: readonly Pick<Task, 'reasons'>[],
): Conclusion {
  const sections = programmes.flatMap((programme) =>
    programme.services.flatMap((service): Section[] => {
      const section = service.on?.[form]
      return section ? [section] : []
    }),
  )
  const fired = tasks.flatMap((task) => task.reasons)
  return {
    label: sections.flatMap((each) => each.class ?? []).find((each) => each.code === computed.class)?.label ?? null,
    reasons: computed.rules.map((rule) => ({
      rule,
      text:
        fired.find((each) => each.rule === rule)?.text ??
        sections.flatMap((each) => each.rules ?? []).find((each) => each.id === rule)?.reason ??
        null,
    })),
  }
}
