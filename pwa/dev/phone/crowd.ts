/**
 * A thousand phones that come back at the same moment (fault 30), each with the sender, the rests and the seals of the
 * product and a queue in memory. One line of JSON in, one out: first the public keys are told, then the devices are
 * enrolled by whoever asked, then all phones send until they are done.
 */
import { createInterface } from 'node:readline'
import { Client } from '../../src/api/client'
import type { Answers, Envelope, Subject } from '../../src/api/wire'
import { sha256Hex, utf8 } from '../../src/kernel/bytes'
import { devicePublicKey, newDeviceKey, signText } from '../../src/kernel/device_key'
import { newId } from '../../src/kernel/ids'
import { makeSeal } from '../../src/kernel/sealing'
import type { OutboxRow } from '../../src/outbox/model'
import { meaningOf } from '../../src/outbox/rules/receipts'
import { sealContent, type SealKey } from '../../src/outbox/seal'
import { Sender, sendRound, type Queue } from '../../src/outbox/send'
import { deliveryOf, postEnvelopes } from '../../src/outbox/sending'
import { draft, finalising } from '../phone_fixture'

interface Order {
  readonly origin: string
  readonly seal: SealKey
  readonly most_ms: number
  readonly phones: readonly { readonly device_id: string; readonly worker_id: string; readonly form: string; readonly subject: Subject; readonly answers: Answers }[]
}
type Told = Record<string, number>

class CrowdPhone {
  readonly rows: OutboxRow[] = []
  readonly statuses: string[] = []
  posts = 0
  /** Before this moment the server does not want to see it again. */
  notBefore = 0
  early = 0
  told = 0

  constructor(
    private readonly id: string,
    private readonly pair: CryptoKeyPair,
    private readonly client: Client,
  ) {}

  async finalise(of: Order['phones'][number], key: SealKey): Promise<void> {
    const at = Date.now()
    const made = draft({ id: newId(), form: { key: of.form, version: 1 }, subject: of.subject, answers: of.answers, started_at: new Date(at - 300_000).toISOString() })
    const what = finalising(made, { deviceId: this.id, workerId: of.worker_id, nowMs: at, confirmed: [] })
    const seq = this.rows.length + 1
    const envelope = await sealContent(what, seq, key.key_id, this.pair, makeSeal(key.public_key))
    this.rows.push({
      id: envelope.id, seq, state: 'waiting', submission_id: envelope.id, subject_id: of.subject.id, form_key: of.form, finalised_at: at, hold_until: null,
      tries: 0, trouble: null, envelope, readable: null, receipt: null, settled_at: null,
    })
  }

  sender(done: () => void): Sender {
    const waiting = (): OutboxRow[] => this.rows.filter((row) => !this.settled.has(row.id))
    const queue: Queue = {
      waiting: () => Promise.resolve(waiting()),
      claim: (ids) => Promise.resolve(waiting().filter((row) => ids.includes(row.id)).map((row) => row.envelope)),
      settle: (receipt) => {
        if (receipt.id !== null && meaningOf(receipt) !== null) this.settled.add(receipt.id)
        this.statuses.push(receipt.status)
        return Promise.resolve()
      },
      noteTrouble: () => Promise.resolve(),
      noteContact: () => Promise.resolve(),
    }
    const timers = { set: (work: () => void, ms: number) => Number(setTimeout(work, ms)), clear: (handle: number) => { clearTimeout(handle) } }
    const alone = async (work: () => Promise<void>): Promise<boolean> => {
      await work()
      return true
    }
    return new Sender(() => sendRound(queue, { now: Date.now, post: (envelopes) => this.post(envelopes), alone }), Math.random, timers, () => {
      if (waiting().length === 0) done()
    })
  }

  private readonly settled = new Set<string>()

  private async post(envelopes: readonly Envelope[]): Promise<ReturnType<typeof deliveryOf> | { kind: 'answered'; body: Awaited<ReturnType<typeof postEnvelopes>> }> {
    this.posts += 1
    // A timer may fire a millisecond before its time.
    if (Date.now() < this.notBefore - 50) this.early += 1
    try {
      return { kind: 'answered', body: await postEnvelopes(this.client, envelopes, (...words) => this.prove(...words), false) }
    } catch (error) {
      const delivery = deliveryOf(error)
      if (delivery.kind === 'busy') {
        this.told += 1
        this.notBefore = Date.now() + (delivery.retryAfterMs ?? 0)
      }
      return delivery
    }
  }

  private async prove(method: string, path: string, body: string): Promise<Record<string, string>> {
    const time = new Date().toISOString()
    const text = ['suifang.request/1', method, path, time, await sha256Hex(utf8(body))].join('\n')
    return { 'X-Device': this.id, 'X-Device-Time': time, 'X-Device-Signature': await signText(this.pair, text) }
  }
}

async function comeBack(order: Order, pairs: readonly CryptoKeyPair[]): Promise<object> {
  const client = new Client((input, init) => globalThis.fetch(order.origin + (typeof input === 'string' ? input : ''), init))
  const phones = order.phones.map((of, i) => new CrowdPhone(of.device_id, pairs[i] ?? fail(), client))
  for (const [i, phone] of phones.entries()) await phone.finalise(order.phones[i] ?? fail(), order.seal)
  const began = Date.now()
  const times: number[] = []
  const all = Promise.all(
    phones.map((phone) => new Promise<void>((resolve) => {
      void phone.sender(() => {
        times.push(Date.now() - began)
        resolve()
      }).nudge()
    })),
  )
  let late: NodeJS.Timeout | undefined
  await Promise.race([all, new Promise((resolve) => { late = setTimeout(resolve, order.most_ms) })])
  clearTimeout(late)
  const statuses: Told = {}
  for (const status of phones.flatMap((phone) => phone.statuses)) statuses[status] = (statuses[status] ?? 0) + 1
  const sum = (of: (phone: CrowdPhone) => number): number => phones.reduce((total, phone) => total + of(phone), 0)
  return {
    done: times.length, last_ms: Math.max(0, ...times), posts: sum((phone) => phone.posts), told_to_wait: sum((phone) => phone.told),
    early: sum((phone) => phone.early), statuses, sent: phones.flatMap((phone) => phone.rows.map((row) => row.id)),
  }
}

function fail(): never {
  throw new Error('as many keys as phones')
}

const pairs = await Promise.all(Array.from({ length: Number(process.argv[2]) }, () => newDeviceKey()))
process.stdout.write(`${JSON.stringify(await Promise.all(pairs.map((pair) => devicePublicKey(pair))))}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await comeBack(JSON.parse(line) as Order, pairs))}\n`)
  break
}
process.exit(0)
