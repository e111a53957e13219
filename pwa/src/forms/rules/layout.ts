/** How items stand on a page: the two numbers of a blood pressure are read and typed together. */
import type { FieldItem, Item } from '../model'
import { isField, isGroup, isRepeat } from '../model'

export type Piece =
  | { readonly kind: 'item'; readonly key: string; readonly item: Item }
  | { readonly kind: 'pressure'; readonly key: string; readonly sbp: FieldItem; readonly dbp: FieldItem }

function keyOf(item: Item): string {
  if (isField(item)) return item.field
  if (isGroup(item)) return `group:${item.group}`
  return isRepeat(item) ? item.repeat : `note:${item.note}`
}

function pressureOf(item: Item | undefined, name: 'sbp' | 'dbp'): string | null {
  if (!item || !isField(item) || item.control !== 'number') return null
  return new RegExp(`^${name}(\\d?)$`).exec(item.field)?.[1] ?? null
}

export function pairPressure(items: readonly Item[]): Piece[] {
  const pieces: Piece[] = []
  for (let i = 0; i < items.length; i += 1) {
    const [item, next] = [items[i], items[i + 1]]
    if (!item) continue
    const number = pressureOf(item, 'sbp')
    if (number !== null && number === pressureOf(next, 'dbp')) {
      pieces.push({ kind: 'pressure', key: `pressure${number}`, sbp: item as FieldItem, dbp: next as FieldItem })
      i += 1
    } else pieces.push({ kind: 'item', key: keyOf(item), item })
  }
  return pieces
}
