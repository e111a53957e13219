/**
 * The queue as a file, for the township's computer: for a phone that cannot go online any more. Everything in it is
 * sealed and signed as it would travel. Nothing leaves the queue: the server takes each record once, either way.
 */
import { sealedBytes, waitingPictures } from '../../attachments/store'
import { b64, sha256Hex } from '../../kernel/bytes'
import { localDay } from '../../kernel/clock'
import { waiting } from '../../outbox/store/queue'
import { db, facts, now } from './phone'

export interface Handover {
  readonly name: string
  readonly file: Blob
  readonly records: number
  readonly pictures: number
}

/** One line a piece, so that no reader has to hold all photos at once: head, envelopes, pictures. */
export async function makeHandover(): Promise<Handover> {
  const [rows, pictures] = [await waiting(db), await waitingPictures(db)]
  const device_id = facts.value?.device_id ?? ''
  const lines = [JSON.stringify({ format: 'suifang.handover/1', device_id, records: rows.length, pictures: pictures.length })]
  for (const row of rows) lines.push(JSON.stringify({ envelope: row.envelope }))
  for (const { sha256, key_id } of pictures) {
    const sealed = await sealedBytes(db, sha256)
    if (sealed) lines.push(JSON.stringify({ picture: { sha256, key_id, sealed_sha256: await sha256Hex(sealed), sealed: b64(sealed) } }))
  }
  return {
    name: `suifang-${localDay(now())}-${device_id.slice(-6)}.jsonl`,
    file: new Blob(lines.map((line) => `${line}\n`), { type: 'application/x-ndjson' }),
    records: rows.length,
    pictures: pictures.length,
  }
}

/** Hands it to the phone's list of ways to send a file, or puts it among the downloads. */
export async function giveAway({ name, file }: Handover): Promise<void> {
  const shared = new File([file], name, { type: 'text/plain' })
  if ((navigator as Partial<Navigator>).canShare?.({ files: [shared] })) {
    await navigator.share({ files: [shared] })
    return
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser reads it after this turn.
  window.setTimeout(() => { URL.revokeObjectURL(link.href) }, 60_000)
}
