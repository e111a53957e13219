/** Which pictures the answers of a form name, and where. */
import type { Answers, Json } from '../../api/wire'
import type { FormBundle, Item } from '../../forms/model'
import { isField, isGroup, isRepeat } from '../../forms/model'

export interface Named {
  /** `photos`, or `members.0.photo` in a row. */
  readonly field: string
  readonly sha256: string
}

function texts(value: Json | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string')
}

/** @param answers those that are recorded: hidden ones name nothing */
export function namedPictures(bundle: FormBundle, answers: Answers): Named[] {
  const found = new Map<string, Named>()
  const look = (items: readonly Item[], at: Answers, prefix: string): void => {
    for (const item of items) {
      if (isGroup(item)) look(item.items, at, prefix)
      else if (isRepeat(item)) {
        const rows = at[item.repeat]
        if (!Array.isArray(rows)) continue
        rows.forEach((row, i) => {
          if (typeof row === 'object' && row !== null && !Array.isArray(row)) look(item.items, row, `${item.repeat}.${String(i)}.`)
        })
      } else if (isField(item) && (item.control === 'photo' || item.control === 'signature')) {
        for (const sha256 of texts(at[item.field])) if (!found.has(sha256)) found.set(sha256, { field: prefix + item.field, sha256 })
      }
    }
  }
  for (const page of bundle.ui.pages) look(page.items, answers, '')
  return [...found.values()]
}
