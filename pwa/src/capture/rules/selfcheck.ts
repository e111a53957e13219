/** What a look at the phone found, judged. Nothing in it is about a resident. */
import { clockDoubtful } from '../../device/rules'

export interface Found {
  readonly persisted: boolean | null
  readonly quota: number | null
  readonly usage: number | null
  readonly skewMs: number | null
  /** 'granted', 'denied', 'prompt'; 'missing' where the browser has none. */
  readonly place: string
  readonly push: string
  readonly worker: boolean
  readonly contactMs: number | null
  readonly waiting: number
  readonly pictures: number
  readonly refused: number
  readonly gaps: number
  /** Rows that are here and cannot be opened. */
  readonly damaged: number
}

export type CheckName = 'storage' | 'room' | 'clock' | 'place' | 'push' | 'offline' | 'contact' | 'unsent' | 'refused' | 'gaps' | 'damaged'

const ROOM_LOW = 50 * 1024 * 1024
const DAY_MS = 86_400_000

/** Names of what is not as it should be, the gravest first. */
export function doubts(found: Found, nowMs: number): CheckName[] {
  const room = found.quota === null ? null : found.quota - (found.usage ?? 0)
  const wrong: Record<CheckName, boolean> = {
    gaps: found.gaps > 0,
    damaged: found.damaged > 0,
    refused: found.refused > 0,
    storage: found.persisted !== true,
    room: room !== null && room < ROOM_LOW,
    offline: !found.worker,
    unsent: found.waiting + found.pictures > 0,
    contact: found.contactMs === null || nowMs - found.contactMs > 3 * DAY_MS,
    clock: clockDoubtful(found.skewMs),
    place: found.place === 'denied' || found.place === 'missing',
    push: found.push === 'denied' || found.push === 'missing',
  }
  return (Object.keys(wrong) as CheckName[]).filter((name) => wrong[name])
}
