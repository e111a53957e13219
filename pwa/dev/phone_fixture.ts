/** For tests: a phone with a fast lock, a server's key pair, and records to finalise. */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import type { Content, Envelope, Receipt, Task } from '../src/api/wire'
import { Database } from '../src/db/database'
import { b64, fromUtf8, unb64, utf8, type Bytes } from '../src/kernel/bytes'
import { newDeviceKey } from '../src/kernel/device_key'
import { newId } from '../src/kernel/ids'
import { newVault, newWrappingKey, type Vault } from '../src/kernel/vault'
import type { Draft } from '../src/submissions/model'
import { headerOf, type Finalising } from '../src/submissions/rules/content'

const hpke = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
const server = await hpke.kem.generateKeyPair()
export const sealKey = { key_id: 'k1', public_key: b64(new Uint8Array(await hpke.kem.serializePublicKey(server.publicKey))) }
export const devicePair = await newDeviceKey()
export const DEVICE = '0197aaaa-0000-7000-8000-00000000d001'
export const WORKER = '0197aaaa-0000-7000-8000-00000000w001'.replace('w', 'a')
export const RESIDENT = '0197aaaa-0000-7000-8000-000000000001'
export const NOW = Date.parse('2026-05-06T02:00:00Z')

let count = 0

/** Another database each time: tests do not meet. */
export async function newPhone(): Promise<{ db: Database; vault: Vault; name: string }> {
  count += 1
  const name = `phone-${String(count)}`
  const [, vault] = await newVault('271828', await newWrappingKey(), 1000)
  return { db: new Database(name), vault, name }
}

export async function unseal(envelope: Envelope, what: 'sealed' | 'late_fix' = 'sealed'): Promise<unknown> {
  const bytes = unb64(envelope[what] ?? '')
  const context = await hpke.createRecipientContext({ recipientKey: server.privateKey, enc: bytes.slice(0, 65), info: utf8('suifang.envelope/1') })
  const aad = what === 'sealed' ? headerOf(envelope) : `${headerOf(envelope)}\nlate_fix`
  return JSON.parse(fromUtf8(await context.open(bytes.slice(65), utf8(aad)))) as Content
}

/** What the server finds in sealed bytes. */
export async function openSealed(bytes: Bytes, aad: string, info: string): Promise<Bytes> {
  const context = await hpke.createRecipientContext({ recipientKey: server.privateKey, enc: bytes.slice(0, 65), info: utf8(info) })
  return new Uint8Array(await context.open(bytes.slice(65), utf8(aad)))
}

export function draft(over: Partial<Draft> = {}): Draft {
  return {
    id: newId(), form: { key: 'htn_followup', version: 1 }, subject: { kind: 'resident', id: RESIDENT }, household_id: null,
    village_code: '469999101201', started_at: '2026-05-06T09:50:00.000+08:00', answers: { visit_date: '2026-05-06', sbp: 182 }, confirmed: {},
    touched: [], offered: {}, page: 'visit', seconds: {}, base: null, returned: null, sitting_id: null, task_id: null, fix: null, updated_at: NOW, ...over,
  }
}

export function finalising(from: Draft, over: Partial<Finalising> = {}): Finalising {
  return {
    draft: from, answers: from.answers, confirmed: ['sbp'], position: { fix: null, state: 'denied' }, nowMs: NOW, zone: 'Asia/Shanghai', skewMs: null,
    lastContactAt: null, deviceId: DEVICE, workerId: WORKER, grants: [], attachments: [], evidence: { app: '0.1.0' }, ...over,
  }
}

export function receipt(envelope: Pick<Envelope, 'id' | 'sha256'>, over: Partial<Receipt> = {}): Receipt {
  return {
    index: 0, id: envelope.id, sha256: envelope.sha256, status: 'stored', code: 201, reason: null, message: null, submission_id: envelope.id,
    received_at: '2026-05-06T02:00:01.000Z', village: null, tasks: [], violations: [], missing_attachments: [], ...over,
  }
}

export function task(over: Partial<Task> = {}): Task {
  return {
    id: newId(), subject: { kind: 'resident', id: RESIDENT }, household_id: null, village_code: '469999101201', service: 'hypertension', kind: 'follow_up',
    anchor: 'a', opens: '2026-05-01', due: '2026-05-10', closes: '2026-05-20', expires: null, state: 'requested', face_to_face: true, referral: 'none',
    escalation: 'E0', reasons: [], rule_version: null, source_submission_id: null, ...over,
  }
}
