/** Takes in a phone's file piece by piece: fifty records at a time, photos in parts. Done again, it goes on where it was. */
import { ProblemError } from '../../api/problems'
import { server } from '../../api/server'
import type { Envelope, HandoverReceipts, PartTaken } from '../../api/wire'
import { unb64 } from '../../kernel/bytes'
import { Lines, readHead, readPiece, BadFile, type Carried, type Head, type Piece } from '../../outbox/rules/handover'

const AT_ONCE = 50
const PART = 256 * 1024

export interface Watcher {
  head(head: Head): void
  receipts(told: HandoverReceipts): void
  picture(taken: boolean): void
  read(bytes: number): void
}

/**
 * @throws BadFile another file, or one that was cut off: what stands before was taken
 * @throws ProblemError, NetworkError
 */
export async function takeIn(file: Blob, watcher: Watcher): Promise<void> {
  let head: Head | null = null
  let line = 0
  let batch: Envelope[] = []
  const flush = async (): Promise<void> => {
    if (!head || batch.length === 0) return
    watcher.receipts(await sendRecords(head.device_id, batch))
    batch = []
  }
  const take = async (text: string): Promise<void> => {
    line += 1
    if (!head) {
      head = readHead(text)
      watcher.head(head)
      return
    }
    let piece: Piece | null
    try {
      piece = readPiece(text, line)
    } catch (error) {
      await flush()
      throw error
    }
    if (piece && 'envelope' in piece) batch.push(piece.envelope)
    if (batch.length === AT_ONCE || (piece && 'picture' in piece)) await flush()
    if (piece && 'picture' in piece) watcher.picture(await sendPicture(head.device_id, piece.picture))
  }

  const lines = new Lines()
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader()
  let read = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    for (const text of lines.take(value)) await take(text)
    read += value.length
    watcher.read(read)
  }
  // The last line ends like every other; what stands behind it was cut off.
  if (lines.rest() !== '' || line === 0) await take(lines.rest())
  await flush()
}

function sendRecords(deviceId: string, envelopes: readonly Envelope[]): Promise<HandoverReceipts> {
  return server().json<HandoverReceipts>(
    { method: 'POST', path: '/handovers/records', body: { device_id: deviceId, envelopes }, timeoutMs: 120_000 },
    ['worker_name', 'device_name', 'records'],
  )
}

/** @returns whether it is here; false for one that cannot be used, which the phone keeps */
async function sendPicture(deviceId: string, { sha256, key_id, sealed_sha256, sealed }: Carried): Promise<boolean> {
  const bytes = unb64(sealed)
  let offset = 0
  try {
    for (;;) {
      const query = { sealed_sha256, key_id, size: bytes.length, offset }
      const call = { method: 'PUT', path: `/handovers/${deviceId}/pictures/${sha256}`, query, octets: bytes.slice(offset, offset + PART), timeoutMs: 60_000 } as const
      const told = await server().json<PartTaken>(call, ['received', 'complete'])
      if (told.complete) return true
      if (told.received <= offset) return false
      offset = told.received
    }
  } catch (error) {
    if (error instanceof ProblemError && error.code.startsWith('attachment_')) return false
    throw error
  }
}

export { BadFile }
