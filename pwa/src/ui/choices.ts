/** Choosing from a code list. */

export interface Option {
  code: string
  label: string
  /** More words under which it is found. */
  search?: string
}

/** Above so many codes a choice opens as a list with a search instead of buttons. */
export const MANY = 8

/** Labels so short that several buttons fit in a line (Han characters count double). */
export function areShort(options: Option[]): boolean {
  return options.length > 1 && options.every(({ label }) => width(label) <= 12)
}

function width(label: string): number {
  return Array.from(label).reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e80 ? 2 : 1), 0)
}

/** Adds or removes a code. An exclusive one ("none of these") stands alone. Order is the list's. */
export function toggle(chosen: string[], code: string, options: Option[], exclusive: string[]): string[] {
  if (chosen.includes(code)) return chosen.filter((each) => each !== code)
  if (exclusive.includes(code)) return [code]
  const next = new Set([...chosen.filter((each) => !exclusive.includes(each)), code])
  const known = options.map((each) => each.code)
  return [...known.filter((each) => next.has(each)), ...[...next].filter((each) => !known.includes(each))]
}

/** Options whose label, code or search words hold every word typed. */
export function find(options: Option[], typed: string): Option[] {
  const wanted = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return options.filter((option) => {
    const text = `${option.label} ${option.code} ${option.search ?? ''}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}
