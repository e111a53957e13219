import { describe, expect, it } from 'vitest'
import { BadFile, FORMAT, Lines, readHead, readPiece } from './handover'

const HEAD = JSON.stringify({ format: FORMAT, device_id: 'd1', records: 1, pictures: 0 })

describe('the file of a phone that cannot go online', () => {
  it('begins with whose it is and what is in it', () => {
    expect(readHead(HEAD)).toMatchObject({ device_id: 'd1', records: 1 })
  })
  it.each(['', '[]', 'PK\u0003\u0004', '{"format":"something"}', `{"format":"${FORMAT}"}`])('%j is another file', (text) => {
    expect(() => readHead(text)).toThrow(new BadFile('not_a_handover', 1))
  })
  it('a line that was cut off says where', () => {
    expect(() => readPiece('{"envelope":{"id":"a', 7)).toThrow(new BadFile('broken', 7))
  })
  it('what a later version adds is passed over', () => {
    expect(readPiece('{"note":1}', 2)).toBeNull()
    expect(readPiece('{"envelope":{"id":"a"}}', 2)).toEqual({ envelope: { id: 'a' } })
  })
  it('is read in pieces that end anywhere', () => {
    const lines = new Lines()
    const text = `${HEAD}\n{"envelope":1}\n{"picture":2}\n`
    const got = [...text.matchAll(/.{1,7}/gs)].flatMap(([piece]) => lines.take(piece))
    expect([...got, lines.rest()]).toEqual([...text.trimEnd().split('\n'), ''])
  })
})
