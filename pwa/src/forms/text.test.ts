import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { devicePair, draft, finalising, newPhone, sealKey, unseal } from '../../dev/phone_fixture'
import { finalise } from '../outbox/store/finalise'
import { loadDraft, saveDraft } from '../submissions/store'
import { withAnswer, writable } from './rules/filling'

const NOTHING = { residents: [], households: [], sites: [], tasks: [] }
const KEPT = ['𠮷野家', '䶮', '㐆', '👩‍⚕️👨‍👩‍👧', '１２０／８０　ｍｍＨｇ', 'wang\'xiu\'ying', 'é e\u0301', '第一行\n第二行\t完', '\u200d\ufeff', '🇨🇳', '\u202e反']

describe('test_fault_15 what people and input methods write', () => {
  it.each(KEPT)('%j is kept as it is, from the key to the seal', async (text) => {
    const { db, vault } = await newPhone()
    const written = withAnswer(draft(), 'note', text)
    await saveDraft(db, vault, written)
    const read = await loadDraft(db, vault, written.id)
    if (!read) throw new Error('the draft is gone')
    const row = await finalise(db, vault, finalising(read), NOTHING, sealKey, devicePair)
    expect(await unseal(row.envelope)).toMatchObject({ answers: { note: text } })
  })

  it.each([
    ['half an emoji, where the length ended', '好👍'.slice(0, 2), '好'],
    ['its other half', '好👍'.slice(2), ''],
    ['NUL and its like', 'a\u0000b\u0007c\u009fd', 'abcd'],
    ['what Windows puts before the end of a line', 'a\r\nb', 'a\nb'],
  ])('%s cannot be kept, and the rest is', async (_, text, kept) => {
    expect(writable(text)).toBe(kept)
    const { db, vault } = await newPhone()
    const row = await finalise(db, vault, finalising(withAnswer(draft(), 'rows', [{ note: text }])), NOTHING, sealKey, devicePair)
    expect(await unseal(row.envelope)).toMatchObject({ answers: { rows: [{ note: kept }] } })
  })

  it('texts by chance never stop a record from being finished', async () => {
    const { db, vault } = await newPhone()
    let seed = 15
    const dice = (n: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % n
    for (let round = 0; round < 40; round += 1) {
      const text = String.fromCharCode(...Array.from({ length: 30 }, () => dice(0x1_0000)))
      const row = await finalise(db, vault, finalising(withAnswer(draft(), 'note', text)), NOTHING, sealKey, devicePair)
      expect(await unseal(row.envelope)).toMatchObject({ answers: { note: writable(text) } })
    }
  })
})
