/** Pictures on disk: encrypted like the drafts, then sealed like the envelopes. */
import type { AttachmentRef } from '../api/wire'
import type { Database } from '../db/database'
import { sha256Hex, type Bytes } from '../kernel/bytes'
import type { Vault } from '../kernel/vault'
import type { AttachmentRow, Picture, SealedPicture } from './model'
import type { Named } from './rules/named'
import { sealHeader } from './rules/parts'

const KEEP_MS = 30 * 86_400_000
const INFO = 'suifang.attachment/1'

/**
 * Keeps a picture of a draft. When this returns it is on disk and survives a kill.
 *
 * @returns the picture's sha256, which is the answer
 * @throws QuotaExceededError the phone is full; nothing was kept
 */
export async function keepPicture(db: Database, vault: Vault, draftId: string, picture: Picture): Promise<string> {
  const sha256 = await sha256Hex(picture.bytes)
  const box = await vault.closeBytes(picture.bytes, `picture|${sha256}`)
  await db.transaction('rw', db.attachments, db.blobs, async () => {
    // Chosen again after the server had it: it can be looked at again.
    if (await db.attachments.get(sha256)) {
      await db.blobs.update(sha256, { box })
      return
    }
    const { mediaType: media_type } = picture
    await db.attachments.put({
      sha256, draft_id: draftId, size: picture.bytes.length, media_type, state: 'draft', key_id: null, tries: 0, trouble: null, settled_at: null,
    })
    await db.blobs.put({ sha256, box, sealed: null })
  })
  return sha256
}

/** A picture that can be looked at here; null once the server has it, or when another phone took it. */
export async function readPicture(db: Database, vault: Vault, sha256: string): Promise<Picture | null> {
  const [row, blob] = await Promise.all([db.attachments.get(sha256), db.blobs.get(sha256)])
  if (!row || !blob?.box) return null
  return { bytes: await vault.openBytes(blob.box, `picture|${sha256}`), mediaType: row.media_type }
}

/** What the content of an envelope says of the pictures its answers name: those that this phone brings. */
export async function refsOf(db: Database, named: readonly Named[]): Promise<AttachmentRef[]> {
  const rows = await db.attachments.bulkGet(named.map((each) => each.sha256))
  return named.flatMap(({ field, sha256 }, i) => {
    const row = rows[i]
    return row ? [{ field, sha256, size: row.size, media_type: row.media_type }] : []
  })
}

/** `kernel/sealing`: handed in, so that a phone that only sends does not load it. */
type Seal = (publicKey: string, plain: Bytes, aad: string, info: string) => Promise<Bytes>

/** Seals the pictures of a draft for the server. Those sealed before stay as they are. */
export async function sealPictures(
  db: Database,
  vault: Vault,
  refs: readonly AttachmentRef[],
  key: { readonly key_id: string; readonly public_key: string },
  deviceId: string,
  seal: Seal,
): Promise<SealedPicture[]> {
  const sealed: SealedPicture[] = []
  for (const { sha256 } of refs) {
    const row = await db.attachments.get(sha256)
    if (row?.state !== 'draft') continue
    const picture = await readPicture(db, vault, sha256)
    if (!picture) throw new Error('a picture of this draft cannot be read')
    const bytes = await seal(key.public_key, picture.bytes, sealHeader(deviceId, sha256, key.key_id), INFO)
    sealed.push({ sha256, keyId: key.key_id, sealed: bytes })
  }
  return sealed
}

/** Inside the transaction that finalises the draft: its pictures wait for the server, those it no longer names go. */
export async function queuePictures(db: Database, draftId: string, pictures: readonly SealedPicture[]): Promise<void> {
  for (const { sha256, keyId, sealed } of pictures) {
    const blob = await db.blobs.get(sha256)
    if (!blob) throw new Error('a picture of this draft is gone')
    await db.blobs.put({ ...blob, sealed })
    await db.attachments.update(sha256, { state: 'waiting', draft_id: draftId, key_id: keyId })
  }
  await dropDraftPictures(db, draftId)
}

/** Inside the transaction that ends a draft: what was never finalised is thrown away with it. */
export async function dropDraftPictures(db: Database, draftId: string): Promise<void> {
  const left = await db.attachments.where('draft_id').equals(draftId).filter((row) => row.state === 'draft').primaryKeys()
  await db.attachments.bulkDelete(left)
  await db.blobs.bulkDelete(left)
}

/** Pictures on their way, the smallest first: a signature is not held up by photos. */
export async function waitingPictures(db: Database): Promise<AttachmentRow[]> {
  return db.attachments.where('state').equals('waiting').sortBy('size')
}

export async function sealedBytes(db: Database, sha256: string): Promise<Bytes | null> {
  return (await db.blobs.get(sha256))?.sealed ?? null
}

export async function noteTry(db: Database, row: AttachmentRow): Promise<void> {
  await db.attachments.update(row.sha256, { tries: row.tries + 1 })
}

/** The server has it: the doctor's own copy goes, the sealed one stays 30 days. */
export async function settlePicture(db: Database, sha256: string, nowMs: number): Promise<void> {
  await db.transaction('rw', db.attachments, db.blobs, async () => {
    await db.attachments.update(sha256, { state: 'sent', trouble: null, settled_at: nowMs })
    await db.blobs.update(sha256, { box: null })
  })
}

/** The server cannot use it: it stays here and is shown. */
export async function refusePicture(db: Database, sha256: string, code: string, nowMs: number): Promise<void> {
  await db.attachments.update(sha256, { state: 'refused', trouble: code, settled_at: nowMs })
}

/** The server says that it lacks these: they are sent again, as long as they are kept. */
export async function reopenPictures(db: Database, sha256s: readonly string[]): Promise<void> {
  await db.attachments
    .where('sha256')
    .anyOf([...sha256s])
    .filter((row) => row.state === 'sent')
    .modify({ state: 'waiting', settled_at: null })
}

/** Forgets what the server has had for 30 days. */
export async function prunePictures(db: Database, nowMs: number): Promise<void> {
  const isOld = (row: AttachmentRow): boolean => row.settled_at !== null && nowMs - row.settled_at > KEEP_MS
  await db.transaction('rw', db.attachments, db.blobs, async () => {
    const old = await db.attachments.where('state').equals('sent').filter(isOld).primaryKeys()
    await db.attachments.bulkDelete(old)
    await db.blobs.bulkDelete(old)
  })
}

/** Without the doctor's key: what could be looked at goes, what is sealed stays and can be sent. */
export async function forgetReadable(db: Database): Promise<void> {
  const drafts = await db.attachments.where('state').equals('draft').primaryKeys()
  await db.attachments.bulkDelete(drafts)
  await db.blobs.bulkDelete(drafts)
  await db.blobs.toCollection().modify({ box: null })
}
