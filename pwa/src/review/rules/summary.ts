/** The one-line summary of a record, as short as a doctor says it. */
import type { SubmissionLine } from '../../api/wire'

const PRESSURE = /^(\d+(?:\.\d+)?) mmHg$/

/** Two pressures after each other read 182/100 mmHg; everything else stays as it is. */
export function briefly(summary: SubmissionLine['summary']): string[] {
  const parts: string[] = []
  for (let at = 0; at < summary.length; at += 1) {
    const value = summary[at]?.value ?? ''
    const high = PRESSURE.exec(value)?.[1]
    const low = PRESSURE.exec(summary[at + 1]?.value ?? '')?.[1]
    if (high !== undefined && low !== undefined) {
      parts.push(`${high}/${low} mmHg`)
      at += 1
    } else if (value !== '') parts.push(value)
  }
  return parts
}
