/**
 * What the fake server answers to a doctor's phone: sign in as `doctor` with any password (`newcomer`:
 * first day). Envelopes are really opened, so that a wrong seal, hash or header shows at once.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import type { Account, Change, Content, Envelope, FormRef, Household, Receipt, Resident, Session, SyncPage, Task, Text } from '../../src/api/wire'
import type { HistoryRecord } from '../../src/followups/model'
import { servicesInTime } from '../../src/followups/rules/in_time'
import { plan } from '../../src/followups/rules/plan'
import { formTypes } from '../../src/forms/rules/compile'
import { b64, fromUtf8, sha256Hex, unb64, utf8 } from '../../src/kernel/bytes'
import { toHousehold, toResident } from '../../src/residents/rules/register'
import { headerOf } from '../../src/submissions/rules/content'
import { readBundle, readProgramme } from '../schemas'
import { areas, people, villages, workers } from './county'
import { day, moment, uuid } from './dice'
import type { Answer, Asked } from './routes'

const hpke = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
const pair = await hpke.kem.generateKeyPair()
const publicKey = b64(new Uint8Array(await hpke.kem.serializePublicKey(pair.publicKey)))

const worker = workers[0]
if (!worker) throw new Error('No doctor in the county')
const account: Account = { ...worker, login: 'doctor', areas: villages.slice(0, 6).map(({ code, name, level }) => ({ code, name, level })) }
const codes = new Set(account.areas.map((a) => a.code))

const FORMS = ['household', 'resident', 'household_visit', 'bp_reading', 'htn_followup', 'postpartum_visit', 'newborn_visit', 'vaccination', 'delivery_notice', 'referral_check', 'enrolment',
  'dm_followup', 'glucose_reading', 'elderly_check', 'health_exam', 'smd_followup', 'tb_suspect', 'tb_first_home_visit', 'tb_followup', 'copd_followup']
const PROGRAMMES = ['hypertension', 'postpartum', 'newborn', 'household', 'diabetes', 'elderly', 'health_exam', 'mental_disorder', 'tuberculosis', 'copd']
const offers: FormRef[] = [
  ...FORMS.flatMap((key): FormRef[] => {
    const version = readBundle(key)?.version
    return version === undefined ? [] : [{ kind: 'form', key, version, sha256: `${key}-${String(version)}` }]
  }),
  ...PROGRAMMES.map((key): FormRef => ({ kind: 'programme', key, version: 1, sha256: `${key}-1` })),
]

const SPELLING: Record<string, string> = { 王: 'wang', 李: 'li', 张: 'zhang', 刘: 'liu', 陈: 'chen', 杨: 'yang', 赵: 'zhao', 黄: 'huang', 周: 'zhou', 吴: 'wu' }
const mine = people.filter((p) => codes.has(p.village.code))

const households = new Map<string, Household>(
  mine.map((p): [string, Household] => [p.household_id, {
    id: p.household_id, no: p.household_no ?? '', village_code: p.village.code, address: `${p.village.name}${p.household_no ?? ''}号`,
    group_name: '二组', head_name: p.name, phone: '13874500000', place: p.place, status: '1', responsible_worker_id: account.id, details: {},
  }]),
)
const residents = new Map<string, Resident>(
  mine.map((p, at): [string, Resident] => [p.id, {
    id: p.id, household_id: p.household_id, village_code: p.village.code, relation_to_head: '02', name: p.name,
    pinyin: SPELLING[p.name.slice(0, 1)] ?? '', initials: (SPELLING[p.name.slice(0, 1)] ?? 'x').slice(0, 1), sex: p.sex, birth_date: p.birth_date,
    id_no: `469999${p.birth_date.replaceAll('-', '')}12${String(at % 10)}X`, phone: `1387450${String(1000 + at)}`, contact_name: p.name,
    contact_phone: `1397450${String(1000 + at)}`, mother_id: null, origin_submission_id: null, status: '1', merged_into: null,
    programmes: p.programmes.map((programme) => ({ programme, grade: null, since: day(-400) })), details: {},
  }]),
)
const submissions = new Map<string, Extract<Change, { kind: 'submission'; op: 'put' }>['data']>()
const tasks = new Map<string, Task>()
const receipts = new Map<string, Receipt>()

const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, en })
mine.forEach((p, at) => {
  const service = p.programmes[0]
  const quarter = { opens: `${day(0).slice(0, 4)}-${String(Math.floor((Number(day(0).slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`, closes: day(30) }
  const base = { household_id: p.household_id, village_code: p.village.code, expires: null, state: 'requested' as const, referral: 'none' as const, rule_version: 'fake/1', source_submission_id: null }
  tasks.set(uuid('visit', at), {
    ...base, ...quarter, id: uuid('visit', at), subject: { kind: 'household', id: p.household_id }, service: 'household_visit', kind: 'visit', anchor: 'fake',
    due: day(10), face_to_face: false, escalation: 'E0', reasons: [{ rule: 'due', text: text('每户每季度至少入户访视一次', 'Every household is visited once a quarter') }],
  })
  if (service === undefined) return
  const late = at % 4 === 0 ? -3 : 12
  tasks.set(uuid('due', at), {
    ...base, id: uuid('due', at), subject: { kind: 'resident', id: p.id }, service, kind: service === 'hypertension' ? 'follow_up' : 'visit', anchor: 'fake',
    opens: day(at % 5 === 1 ? 9 : -20), due: day(late - 2), closes: day(late), face_to_face: true, escalation: at === 0 ? 'E3' : 'E0',
    reasons: [{ rule: 'H7', text: text('本季度按期随访', 'Regular follow-up of this quarter') }],
  })
})

const EPOCH = uuid('epoch', 1)
let log: Change[] = [
  ...areas.map((a): Change => ({ kind: 'area', op: 'put', id: a.code, data: a })),
  ...offers.map((ref): Change => ({ kind: 'form', op: 'put', id: `${ref.kind}:${ref.key}`, data: ref })),
  ...[...households.values()].map((data): Change => ({ kind: 'household', op: 'put', id: data.id, data })),
  ...[...residents.values()].map((data): Change => ({ kind: 'resident', op: 'put', id: data.id, data })),
  ...[...tasks.values()].map((data): Change => ({ kind: 'task', op: 'put', id: data.id, data })),
]

const ok = (body: unknown): Answer => ({ status: 200, body })
const config = (): object => ({
  server_time: new Date().toISOString(), epoch: EPOCH, seal: { key_id: 'dev', public_key: publicKey }, push_public_key: '', app_version: '0.1.0',
  product_name: text('随访', 'Suifang'),
})

function session(login: string, needs: Session['needs']): Session {
  return { access_token: `dev-${login}`, expires_in: 600, account, needs, ...(needs.includes('device') ? { enrolment_code: 'DEV-CODE' } : {}) }
}

function page(query: URLSearchParams): SyncPage {
  const from = Number(query.get('cursor')?.split('.').at(-1) ?? 0)
  const size = 60
  const changes = log.slice(from, from + size)
  const to = from + changes.length
  return {
    epoch: EPOCH, cursor: `${EPOCH}.1.0.${String(to)}`, more: to < log.length, reset: from === 0, remaining: log.length - to,
    server_time: new Date().toISOString(), changes,
  }
}

async function unseal(envelope: Envelope): Promise<Content> {
  const sealed = unb64(envelope.sealed)
  const context = await hpke.createRecipientContext({ recipientKey: pair.privateKey, enc: sealed.slice(0, 65), info: utf8('suifang.envelope/1') })
  const bytes = new Uint8Array(await context.open(sealed.slice(65), utf8(headerOf(envelope))))
  if ((await sha256Hex(bytes)) !== envelope.sha256) throw new Error('hash mismatch')
  return JSON.parse(fromUtf8(bytes)) as Content
}

const services = servicesInTime(PROGRAMMES.map(readProgramme), (form) => {
  const bundle = readBundle(form)
  return bundle && formTypes(bundle)
})

function put(change: Change): void {
  log = [...log, change]
}

function record(content: Content): Task[] {
  const info = readBundle(content.form.key)?.form
  const told = content.answers[info?.visit_date ?? '']
  const visit_date = typeof told === 'string' ? told : day(0)
  if (info?.registers === 'household') {
    households.set(content.subject.id, toHousehold(content.subject.id, content.answers, info.registration_map ?? {}, '', account.id, households.get(content.subject.id) ?? null))
    put({ kind: 'household', op: 'put', id: content.subject.id, data: households.get(content.subject.id) as Household })
  }
  if (info?.registers === 'resident') {
    residents.set(content.subject.id, toResident(content.subject.id, content.answers, info.registration_map ?? {}, { household_id: null, village_code: '' }, residents.get(content.subject.id) ?? null))
    put({ kind: 'resident', op: 'put', id: content.subject.id, data: residents.get(content.subject.id) as Resident })
  }
  const resident = residents.get(content.subject.id)
  submissions.set(content.submission_id, {
    id: content.submission_id, form: content.form, service: info?.service ?? null, subject: content.subject,
    household_id: resident?.household_id ?? content.subject.id, worker_id: content.worker_id, visit_date, finalised_at: content.finalised_at,
    received_at: new Date().toISOString(), state: content.base_version_id ? 'corrected' : 'received', version_id: content.id, version_no: 1, answers: content.answers, confirmed: content.confirmed, returned: null,
  })
  put({ kind: 'submission', op: 'put', id: content.submission_id, data: submissions.get(content.submission_id) as never })
  if (!resident) return []
  const history = [...submissions.values()].filter((s) => s.subject.id === resident.id)
  const records = history.map((s): HistoryRecord => ({ submission_id: s.id, form: s.form.key, visit_date: s.visit_date, finalised_at: s.finalised_at, answers: s.answers }))
  const subject = { kind: 'resident' as const, id: resident.id, birth_date: resident.birth_date, sex: resident.sex, programmes: resident.programmes.map((p) => p.programme) }
  const open = [...tasks.values()].filter((t) => t.subject.id === resident.id && t.state === 'requested').map((t) => ({ ...t, source_submission_id: t.anchor }))
  const planned = plan(services, [{ subject, household_id: resident.household_id, village_code: resident.village_code, records, open }], () => () => ({}), content.submission_id, tasks, day(0))
  for (const task of planned.tasks) {
    tasks.set(task.id, task)
    put({ kind: 'task', op: 'put', id: task.id, data: task })
  }
  return [...planned.tasks]
}

async function receive(envelope: Envelope, index: number): Promise<Receipt> {
  const base = { index, id: envelope.id, sha256: envelope.sha256, received_at: new Date().toISOString(), tasks: [], violations: [], missing_attachments: [], village: null, reason: null, message: null }
  const known = receipts.get(envelope.id)
  if (known) return { ...known, index, status: 'replayed', code: 200 }
  try {
    const content = await unseal(envelope)
    // A reading of 66 is the one this fake server refuses, to see how the phone shows it.
    if (content.answers['heart_rate'] === 66) {
      return { ...base, status: 'invalid', code: 422, reason: 'subject_missing', message: text('这条记录没有说明是谁的。已保留一份。请改正后重发。', 'The record does not say whose it is. A copy is kept. Correct it and send it again.'), submission_id: null }
    }
    const village = villages.find((v) => v.code === (residents.get(content.subject.id) ?? households.get(content.subject.id))?.village_code)
    const receipt: Receipt = { ...base, status: 'stored', code: 201, submission_id: content.submission_id, tasks: record(content), village: village ? { code: village.code, name: village.name } : null }
    receipts.set(envelope.id, receipt)
    console.log(`fake: stored no. ${String(envelope.seq)} ${content.form.key}, ${content.fix_state}${envelope.late_fix ? ', late fix' : ''}`)
    return receipt
  } catch (error) {
    console.error('fake: envelope cannot be opened', error)
    return { ...base, status: 'invalid', code: 422, reason: 'envelope_unreadable', message: text('信封打不开。', 'The envelope cannot be opened.'), submission_id: null }
  }
}

/** The township returns the newest follow-up, to see the correction (POST /fake/return). */
function giveBack(): Answer {
  const last = [...submissions.values()].at(-1)
  if (!last) return { status: 404, body: { } }
  const returned = { ...last, state: 'returned' as const, returned: { fields: ['heart_rate', 'weight'], reason: '心率和体重请再核对一下', by: '周敏', at: moment(0, 9, 30) } }
  submissions.set(last.id, returned)
  put({ kind: 'submission', op: 'put', id: last.id, data: returned })
  return ok({ id: last.id })
}

/** Nothing when the call is not a phone's. */
export async function answerPhone(asked: Asked): Promise<Answer | null> {
  const { path, method, body, login, query } = asked
  if (path === '/fake/return') return giveBack()
  if (path === '/auth/login' && (body['login'] === 'doctor' || body['login'] === 'newcomer')) {
    const needs: Session['needs'] = [...(body['login'] === 'newcomer' ? (['new_password'] as const) : []), ...(asked.device ? [] : (['device'] as const))]
    return { ...ok(session('doctor', needs)), login: 'doctor' }
  }
  if (path === '/submissions' && method === 'POST') {
    const envelopes = body['envelopes'] as unknown as Envelope[]
    const all = await Promise.all(envelopes.map(receive))
    return ok({ server_time: new Date().toISOString(), receipts: all })
  }
  if (login !== 'doctor') return null
  if (path === '/auth/refresh') return { ...ok(session('doctor', [])), login: 'doctor' }
  if (path === '/auth/password') return ok(session('doctor', ['device']))
  if (path === '/devices' && method === 'POST') {
    return ok({ device_id: uuid('phone', 1), session: session('doctor', []), config: config() })
  }
  if (path === '/forms') return ok({ items: offers, policies: [], holidays: [{ name: { 'zh-CN': '国庆节', en: 'National Day' }, from_on: day(3), to_on: day(9) }] })
  if (path === '/sync') return ok(page(query))
  if (path === '/submissions/known') return ok({ known: (body['ids'] as string[]).filter((id) => receipts.has(id)) })
  return null
}
