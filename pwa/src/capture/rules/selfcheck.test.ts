import { describe, expect, it } from 'vitest'
import { doubts, type Found } from './selfcheck'

const NOW = Date.parse('2026-11-22T04:00:00Z')
const fine: Found = {
  persisted: true, quota: 500e6, usage: 20e6, skewMs: 400, place: 'granted', push: 'granted', worker: true, contactMs: NOW - 3_600_000,
  waiting: 0, pictures: 0, refused: 0, gaps: 0, damaged: 0,
}

describe('the self-check', () => {
  it('finds nothing on a phone that is well', () => {
    expect(doubts(fine, NOW)).toEqual([])
  })
  it.each([
    ['storage', { persisted: null }],
    ['storage', { persisted: false }],
    ['room', { usage: 470e6 }],
    ['clock', { skewMs: -6 * 60_000 }],
    ['place', { place: 'denied' }],
    ['push', { push: 'missing' }],
    ['offline', { worker: false }],
    ['contact', { contactMs: NOW - 4 * 86_400_000 }],
    ['contact', { contactMs: null }],
    ['unsent', { pictures: 1 }],
    ['refused', { refused: 1 }],
    ['gaps', { gaps: 2 }],
    ['damaged', { damaged: 1 }],
  ] as const)('names %s', (name, odd) => {
    expect(doubts({ ...fine, ...odd }, NOW)).toEqual([name])
  })
  it('does not worry about what was never asked or cannot be known', () => {
    expect(doubts({ ...fine, quota: null, usage: null, place: 'prompt', push: 'default' }, NOW)).toEqual([])
  })
})
