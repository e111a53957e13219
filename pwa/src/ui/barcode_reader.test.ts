import { encode } from 'uqr'
import { describe, expect, it } from 'vitest'
import { grey, readCode } from './barcode_reader'
import { drawStroke, type Pen } from './stroke'

/** Code 128 of 81234567890123456789, drawn by another library: 1 is a bar, one digit a module. */
const BARS =
  '1101001110010010111100111011011101011101100010000101100110110111101100110110011101101110101110110001000010110011011011110110010001001100011101011'

function drawn(bars: string, scale = 3, height = 60): { pixels: Uint8ClampedArray; width: number; height: number } {
  const line = `${'0'.repeat(12)}${bars}${'0'.repeat(12)}`.split('').flatMap((bar) => Array.from({ length: scale }, () => (bar === '1' ? 0 : 255)))
  const pixels = new Uint8ClampedArray(line.length * height)
  for (let y = 0; y < height; y += 1) pixels.set(line, y * line.length)
  return { pixels, width: line.length, height }
}

describe('reading codes without the browser\'s help', () => {
  it('a QR code', () => {
    const { data, size } = encode('81000000000000000001', { border: 4 })
    const scale = 4
    const side = size * scale
    const pixels = new Uint8ClampedArray(side * side)
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) pixels[y * side + x] = data[Math.floor(y / scale)]?.[Math.floor(x / scale)] ? 0 : 255
    }
    expect(readCode(pixels, side, side)).toBe('81000000000000000001')
  })

  it('the bars on a vaccine\'s box: twenty digits', () => {
    const { pixels, width, height } = drawn(BARS)
    expect(readCode(pixels, width, height)).toBe('81234567890123456789')
  })

  it('a wall is no code', () => {
    expect(readCode(new Uint8ClampedArray(100 * 100).fill(200), 100, 100)).toBeNull()
  })

  it('colours become brightness', () => {
    expect([...grey(new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255, 255, 0, 0, 255]))]).toEqual([255, 0, 76])
  })
})

describe('a signature', () => {
  function pen(): { drawn: string[]; pen: Pen } {
    const drawn: string[] = []
    const note = (name: string) => (...at: number[]) => void drawn.push([name, ...at.slice(0, 2)].join(' '))
    const fake = { beginPath: note('begin'), moveTo: note('move'), lineTo: note('line'), quadraticCurveTo: note('curve'), stroke: note('stroke'), arc: note('arc'), fill: note('fill') }
    return { drawn, pen: fake as unknown as Pen }
  }
  it('a tap is a dot, a line bends through its points', () => {
    const dot = pen()
    drawStroke(dot.pen, [{ x: 1, y: 2 }])
    expect(dot.drawn).toEqual(['begin', 'arc 1 2', 'fill'])
    const line = pen()
    drawStroke(line.pen, [{ x: 0, y: 0 }, { x: 4, y: 4 }, { x: 8, y: 0 }])
    expect(line.drawn).toEqual(['begin', 'move 0 0', 'curve 4 4', 'line 8 0', 'stroke'])
  })
  it('nothing is drawn of nothing', () => {
    const { drawn, pen: fake } = pen()
    drawStroke(fake, [])
    expect(drawn).toEqual([])
  })
})
