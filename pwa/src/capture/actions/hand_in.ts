/**
 * Handing in while no page is open: the whole of what the service worker loads for it, as a file of its own
 * (build/service_worker.ts). By the phone's signature alone; nothing is opened, for there is nobody who gave a PIN.
 */
import { connectOpen, server } from '../../api/server'
import { deviceFacts, noteContact, openPhone, proofOf, wipeWorkingData } from '../../device/store'
import { systemClock } from '../../kernel/clock'
import { sendRound, type Queue } from '../../outbox/send'
import { deliveryOf, postEnvelopes, shutOutBy, type Prove } from '../../outbox/sending'
import { claim, noteTrouble, settle, waiting } from '../../outbox/store/queue'
import { HAND_IN, type HandingIn } from '../../sw/words'

const now = systemClock

/** @returns whether the queue is empty of what can be sent now; if not, the browser wakes the worker again */
async function handIn(): Promise<boolean> {
  const db = openPhone()
  try {
    const facts = await deviceFacts(db)
    if (!facts) return true
    const prove: Prove = (method, path, body) => proofOf(db, facts.device_id, now(), method, path, body)
    const shutOut = new Set<string | null>()
    const queue: Queue = {
      waiting: () => waiting(db),
      claim: (ids) => claim(db, ids),
      settle: (receipt) => settle(db, null, receipt, now()),
      noteTrouble: (id, code) => noteTrouble(db, id, code),
      noteContact: async (time) => {
        await noteContact(db, time, now())
      },
    }
    const round = await sendRound(queue, {
      now,
      post: async (envelopes) => {
        try {
          const body = await postEnvelopes(server(), envelopes, prove, false)
          shutOut.add(shutOutBy(facts.device_id, envelopes, body))
          return { kind: 'answered', body }
        } catch (error) {
          return deliveryOf(error)
        }
      },
      // A page that is sending comes first; what it leaves behind is ours.
      alone: async (work) => {
        await navigator.locks.request('suifang-outbox', work)
        return true
      },
    })
    // A withdrawn phone may have no page and no session left to hear it by: keys first, then what they opened.
    if (shutOut.has('device_revoked')) await wipeWorkingData(db, 'revoked')
    return round.kind === 'done' && !round.held
  } finally {
    db.close()
  }
}

connectOpen()
Object.assign(globalThis, { [HAND_IN]: handIn } satisfies HandingIn)
