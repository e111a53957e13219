import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { devicePair, draft, finalising, newPhone, receipt, sealKey } from '../../dev/phone_fixture'
import { newId } from '../kernel/ids'
import { finalise } from './store/finalise'
import { claim, queueLines, queueState, settle, waiting } from './store/queue'
import { nextBatch } from './rules/pace'

const RECORDS = 2000
const PICTURES = 500

it('test_fault_16 two thousand unsent records and five hundred photos: all counted, sent in order, fifty at a time', async () => {
  const { db, vault } = await newPhone()
  const first = await finalise(db, vault, finalising(draft()), { residents: [], households: [], sites: [], tasks: [] }, sealKey, devicePair)
  const rows = Array.from({ length: RECORDS - 1 }, (_, i) => {
    const id = newId()
    return { ...first, id, seq: i + 2, envelope: { ...first.envelope, id, seq: i + 2 } }
  })
  await db.outbox.bulkAdd(rows)
  await db.attachments.bulkAdd(
    rows.slice(0, PICTURES).map(({ id }, i) => ({
      sha256: String(i), draft_id: id, size: 300_000, media_type: 'image/jpeg' as const, state: 'waiting' as const, key_id: 'k1', tries: 0, trouble: null, settled_at: null,
    })),
  )
  expect(await queueState(db)).toMatchObject({ waiting: RECORDS, refused: 0, pictures: PICTURES })
  const lines = await queueLines(db)
  expect([lines.length, lines[0]?.seq, lines.filter((line) => line.pictures.waiting === 1).length]).toEqual([RECORDS, RECORDS, PICTURES])

  const batch = nextBatch(await waiting(db))
  expect(batch.map((row) => row.seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  for (const envelope of await claim(db, batch.map((row) => row.id))) await settle(db, vault, receipt(envelope), 1)
  expect((await queueState(db)).waiting).toBe(RECORDS - 50)
  expect((await waiting(db))[0]?.seq).toBe(51)
})
