import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { DEVICE, devicePair, draft, finalising, newPhone, NOW, openSealed, receipt, sealKey } from '../../dev/phone_fixture'
import type { Database } from '../db/database'
import { wipeWorkingData } from '../device/store'
import { sha256Hex, utf8 } from '../kernel/bytes'
import type { Vault } from '../kernel/vault'
import { finalise } from '../outbox/store/finalise'
import { queueLines, queueState, settle } from '../outbox/store/queue'
import type { Draft } from '../submissions/model'
import { discardDraft, loadDraft, saveDraft } from '../submissions/store'
import { sealBytes } from '../kernel/sealing'
import type { Picture } from './model'
import { sealHeader } from './rules/parts'
import { keepPicture, prunePictures, readPicture, refsOf, reopenPictures, sealedBytes, sealPictures, settlePicture, waitingPictures } from './store'

const NOTHING = { residents: [], households: [], sites: [], tasks: [] }
const DAY = 86_400_000
const photo = (text: string): Picture => ({ bytes: utf8(`photo of ${text}`), mediaType: 'image/jpeg' })

async function finished(db: Database, vault: Vault, one: Draft, sha256s: string[]) {
  const refs = await refsOf(db, sha256s.map((sha256) => ({ field: 'photos', sha256 })))
  const sealed = await sealPictures(db, vault, refs, sealKey, DEVICE, sealBytes)
  return finalise(db, vault, finalising(one, { attachments: refs }), NOTHING, sealKey, devicePair, sealed)
}

describe('a photo of a draft', () => {
  it('survives a kill, encrypted, and can be looked at again', async () => {
    const { db, vault } = await newPhone()
    const one = draft()
    const sha256 = await keepPicture(db, vault, one.id, photo('a door'))
    expect(sha256).toBe(await sha256Hex(photo('a door').bytes))
    const stored = await db.blobs.get(sha256)
    expect(new TextDecoder().decode(stored?.box ?? undefined)).not.toContain('a door')
    db.close()
    await db.open()
    expect(await readPicture(db, vault, sha256)).toEqual(photo('a door'))
  })

  it('goes with the draft that is thrown away, and no other', async () => {
    const { db, vault } = await newPhone()
    const [one, other] = [draft(), draft()]
    for (const each of [one, other]) await saveDraft(db, vault, each)
    const [gone, stays] = [await keepPicture(db, vault, one.id, photo('1')), await keepPicture(db, vault, other.id, photo('2'))]
    await discardDraft(db, one.id)
    expect([await readPicture(db, vault, gone), await loadDraft(db, vault, one.id)]).toEqual([null, null])
    expect(await readPicture(db, vault, stays)).not.toBeNull()
  })

  it('is not there at all when the disk is full', async () => {
    const { db, vault } = await newPhone()
    db.blobs.hook('creating', () => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    await expect(keepPicture(db, vault, 'd', photo('a'))).rejects.toThrow()
    expect(await db.attachments.count()).toBe(0)
  })
})

describe('finalising with photos', () => {
  it('names them, seals them for the server, and forgets those that were taken away', async () => {
    const { db, vault } = await newPhone()
    const one = draft()
    const [kept, removed] = [await keepPicture(db, vault, one.id, photo('kept')), await keepPicture(db, vault, one.id, photo('removed'))]
    await finished(db, vault, one, [kept])

    expect((await waitingPictures(db)).map((row) => [row.sha256, row.key_id])).toEqual([[kept, 'k1']])
    expect(await db.blobs.get(removed)).toBeUndefined()
    const plain = await openSealed((await sealedBytes(db, kept)) ?? new Uint8Array(), sealHeader(DEVICE, kept, 'k1'), 'suifang.attachment/1')
    expect(plain).toEqual(photo('kept').bytes)
    expect(await queueState(db)).toMatchObject({ waiting: 1, pictures: 1 })
    expect((await queueLines(db))[0]?.pictures).toEqual({ waiting: 1, refused: 0 })
  })

  it('changes nothing when the disk refuses: draft and photo are still there', async () => {
    const { db, vault } = await newPhone()
    const one = draft()
    await saveDraft(db, vault, one)
    const sha256 = await keepPicture(db, vault, one.id, photo('a'))
    db.outbox.hook('creating', () => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    await expect(finished(db, vault, one, [sha256])).rejects.toThrow()
    expect(await loadDraft(db, vault, one.id)).toEqual(one)
    expect((await db.attachments.get(sha256))?.state).toBe('draft')
    expect(await sealedBytes(db, sha256)).toBeNull()
  })

  it('a photo of another phone is named in the answers alone: this phone cannot bring it', async () => {
    const { db } = await newPhone()
    expect(await refsOf(db, [{ field: 'photos', sha256: 'f'.repeat(64) }])).toEqual([])
  })

  it('the small ones go first', async () => {
    const { db, vault } = await newPhone()
    const one = draft()
    const large = await keepPicture(db, vault, one.id, photo('x'.repeat(500)))
    const small = await keepPicture(db, vault, one.id, photo('y'))
    await finished(db, vault, one, [large, small])
    expect((await waitingPictures(db)).map((row) => row.sha256)).toEqual([small, large])
  })
})

describe('with the server', () => {
  async function sent() {
    const { db, vault } = await newPhone()
    const one = draft()
    const sha256 = await keepPicture(db, vault, one.id, photo('a'))
    const row = await finished(db, vault, one, [sha256])
    await settlePicture(db, sha256, NOW)
    return { db, vault, sha256, row }
  }

  it('the same picture chosen for another form can be looked at, and is not sent twice', async () => {
    const { db, vault, sha256 } = await sent()
    expect(await keepPicture(db, vault, draft().id, photo('a'))).toBe(sha256)
    expect(await readPicture(db, vault, sha256)).toEqual(photo('a'))
    expect(await waitingPictures(db)).toEqual([])
  })

  it('the doctor\'s own copy goes, the sealed one stays 30 days', async () => {
    const { db, vault, sha256 } = await sent()
    expect(await readPicture(db, vault, sha256)).toBeNull()
    await prunePictures(db, NOW + 29 * DAY)
    expect(await sealedBytes(db, sha256)).not.toBeNull()
    await prunePictures(db, NOW + 31 * DAY)
    expect([await db.blobs.count(), await db.attachments.count()]).toEqual([0, 0])
  })

  it('what was not sent stays for ever', async () => {
    const { db, vault } = await newPhone()
    const one = draft()
    const sha256 = await keepPicture(db, vault, one.id, photo('a'))
    await finished(db, vault, one, [sha256])
    await prunePictures(db, NOW + 900 * DAY)
    expect(await sealedBytes(db, sha256)).not.toBeNull()
  })

  it('is sent again when a receipt says that the server lacks it', async () => {
    const { db, vault, sha256, row } = await sent()
    await settle(db, vault, receipt(row.envelope, { status: 'replayed', missing_attachments: [sha256] }), NOW)
    expect((await waitingPictures(db)).map((each) => each.sha256)).toEqual([sha256])
    await reopenPictures(db, ['unknown'])
    expect((await waitingPictures(db)).length).toBe(1)
  })

  it('after ten wrong PINs nothing can be looked at, and what is sealed can still be sent', async () => {
    const { db, vault } = await newPhone()
    const one = draft()
    const [queued, drafted] = [await keepPicture(db, vault, one.id, photo('a')), await keepPicture(db, vault, 'another draft', photo('b'))]
    await finished(db, vault, one, [queued])
    await wipeWorkingData(db, 'pin')
    expect([await readPicture(db, vault, queued), await db.blobs.get(drafted)]).toEqual([null, undefined])
    expect(await sealedBytes(db, queued)).not.toBeNull()
    expect((await waitingPictures(db)).length).toBe(1)
  })
})
