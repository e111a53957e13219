/** Did every number arrive? Asked after a whole round: what the server lacks goes again, what is gone is told. */
import { shallowRef } from 'vue'
import { listDevices } from '../../accounts/actions'
import { spans } from '../../accounts/rules'
import { gapsOf } from '../../outbox/rules/gaps'
import { numbersOf, reopen } from '../../outbox/store/queue'
import { db, facts } from './phone'

export interface Gap {
  readonly deviceId: string
  readonly name: string
  /** '17–19' */
  readonly numbers: string
  readonly here: boolean
}

/** Null: not asked yet. */
export const gaps = shallowRef<readonly Gap[] | null>(null)

/**
 * @returns whether something is to be sent again
 * @throws NetworkError, ProblemError
 */
export async function checkNumbers(): Promise<boolean> {
  const here = facts.value?.device_id
  let again = 0
  const found: Gap[] = []
  for (const device of await listDevices()) {
    const own = gapsOf(await numbersOf(db, device.id), device.last_seq, device.missing_seqs)
    if (device.id === here && own.again.length > 0) await reopen(db, own.again)
    if (device.id === here) again += own.again.length
    if (own.lost.length === 0 || (device.id !== here && device.revoked_at !== null)) continue
    found.push({ deviceId: device.id, name: device.name, numbers: spans(own.lost).join('、'), here: device.id === here })
  }
  gaps.value = found
  return again > 0
}
