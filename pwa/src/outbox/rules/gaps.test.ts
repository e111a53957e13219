import { describe, expect, it } from 'vitest'
import { gapsOf } from './gaps'

const row = (seq: number, state: 'waiting' | 'sent' | 'refused') => ({ id: `e${String(seq)}`, seq, state })

describe('numbers that did not arrive', () => {
  it.each([
    ['everything is there', [row(1, 'sent'), row(2, 'sent')], 2, [], [], []],
    ['what waits here is no gap', [row(1, 'sent'), row(2, 'waiting'), row(3, 'sent')], 3, [2], [], []],
    ['what the server has lost goes again', [row(1, 'sent'), row(2, 'sent'), row(3, 'sent')], 3, [2], ['e2'], []],
    ['also above the last one it has', [row(1, 'sent'), row(2, 'sent')], 1, [], ['e2'], []],
    ['also when it has none at all', [row(1, 'sent')], null, [], ['e1'], []],
    ['what is not here any more is told', [row(4, 'sent')], 4, [1, 2, 3], [], [1, 2, 3]],
    ['a refused one stays with the doctor', [row(1, 'refused')], 2, [1], [], []],
  ] as const)('%s', (_story, rows, last, missing, again, lost) => {
    expect(gapsOf(rows, last, missing)).toEqual({ again, lost })
  })
})
