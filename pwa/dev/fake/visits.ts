/** Answers as doctors fill them in, for three kinds of visit. */
import type { Answers, Flag, Task } from '../../src/api/wire'
import type { Person } from './county'
import { day, type Dice, uuid } from './dice'

export interface Visit {
  form: 'htn_followup' | 'postpartum_visit' | 'household_visit'
  day: string
  answers: Answers
  computed: { class: string | null; rules: string[]; referral: string }
  tasks: Task[]
}

function task(person: Person, over: Partial<Task> & { opens: string; due: string; closes: string; rule: string; why: [string, string] }): Task {
  const { rule, why, ...rest } = over
  return {
    id: uuid(`task${rule}`, Number(person.household_no)),
    subject: { kind: 'resident', id: person.id },
    household_id: person.household_id,
    village_code: person.village.code,
    service: 'hypertension',
    kind: 'follow_up',
    anchor: uuid('submission', Number(person.household_no)),
    expires: null,
    state: 'requested',
    face_to_face: true,
    referral: 'none',
    escalation: 'E0',
    reasons: [{ rule, text: { 'zh-CN': why[0], en: why[1] } }],
    rule_version: 'hypertension@1',
    source_submission_id: null,
    ...rest,
  }
}

export function hypertension(dice: Dice, person: Person, ago: number, sbp: number, dbp: number): Visit {
  const urgent = sbp >= 180 || dbp >= 110
  const bad = sbp >= 140 || dbp >= 90
  const weight = dice.whole(520, 790) / 10
  const height = dice.whole(150, 174)
  const due = urgent || bad
    ? task(person, {
        opens: day(-ago + 1), due: day(-ago + (urgent ? 7 : 10)), closes: day(-ago + 14),
        rule: urgent ? 'H1' : 'H5',
        kind: urgent ? 'referral_check' : 'follow_up',
        referral: urgent ? 'urgent' : 'none',
        escalation: urgent ? 'E3' : 'E0',
        why: urgent
          ? ['危急情况:血压达到紧急标准或有危急体征,须紧急转诊', 'Emergency: refer at once']
          : ['首次血压控制不满意,2周内复查', 'First time not controlled: see again within 2 weeks'],
      })
    : task(person, {
        opens: day(-ago + 60), due: day(-ago + 91), closes: day(-ago + 120), rule: 'H7',
        why: ['血压控制满意,下一季度按期随访', 'Controlled: next quarter as planned'],
      })
  return {
    form: 'htn_followup',
    day: day(-ago),
    answers: {
      visit_date: day(-ago), visit_mode: '2', visit_outcome: '1',
      sbp, dbp, heart_rate: dice.whole(64, 92),
      weight, height, bmi: Math.round((weight / (height / 100) ** 2) * 10) / 10,
      symptoms: urgent ? ['2', '4'] : bad ? ['2'] : ['1'],
      emergency_signs: urgent ? ['2'] : ['0'], emergency: urgent,
      smoke_now: person.sex === '1' ? dice.whole(0, 20) : 0, smoke_target: 0,
      drink_now: person.sex === '1' ? dice.whole(0, 4) : 0,
      exercise_freq_now: dice.whole(0, 7), exercise_min_now: dice.one([15, 20, 30, 45]),
      salt_now: dice.one(['1', '2', '3']), salt_target: '1', psych: dice.one(['1', '2']), compliance_behaviour: dice.one(['1', '2']),
      adherence: bad ? '2' : '1', adverse_reaction: '1', complication_change: '1',
      fu_class_computed: bad ? '2' : '1', fu_class: bad ? '2' : '1',
      medications: [
        { drug_name: '苯磺酸氨氯地平片', times_per_day: 1, dose_each: 5, dose_unit: '1' },
        ...(bad ? [{ drug_name: '缬沙坦胶囊', times_per_day: 1, dose_each: 80, dose_unit: '1' }] : []),
      ],
      ...(bad ? { med_adjustment: '加用缬沙坦，早晨服用；交代不要自行停药。' } : {}),
      referral: urgent ? '2' : '1',
      ...(urgent ? { referral_reason: '血压明显升高伴头痛、视物模糊', referral_org_dept: '青石镇卫生院 内科', referral_urgency: '1' } : {}),
    },
    computed: { class: bad ? '2' : '1', rules: [due.reasons[0]?.rule ?? ''], referral: due.referral },
    tasks: [due],
  }
}

export function postpartum(dice: Dice, person: Person, ago: number): Visit {
  const fever = dice.chance(0.2)
  return {
    form: 'postpartum_visit',
    day: day(-ago),
    answers: {
      visit_date: day(-ago), visit_mode: '2', visit_outcome: '1',
      delivery_date: day(-ago - 8), postpartum_day: 8, home_birth: false, discharge_date: day(-ago - 4), delivery_mode: dice.one(['1', '3']),
      body_temp: fever ? 38.2 : 36.6, sbp: dice.whole(106, 128), dbp: dice.whole(66, 84),
      general_health: '精神好，食欲正常', general_psych: '情绪平稳，家人陪护', mood: '1',
      breast: '1', lochia: fever ? '2' : '1', ...(fever ? { lochia_note: '量多，有异味' } : {}), uterus: '1', wound: '1',
      danger_signs: fever ? ['6', '7'] : ['0'], danger_auto: fever ? ['6'] : [], urgent: fever,
      classification_computed: fever ? '2' : '1', classification: fever ? '2' : '1',
      ...(fever ? { classification_note: '发热伴恶露异味，疑产褥感染' } : {}),
      guidance: ['1', '3', '4', '5'],
      referral: fever ? '2' : '1',
      ...(fever ? { referral_reason: '疑产褥感染', referral_org_dept: '县人民医院 产科', referral_urgency: '1' } : {}),
    },
    computed: { class: fever ? '2' : '1', rules: fever ? ['PE'] : [], referral: fever ? 'urgent' : 'none' },
    tasks: [
      task(person, {
        service: 'postpartum', kind: 'check', opens: day(-ago + 34), due: day(-ago + 34), closes: day(-ago + 48), rule: 'P3',
        why: ['产后42天健康检查', '42-day check after delivery'],
      }),
    ],
  }
}

export function household(dice: Dice, person: Person, ago: number): Visit {
  return {
    form: 'household_visit',
    day: day(-ago),
    answers: {
      visit_date: day(-ago), visit_quarter: '2026Q4', visit_result: '1', persons_seen: [person.id],
      purposes: ['1', dice.one(['2', '8', '11'])], member_changes: ['0'],
      findings: dice.one(['老人独居，家中药品过期，已清理。', '无特殊。', '灶房通风差，建议开窗。']),
      education_topics: ['2', '5'], materials_given: 2,
    },
    computed: { class: null, rules: [], referral: 'none' },
    tasks: [],
  }
}

export const FLAGS: Record<string, Flag> = {
  far: {
    kind: 'far_from_home',
    text: { 'zh-CN': '填写地点离住户约 4.2 公里，超出定位误差。', en: 'Filled in about 4.2 km from the household, beyond the accuracy.' },
    evidence: { distance_m: 4210, accuracy_m: 18 },
  },
  night: {
    kind: 'night_entry',
    text: { 'zh-CN': '在夜间填写，随访日期是 6 天前。', en: 'Filled in at night, for a visit six days earlier.' },
    evidence: { local_time: '23:41', visit_date: day(-6) },
  },
  burst: {
    kind: 'burst',
    text: { 'zh-CN': '同一医生 9 分钟内完成 6 份随访，随访日期各不相同。', en: 'Six follow-ups finished in 9 minutes, for different days.' },
    evidence: { count: 6, minutes: 9 },
  },
  copied: {
    kind: 'copied_answers',
    text: { 'zh-CN': '血压、心率、体重与另外两位居民完全相同。', en: 'Pressure, heart rate and weight equal those of two other residents.' },
    evidence: { count: 2 },
  },
}
