import { describe, expect, it } from 'vitest'
import { TAKE_OVER } from '../words'
import { mayTakeOver } from './take_over'

describe('a new worker takes over', () => {
  const own = 'https://suifang.example'
  it.each([
    [{ origin: own, data: TAKE_OVER }, true],
    [{ origin: 'https://evil.example', data: TAKE_OVER }, false],
    [{ origin: own, data: 'something else' }, false],
    [{ origin: '', data: TAKE_OVER }, false],
  ])('%j: %s', (message, allowed) => {
    expect(mayTakeOver(message, own)).toBe(allowed)
  })
})
