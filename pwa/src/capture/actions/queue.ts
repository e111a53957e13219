/** The outbox as a list. */
import type { QueueLine } from '../../outbox/model'
import { queueLines } from '../../outbox/store/queue'
import { db } from './phone'

/** Newest first. */
export function queue(): Promise<QueueLine[]> {
  return queueLines(db)
}
