/** The upper rungs: whom to telephone, who gets a slip, and how far each rung reaches. */
import { server } from '../api/server'
import type { CallLine, CallOutcome, Day, Reach } from '../api/wire'

export interface CallPage {
  items: CallLine[]
  next_cursor: string | null
}

export type PersonalRung = 'call_list' | 'slip'

export function listCalls(rung: PersonalRung, village: string | null, cursor: string | null): Promise<CallPage> {
  return server().get<CallPage>('/reminders/calls', ['items', 'next_cursor'], { rung, village, cursor, limit: 50 })
}

/** @throws ProblemError `reminder_settled` somebody else reached them meanwhile */
export async function noteCall(id: string, outcome: CallOutcome): Promise<void> {
  await server().done({ method: 'POST', path: `/reminders/${id}/call`, body: { outcome } })
}

/** @throws ProblemError `reminder_settled` */
export async function noteSlip(id: string): Promise<void> {
  await server().done({ method: 'POST', path: `/reminders/${id}/slip`, body: { outcome: 'handed_over' } })
}

export function readReach(from: Day, to: Day, village: string | null): Promise<Reach> {
  return server().get<Reach>('/reminders/reach', ['rungs', 'states'], { from, to, village })
}
