/** What the fake server answers. Nothing is checked here that a screen does not need. */
import type { Account, Arrears, DecisionRequest, Device, Json, QuarantineLine, Resident, Session, SubmissionState, TaskLine, Text } from '../../src/api/wire'
import type { CallLine, FamilyView, Reach, ReactionRequest, ReactionTold, ReminderLine } from '../../src/api/wire_family'
import { asLine } from '../../src/review/rules/queue'
import { readBundle, readProgramme } from '../schemas'
import { campaign, campaignChildren, clinicDays, dueList, expected, holidays, reactions } from './clinic'
import { areas, people, workers } from './county'
import { day, moment, NOW, uuid } from './dice'
import { families } from './family'
import { queue } from './queue'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: { [name: string]: Json }
  /** Who the cookie says this is. */
  login: string | null
  /** Whether a phone signed the request. */
  device: boolean
  family: string | null
  /** The birth date a caregiver names. */
  born: string | null
}
export interface Answer {
  status: number
  body: unknown
  login?: string | null
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const done: Answer = { status: 204, body: null }

function no(status: number, code: string, zh: string, en: string, details: Record<string, Json> = {}): Answer {
  const title: Text = { 'zh-CN': zh, en }
  return { status, body: { type: `urn:suifang:problem:${code}`, title, status, code, details, request_id: 'dev-0001' } }
}

const township = areas.find((each) => each.level === 'township')
const county = areas.find((each) => each.level === 'county')
const named = (each: typeof township) => (each ? [{ code: each.code, name: each.name, level: each.level }] : [])
const ACCOUNTS: Record<string, Account> = {
  reviewer: { id: uuid('reviewer', 1), login: 'reviewer', name: '周敏', role: 'reviewer', areas: named(township) },
  supervisor: { id: uuid('supervisor', 1), login: 'supervisor', name: '向晓明', role: 'supervisor', areas: named(county) },
  first: { id: uuid('first', 1), login: 'first', name: '彭丽', role: 'reviewer', areas: named(township) },
}

const firstNeeds: Session['needs'] = ['new_password', 'second_factor_setup']

function session(login: string): Session {
  const account = ACCOUNTS[login]
  if (!account) throw new Error(`No account ${login}`)
  return { access_token: `dev-${login}`, expires_in: 600, account, needs: login === 'first' ? [...firstNeeds] : [] }
}

function submissions({ query, login }: Asked): Answer {
  const all = queue.filter(
    (each) =>
      (login === 'supervisor' || each.village.code.startsWith('469999101')) &&
      (!query.get('form') || each.form.key === query.get('form')) &&
      (!query.get('village') || each.village.code === query.get('village')) &&
      (!query.get('worker') || each.worker.id === query.get('worker')) &&
      (!query.get('flagged') || each.flags.length > 0) &&
      (!query.get('from') || each.visit_date >= String(query.get('from'))) &&
      (!query.get('to') || each.visit_date <= String(query.get('to'))) &&
      (!query.get('q') || (each.subject.name ?? '').includes(String(query.get('q')))),
  )
  const counts: Record<string, number> = { received: 0, returned: 0, corrected: 0, approved: 0, rejected: 0, voided: 0 }
  for (const each of all) counts[each.state] = (counts[each.state] ?? 0) + 1
  const state = query.get('state') as SubmissionState | null
  const items = all
    .filter((each) => !state || each.state === state)
    .sort((a, b) => b.priority - a.priority || b.received_at.localeCompare(a.received_at))
    .map(asLine)
  return ok({ items, next_cursor: null, counts })
}

function decide(id: string, body: unknown): Answer {
  const { version_id, verdict, fields, reason } = body as DecisionRequest
  const detail = queue.find((each) => each.id === id)
  if (!detail) return notFound()
  // The third of the list is always decided by a colleague a moment earlier.
  if (detail.state === 'received' && detail.subject.name === queue[8]?.subject.name) {
    detail.state = 'approved'
    detail.decisions.push({ verdict: 'approved', version_id, fields: [], reason: null, by: '彭丽', at: new Date().toISOString() })
    return no(409, 'decided_meanwhile', '彭丽刚刚审核了这份记录。您的决定没有保存，请看最新情况。', 'Somebody decided it just now. Your decision was not saved; look at it again.')
  }
  detail.decisions.push({ verdict, version_id, fields, reason, by: '周敏', at: new Date().toISOString() })
  detail.state = verdict
  return ok(detail)
}

function notFound(): Answer {
  return no(404, 'not_found', '没有找到，或者不在您的辖区内。', 'Not found, or not in your area.')
}

const devices: Device[] = workers.slice(0, 5).map((worker, at) => ({
  id: uuid('device', at), account_id: worker.id, account_name: worker.name,
  name: ['红米 12C', 'vivo Y36', 'HUAWEI 畅享 60', 'OPPO A58', '荣耀 X40'][at] ?? '手机',
  enrolled_at: moment(-90 + at * 7, 10, 20), last_seen_at: at === 3 ? moment(-23, 17, 2) : moment(0, 7 + at, 11),
  revoked_at: at === 4 ? moment(-3, 9, 0) : null, last_seq: 312 - at * 40, missing_seqs: at === 1 ? [17, 18, 19, 204] : [],
}))

const quarantine: QuarantineLine[] = [
  {
    id: uuid('quarantine', 1), envelope_id: uuid('envelope', 1), kind: 'quarantined', reason: 'form_version_unknown',
    message: { 'zh-CN': '表单版本还没有发布到这台服务器，原件已封存，发布后会自动处理。', en: 'This form version is not published here yet; it is kept sealed.' },
    device_name: 'vivo Y36', worker_name: '吴秀兰', received_at: moment(0, 8, 12),
  },
  {
    id: uuid('quarantine', 2), envelope_id: uuid('envelope', 2), kind: 'held', reason: 'subject_unknown',
    message: { 'zh-CN': '居民档案还没有到，先保管，档案到了会自动入库。', en: 'The resident has not arrived yet; it waits for them.' },
    device_name: '红米 12C', worker_name: '陈国富', received_at: moment(-1, 18, 40),
  },
  {
    id: uuid('quarantine', 3), envelope_id: uuid('envelope', 3), kind: 'conflict', reason: 'id_used_twice',
    message: { 'zh-CN': '同一编号收到两份不同的内容，两份都已保留。', en: 'Two different contents under one number; both are kept.' },
    device_name: 'OPPO A58', worker_name: '杨小英', received_at: moment(-4, 11, 5),
  },
]

const WHY: [string, string, string, number][] = [
  ['hypertension', 'H5', '首次血压控制不满意,2周内复查', 9], ['hypertension', 'H1', '危急情况,2周内核实转诊', 3],
  ['postpartum', 'P1', '出院后一周内产后访视', 2], ['newborn', 'N1', '出院后一周内新生儿访视', 2],
  ['household', 'Q', '本季度入户访视', 21], ['hypertension', 'H7', '下一季度按期随访', -20],
]
const tasks: TaskLine[] = people.slice(0, 34).map((person, at) => {
  const [service = '', rule = '', why = '', base = 0] = WHY[at % WHY.length] ?? []
  const overdue = base > 0 ? base + (at % 5) - (at % 3 === 0 ? 30 : 0) : base
  return {
    id: uuid('task', at), subject: { kind: 'resident', id: person.id }, household_id: person.household_id,
    village_code: person.village.code, village_name: person.village.name, service, kind: 'follow_up', anchor: uuid('anchor', at),
    opens: day(-overdue - 14), due: day(-overdue - 4), closes: day(-overdue), expires: null,
    state: 'requested', face_to_face: true, referral: rule === 'H1' ? 'urgent' : 'none', escalation: rule === 'H1' ? 'E3' : 'E0',
    reasons: [{ rule, text: { 'zh-CN': why, en: why } }], rule_version: `${service}@1`, source_submission_id: null,
    subject_name: person.name, overdue_days: Math.max(overdue, 0),
    level: rule === 'H1' ? 'E3' : overdue >= (rule === 'H7' || rule === 'Q' ? 30 : 7) ? 'E2' : overdue > 0 ? 'E1' : 'E0',
    why: { 'zh-CN': `根据 ${day(-overdue - 30)} 的随访：${why}（规则 ${rule}，${service}/1）`, en: `From the visit of ${day(-overdue - 30)}: ${why} (rule ${rule}, ${service}/1)` },
    source_on: day(-overdue - 30), postponed_until: at % 9 === 8 ? day(12) : null, postponed_reason: at % 9 === 8 ? 'away' : null,
  }
})
const calls: CallLine[] = people.slice(3, 8).map((person, at) => ({
  id: uuid('call', at), child: { id: person.id, name: person.name, sex: person.sex, birth_date: day(-120 - at * 40), household_id: person.household_id },
  village: person.village, contact_name: at % 2 ? null : '李秀英', number: at === 3 ? null : `1390000000${at}`,
  doses: [{ dose_id: 'DTaP-2', due: day(-8 - at), label: { 'zh-CN': '百白破疫苗第2剂', en: 'DTaP, dose 2' } }], since: moment(-1 - at, 8, 0),
  calls: at === 1 ? [{ at: moment(-1, 16, 20), outcome: 'no_answer' as const }] : [],
}))
const reach: Reach = {
  rungs: [
    { rung: 'web_push', messages: 212, reached: 61, cost_fen: 0 }, { rung: 'sms', messages: 148, reached: 117, cost_fen: 740 },
    { rung: 'call_list', messages: 29, reached: 22, cost_fen: 0 }, { rung: 'slip', messages: 6, reached: 4, cost_fen: 0 },
  ],
  states: { confirmed: 204, sent: 8 },
}
const arrears: Arrears[] = [
  { doctor: null, villages: ['坝头村'], overdue: 4, week: 3, month: 1, emergencies: 0 },
  { doctor: '吴秀兰', villages: ['上河村', '下河村'], overdue: 9, week: 6, month: 3, emergencies: 1 },
  { doctor: '陈国富', villages: ['平地村'], overdue: 2, week: 0, month: 0, emergencies: 0 },
]

const isAside = (each: TaskLine) => (each.postponed_until ?? '') > day(0)
const standing = (each: TaskLine) => (each.closes < day(0) ? 'overdue' : each.opens <= day(0) ? 'due' : 'upcoming')

const reminders: ReminderLine[] = people.slice(0, 14).map((person, at) => ({
  id: uuid('reminder', at), addressee_kind: at % 3 === 0 ? 'worker' : 'family', addressee_name: at % 3 === 0 ? (workers[at % 6]?.name ?? null) : person.name,
  reason: at % 3 === 0 ? 'digest' : 'vaccination', due_at: moment(-(at % 4), 7, 30),
  state: ['sent', 'confirmed', 'failed', 'unreachable', 'planned'][at % 5] ?? 'sent', channel: at % 5 === 4 ? null : 'web_push',
  attempts: at % 5 === 4 ? [] : [{ channel: 'web_push', at: moment(-(at % 4), 7, 30), outcome: ['accepted', 'accepted', 'failed', 'gone'][at % 5] ?? 'accepted', http_status: [201, 201, 502, 410][at % 5] ?? 201 }],
}))

function resident(id: string): Answer {
  const found = people.find((each) => each.id === id)
  if (!found) return notFound()
  const full: Resident = {
    id, household_id: found.household_id, village_code: found.village.code, relation_to_head: '0', name: found.name,
    pinyin: '', initials: '', sex: found.sex, birth_date: found.birth_date, id_no: '469999********1234', phone: '138****2210',
    contact_name: found.name, contact_phone: '139****8876', mother_id: null, origin_submission_id: null, status: '1', merged_into: null,
    programmes: found.programmes.map((programme) => ({ programme, grade: null, since: day(-400) })), details: {},
  }
  return ok(full)
}

/** Any other date is right here: the children of the demonstration grow with the calendar. */
const WRONG_BIRTH_DATE = '2000-01-01'

function family(asked: Asked): Answer {
  const view = asked.family === null ? undefined : families[asked.family]
  if (asked.family === 'ended-ended-ended') return no(401, 'link_ended', '这个链接已经停用，请向医生要新的二维码。', 'This link has ended; ask the doctor for a new QR code.')
  if (!view) return no(401, 'link_not_known', '还没有查到这个链接，请过一会儿再试。', 'This link is not known yet; try again later.')
  if (asked.path === '/family/push') {
    view.push.subscribed = asked.method === 'POST'
    return done
  }
  if (asked.born === null) return no(401, 'birth_date_needed', '请输入孩子的出生日期，核对后才能看到接种计划。', "Please enter the child's birth date to see the plan.")
  if (asked.born === WRONG_BIRTH_DATE) return no(401, 'birth_date_wrong', '出生日期和登记的不一样，没有打开。', 'The birth date is not the one in the register.')
  if (asked.path === '/family/reactions') {
    const told = { ...(asked.body as unknown as ReactionRequest), reported_at: new Date(NOW).toISOString(), urgent: false, state: 'open', answer: null, answered_at: null } as ReactionTold
    view.reactions = [told, ...view.reactions]
    return { status: 201, body: told }
  }
  if (asked.path === '/family/sms') {
    view.sms.wanted = asked.body.wanted === true
    return done
  }
  if (asked.path === '/family/calendar') {
    view.feed = asked.body.tells as FamilyView['feed']
    return done
  }
  return ok(view)
}

function signIn({ body }: Asked): Answer {
  const login = typeof body.login === 'string' ? body.login : ''
  if (!(login in ACCOUNTS)) return no(401, 'sign_in_failed', '账号或密码不对。请检查后再试。', 'Account or password is wrong. Check them and try again.')
  if (login !== 'first' && !body.code) return no(401, 'second_factor_required', '请输入验证码。', 'Enter the code of your authenticator.')
  if (body.code && body.code !== '123456') return no(401, 'second_factor_wrong', '验证码不对。', 'The code is wrong.')
  return { ...ok(session(login)), login }
}

/** First match wins; `:` takes one step of the path. */
export function answer(asked: Asked): Answer {
  const { method, path, query, body, login } = asked
  const [, top = '', id = '', more = '', last = ''] = path.split('/')
  if (top === 'family') return family(asked)
  if (path === '/auth/login') return signIn(asked)
  if (path === '/auth/refresh') return login ? { ...ok(session(login)), login } : no(401, 'session_ended', '请重新登录。', 'Sign in again.')
  if (path === '/config') return ok({ server_time: new Date(NOW).toISOString(), epoch: 'dev', seal: { key_id: 'dev', public_key: '' }, push_public_key: '', app_version: '0.1.0', product_name: { 'zh-CN': '随访', en: 'Suifang' } })
  if (!login) return no(401, 'sign_in_needed', '请先登录。', 'Sign in first.')
  if (path === '/auth/logout') return { ...done, login: null }
  if (path === '/auth/password') {
    firstNeeds.shift()
    return ok(session(login))
  }
  if (path === '/auth/second-factor') return ok({ secret: 'JBSWY3DPEHPK3PXP2A7Q', uri: 'otpauth://totp/Suifang:first?secret=JBSWY3DPEHPK3PXP2A7Q&issuer=Suifang' })
  if (path === '/auth/second-factor/confirm') {
    if (body.code !== '123456') return no(401, 'second_factor_wrong', '验证码不对。', 'The code is wrong.')
    firstNeeds.length = 0
    return ok({ recovery_codes: Array.from({ length: 10 }, (_, at) => `k${at}w7-${at + 2}m4p-${at}x9z`), session: session(login) })
  }
  if (top === 'submissions' && !id) return submissions(asked)
  if (top === 'submissions') {
    const found = queue.find((each) => each.id === id)
    return found ? ok(found) : notFound()
  }
  if (top === 'review' && last === 'decision') return decide(more, body)
  if (top === 'quarantine' && method === 'POST') {
    quarantine.splice(quarantine.findIndex((each) => each.id === id), 1)
    return done
  }
  if (top === 'quarantine') return ok({ items: quarantine })
  if (path === '/forms') {
    const forms = ['htn_followup', 'postpartum_visit', 'newborn_visit', 'household_visit', 'bp_reading', 'vaccination'].map((key) => ({ kind: 'form', key, version: 1, sha256: '' }))
    const programmes = ['hypertension', 'postpartum', 'newborn', 'household'].map((key) => ({ kind: 'programme', key, version: 1, sha256: '' }))
    return ok({ items: [...forms, ...programmes], policies: [] })
  }
  if (top === 'forms') return ok(readBundle(id, Number(more)))
  if (top === 'rules') return ok(readProgramme(more))
  if (path === '/areas') return ok({ items: login === 'supervisor' ? areas : areas.filter((each) => each.code.startsWith('469999101')) })
  if (path === '/accounts') return ok({ items: workers })
  if (path === '/devices/codes') return ok({ code: 'R7KM-2XQD', expires_at: new Date(NOW + 3_600_000).toISOString() })
  if (top === 'devices' && method === 'DELETE') {
    const found = devices.find((each) => each.id === id)
    if (found) found.revoked_at = new Date(NOW).toISOString()
    return done
  }
  if (path === '/devices') return ok({ items: devices })
  if (top === 'residents' && id) return resident(id)
  if (path === '/residents') return ok({ items: people.filter((each) => each.name.includes(query.get('q') ?? '') && (!query.get('village') || each.village.code === query.get('village'))).slice(0, 40), next_cursor: null })
  if (path === '/tasks') {
    const state = query.get('state') ?? 'overdue'
    const all = tasks.filter((each) => !query.get('village') || each.village_code === query.get('village')).filter((each) => !query.get('service') || each.service === query.get('service'))
    const inState = (each: TaskLine, wanted: string) => (wanted === 'postponed' ? isAside(each) : !isAside(each) && (wanted === 'escalated' ? each.level >= 'E2' : standing(each) === wanted))
    const counts = Object.fromEntries(['overdue', 'escalated', 'due', 'upcoming', 'postponed'].map((each) => [each, all.filter((one) => inState(one, each)).length]))
    return ok({ items: all.filter((each) => inState(each, state)).sort((a, b) => b.overdue_days - a.overdue_days), next_cursor: null, counts })
  }
  if (path === '/tasks/arrears') return ok({ items: arrears, on: day(0) })
  if (top === 'tasks' && path.endsWith('/postponement')) {
    const found = tasks.find((each) => each.id === id)
    if (found) found.postponed_until = method === 'DELETE' ? null : day(12)
    return done
  }
  if (path === '/reminders/calls') return ok({ items: query.get('rung') === 'slip' ? [] : calls, next_cursor: null })
  if (path === '/reminders/reach') return ok(reach)
  if (top === 'reminders' && path.endsWith('/call')) {
    calls.splice(calls.findIndex((each) => each.id === id), 1)
    return done
  }
  if (path === '/clinic/expected') return ok(expected())
  if (path === '/clinic/due') return ok(dueList(query.get('village') ?? ''))
  if (path === '/clinic/school') return ok({ items: dueList(query.get('area') ?? '').items.filter((each) => each.doses.length > 1), children: 9, complete: 6 })
  if (path === '/clinic/slips') return { status: 201, body: { expires_on: '2099-01-01' } }
  if (path === '/clinic/days' && method === 'POST') {
    clinicDays.push(...(body.on as string[]).map((on) => ({ id: uuid('clinic day', clinicDays.length), on, ...(body as unknown as { area_code: string; starts: string; ends: string; place: string }) })))
    return { status: 201, body: { items: clinicDays, holidays } }
  }
  if (path === '/clinic/days') return ok({ items: clinicDays, holidays })
  if (path === '/clinic/campaigns') return ok({ campaigns: [campaign], checks: [] })
  if (path === '/clinic/campaigns/children') return ok(campaignChildren(query.get('area') ?? ''))
  if (path === '/reactions') return ok({ items: reactions.filter((each) => each.state === query.get('state')), open: reactions.filter((each) => each.state === 'open').length, urgent: 1 })
  if (top === 'reactions') {
    const found = reactions.find((each) => each.id === id)
    if (!found) return notFound()
    return ok(Object.assign(found, { state: 'answered', answer: body.answer, action: body.action, answered_by_name: '赵敏', answered_at: new Date(NOW).toISOString() }))
  }
  if (path === '/reminders') return ok({ items: reminders.filter((each) => !query.get('state') || each.state === query.get('state')) })
  return notFound()
}
