import { describe, expect, it } from 'vitest'
import { qrShape } from './qr_path'

describe('a QR code', () => {
  it('has its three eyes, and nothing in the quiet zone', () => {
    const { size, path } = qrShape('https://suifang.example/family/#abcdefghijklmnopqrstuvwxyz')
    const dark = new Set(path.split('z').filter(Boolean).map((each) => each.replace(/^M(\d+) (\d+).*/, '$1,$2')))
    const eye = (left: number, top: number) =>
      [...Array(7).keys()].every((i) => dark.has(`${left + i},${top}`) && dark.has(`${left},${top + i}`))
    expect(eye(4, 4)).toBe(true)
    expect(eye(size - 4 - 7, 4)).toBe(true)
    expect(eye(4, size - 4 - 7)).toBe(true)
    const edge = [...dark].map((each) => each.split(',').map(Number)).flat()
    expect(Math.min(...edge)).toBe(4)
    expect(Math.max(...edge)).toBe(size - 5)
  })
})
