import { describe, expect, it } from 'vitest'
import type { FormBundle } from '../forms/model'
import { concat, utf8, type Bytes } from '../kernel/bytes'
import { withoutMetadata } from './rules/clean'
import { fitted, STEPS } from './rules/fit'
import { namedPictures } from './rules/named'
import { afterFailure, FIRST_PART, nextPart } from './rules/parts'

function segment(marker: number, body: Bytes): Bytes {
  return concat(new Uint8Array([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff]), body)
}
const START = new Uint8Array([0xff, 0xd8])
const JFIF = segment(0xe0, utf8('JFIF\0'))
const FRAME = concat(segment(0xdb, new Uint8Array(65)), segment(0xc0, new Uint8Array([8, 0, 2, 0, 2, 1, 1, 0x11, 0])), segment(0xc4, new Uint8Array(17)))
const SCAN = concat(segment(0xda, new Uint8Array([1, 1, 0, 0, 0x3f, 0])), new Uint8Array([0x12, 0xff, 0, 0x34, 0xff, 0xd9]))
const EXIF = segment(0xe1, utf8('Exif\0\0MM GPSLatitude 30.05 HUAWEI'))

function chunk(kind: string, body: Bytes): Bytes {
  return concat(new Uint8Array([0, 0, body.length >> 8, body.length & 0xff]), utf8(kind), body, new Uint8Array(4))
}
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const [IHDR, IDAT, IEND] = [chunk('IHDR', new Uint8Array(13)), chunk('IDAT', new Uint8Array(40)), chunk('IEND', new Uint8Array(0))]

describe('what is not the picture', () => {
  it('place, camera and comments leave a JPEG; the picture stays as it was', () => {
    const told = concat(START, JFIF, EXIF, segment(0xe2, utf8('ICC_PROFILE')), segment(0xed, utf8('Photoshop')), segment(0xfe, utf8('hello')), FRAME, SCAN)
    expect(withoutMetadata(told)).toEqual(concat(START, JFIF, FRAME, SCAN))
  })
  it('a JPEG that has nothing of it is left alone', () => {
    const plain = concat(START, JFIF, FRAME, SCAN)
    expect(withoutMetadata(plain)).toEqual(plain)
  })
  it('it leaves a PNG, and what stands behind its end', () => {
    const told = concat(PNG, IHDR, chunk('eXIf', utf8('MM place')), chunk('tEXt', utf8('Software')), IDAT, IEND, utf8('more'))
    expect(withoutMetadata(told)).toEqual(concat(PNG, IHDR, IDAT, IEND))
  })
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a text', utf8('<html></html>')],
    ['a JPEG without a scan', concat(START, JFIF)],
    ['a PNG without an end', concat(PNG, IHDR, IDAT)],
    ['a JPEG whose segments do not meet', concat(START, JFIF, utf8('xxxxxxxx'))],
  ])('%s is no picture', (_, bytes) => {
    expect(withoutMetadata(bytes)).toBeNull()
  })
})

describe('making it small', () => {
  it.each([
    [4000, 3000, 1600, 1600, 1200],
    [3000, 4000, 1600, 1200, 1600],
    [800, 600, 1600, 800, 600],
    [5000, 1, 640, 640, 1],
  ])('%i x %i at most %i', (width, height, longest, w, h) => {
    expect(fitted(width, height, longest)).toEqual({ width: w, height: h })
  })
  it('each step makes it smaller', () => {
    for (const [i, step] of STEPS.slice(1).entries()) {
      const before = STEPS[i]
      expect(before && step.longest <= before.longest && step.quality <= before.quality && step !== before).toBe(true)
    }
  })
  it('parts grow on a quick network, shrink on a slow one, within the bounds', () => {
    expect([nextPart(FIRST_PART, 300), nextPart(FIRST_PART, 3000), nextPart(FIRST_PART, 9000)]).toEqual([64, 32, 16].map((kb) => kb * 1024))
    expect(nextPart(256 * 1024, 1)).toBe(256 * 1024)
    expect([nextPart(8 * 1024, 60_000), afterFailure(8 * 1024)]).toEqual([8 * 1024, 8 * 1024])
  })
})

describe('what a form names', () => {
  const field = (name: string, control: string) => ({ field: name, control, label: { 'zh-CN': name, en: name }, source: 'engineering' })
  const bundle = {
    ui: {
      pages: [
        {
          id: 'p', title: { 'zh-CN': 'p', en: 'p' },
          items: [
            field('photos', 'photo'),
            { group: 'g', items: [field('signature', 'signature'), field('code', 'barcode')] },
            { repeat: 'members', label: { 'zh-CN': 'm', en: 'm' }, items: [field('face', 'photo'), field('name', 'text')] },
          ],
        },
      ],
    },
  } as unknown as FormBundle

  it('photos, signatures, and those of rows, each once', () => {
    const answers = { photos: ['a', 'b'], signature: 'c', code: 'd', members: [{ face: 'e', name: 'f' }, { name: 'g' }, { face: 'a' }] }
    expect(namedPictures(bundle, answers)).toEqual([
      { field: 'photos', sha256: 'a' },
      { field: 'photos', sha256: 'b' },
      { field: 'signature', sha256: 'c' },
      { field: 'members.0.face', sha256: 'e' },
    ])
  })
  it('nothing where nothing was taken', () => {
    expect(namedPictures(bundle, { members: [] })).toEqual([])
  })
})
