import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf-8')
const colour = Object.fromEntries(
  [...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
) as Record<string, string>

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(name: string): number {
  const hex = colour[name]
  if (!hex) throw new Error(`No token --${name}`)
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

describe('readable in sunlight', () => {
  const text: [string, string][] = [
    ...['ink', 'ink-soft', 'accent', 'accent-deep', 'danger', 'warn', 'ok', 'info'].flatMap((ink): [string, string][] => [
      [ink, 'paper'],
      [ink, 'ground'],
    ]),
    ['ink', 'sunken'],
    ['ink-soft', 'sunken'],
    ['on-accent', 'accent'],
    ['on-accent', 'accent-deep'],
    ['on-accent', 'danger'],
    ['accent-deep', 'accent-soft'],
    ['accent', 'accent-soft'],
    ['danger', 'danger-soft'],
    ['warn', 'warn-soft'],
    ['ok', 'ok-soft'],
    ['info', 'info-soft'],
  ]
  it.each(text)('%s on %s has 7:1', (ink, paper) => {
    expect(contrast(ink, paper)).toBeGreaterThanOrEqual(7)
  })

  it.each([
    ['line-strong', 'paper'],
    ['line-strong', 'ground'],
    ['accent', 'ground'],
  ])('%s on %s, an edge of a control, has 3:1', (line, paper) => {
    expect(contrast(line, paper)).toBeGreaterThanOrEqual(3)
  })
})
