/** What a person types for a number, and the number it means. */

const FULL_WIDTH = /[０-９．－，、。]/g
const TO_HALF: Record<string, string> = { '．': '.', '。': '.', '－': '-', '，': '.', '、': '.' }

/** @returns the number, null for nothing, undefined for text that is no number. */
export function readNumber(typed: string): number | null | undefined {
  const text = typed
    .replace(FULL_WIDTH, (sign) => TO_HALF[sign] ?? String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/\s/g, '')
    .replace(',', '.')
  if (text === '') return null
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

export function writeNumber(value: number | null): string {
  return value === null ? '' : String(value)
}
