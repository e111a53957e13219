import { describe, expect, it } from 'vitest'
import { readNumber, writeNumber } from './number_text'

describe('a typed number', () => {
  it.each([
    ['182', 182],
    [' 36.5 ', 36.5],
    ['36。5', 36.5],
    ['３６．５', 36.5],
    ['36,5', 36.5],
    ['-1', -1],
    ['.5', 0.5],
    ['120.', 120],
    ['', null],
    ['  ', null],
  ])('reads %j as %j, also as an IME types it', (typed, number) => {
    expect(readNumber(typed)).toBe(number)
  })

  it.each(['12a', '1.2.3', '1-2', '--1', '.', '1e5', '十二', '120/80'])('does not guess %j', (typed) => {
    expect(readNumber(typed)).toBeUndefined()
  })

  it('is written as short as it is', () => {
    expect(writeNumber(80)).toBe('80')
    expect(writeNumber(36.6)).toBe('36.6')
    expect(writeNumber(null)).toBe('')
  })
})
