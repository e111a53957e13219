/** The one-line summary of a record, as short as a doctor says it. */
import type { SubmissionLine } from '../../api/wire'
import { pick } from '../../locales/locale'

const PRESSURE = /^(\d+(?:\.\d+)?) mmHg$/

/** Two pressures after each other read 182/100 mmHg; everything else stays as it is. */
export function briefly(summary: SubmissionLine['summary']): string[] {
  const parts: string[] = []
  const values = summary.map((each) => pick(each.value))
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? ''
    const high = PRESSURE.exec(value)?.[1]
    const low = PRESSURE.exec(values[at + 1] ?? '')?.[1]
    if (high !== undefined && low !== undefined) {
      parts.push(`${high}/${low} mmHg`)
      at += 1
    } else if (value !== '') parts.push(value)
  }
  return parts
}
