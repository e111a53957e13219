/** A mother's view: one child a token. */
import type { Text } from '../../src/api/wire'
import type { FamilyView, ForecastDose } from '../../src/api/wire_family'
import { addDays, addMonths } from '../../src/kernel/dates'
import { holidays } from './clinic'
import { day } from './dice'

const VACCINES: Record<string, [string, string, string, string]> = {
  HepB: ['乙肝疫苗', 'Hepatitis B', '乙型病毒性肝炎', 'hepatitis B'],
  BCG: ['卡介苗', 'BCG', '结核病', 'tuberculosis'],
  IPV: ['脊灰灭活疫苗', 'Polio (injected)', '脊髓灰质炎', 'polio'],
  bOPV: ['脊灰减毒活疫苗', 'Polio (oral)', '脊髓灰质炎', 'polio'],
  DTaP: ['百白破疫苗', 'DTaP', '百日咳、白喉、破伤风', 'whooping cough, diphtheria, tetanus'],
  MMR: ['麻腮风疫苗', 'MMR', '麻疹、流行性腮腺炎、风疹', 'measles, mumps, rubella'],
  'JE-L': ['乙脑减毒活疫苗', 'Japanese encephalitis', '流行性乙型脑炎', 'Japanese encephalitis'],
  'MPSV-A': ['A群流脑多糖疫苗', 'Meningitis A', '流行性脑脊髓膜炎', 'meningitis'],
  'MPSV-AC': ['A群C群流脑多糖疫苗', 'Meningitis A+C', '流行性脑脊髓膜炎', 'meningitis'],
  'HepA-L': ['甲肝减毒活疫苗', 'Hepatitis A', '甲型肝炎', 'hepatitis A'],
}

const PLAN: [string, string, number, string, number, number][] = [
  ['HepB-1', 'HepB', 1, 'HepB', 0, 1], ['BCG-1', 'BCG', 1, 'BCG', 0, 3], ['HepB-2', 'HepB', 2, 'HepB', 1, 0],
  ['Polio-1', 'POLIO', 1, 'IPV', 2, 0], ['DTaP-1', 'DTP', 1, 'DTaP', 2, 0], ['Polio-2', 'POLIO', 2, 'IPV', 3, 0],
  ['Polio-3', 'POLIO', 3, 'bOPV', 4, 12], ['DTaP-2', 'DTP', 2, 'DTaP', 4, 0], ['HepB-3', 'HepB', 3, 'HepB', 6, 12],
  ['DTaP-3', 'DTP', 3, 'DTaP', 6, 12], ['MPSV-A-1', 'MEN', 1, 'MPSV-A', 6, 12], ['MMR-1', 'MMR', 1, 'MMR', 8, 12],
  ['JE-L-1', 'JE', 1, 'JE-L', 8, 12], ['MPSV-A-2', 'MEN', 2, 'MPSV-A', 9, 24], ['DTaP-4', 'DTP', 4, 'DTaP', 18, 24],
  ['MMR-2', 'MMR', 2, 'MMR', 18, 24], ['HepA-L-1', 'HEPA', 1, 'HepA-L', 18, 24], ['JE-L-2', 'JE', 2, 'JE-L', 24, 36],
  ['MPSV-AC-1', 'MEN', 3, 'MPSV-AC', 36, 48], ['Polio-4', 'POLIO', 4, 'bOPV', 48, 60],
  ['DTaP-5', 'DTP', 5, 'DTaP', 72, 84], ['MPSV-AC-2', 'MEN', 4, 'MPSV-AC', 72, 84],
]

function label(vaccine: string): Text {
  const [zh, en] = VACCINES[vaccine] ?? [vaccine, vaccine]
  return { 'zh-CN': zh, en }
}

const QUESTIONS: FamilyView['questions'] = [
  { code: '1', label: { 'zh-CN': '今天或近三天发热、咳嗽、腹泻等不适', en: 'Fever, cough, diarrhoea or the like now or in the last three days' } },
  { code: '2', label: { 'zh-CN': '对疫苗成分、药物或食物过敏', en: 'Allergy to a vaccine component, medicine or food' } },
  { code: '3', label: { 'zh-CN': '以前接种后有严重反应', en: 'Severe reaction after an earlier dose' } },
]

function clinicDay(on: string): { on: string; starts: string; ends: string; place: string } {
  return { on: addDays(on, 2), starts: '08:30', ends: '11:30', place: '青石镇卫生院二楼预防接种门诊' }
}

/** @param missed doses that were not given though their time had come */
function child(name: string, sex: string, birth: string, missed: string[], subscribed: boolean): FamilyView {
  const today = day(0)
  const doses = PLAN.map(([dose_id, series, no, vaccine, months, before]): ForecastDose => {
    const due = addMonths(birth, months)
    const given = due <= addDays(today, -3) && !missed.includes(dose_id)
    const status = given ? 'done' : due > today ? 'upcoming' : addMonths(due, 1) < today ? 'overdue' : 'due'
    const [, , zh = '', en = ''] = VACCINES[vaccine] ?? []
    return {
      dose_id, series, no, vaccine, label: label(vaccine), prevents: { 'zh-CN': zh, en },
      earliest: due, due, complete_before: before > 0 ? addMonths(birth, before) : null,
      status, given_on: given ? addDays(due, 2 + (no % 3)) : null, note: null,
    }
  })
  const open = doses.filter((each) => each.status !== 'done')
  const on = open.map((each) => (each.due ?? today) < today ? today : (each.due ?? today)).sort()[0] ?? null
  return {
    child: { name, sex, birth_date: birth },
    village: '柳树湾村',
    clinic: { name: '青石镇卫生院预防接种门诊', phone: '0745-5550120', address: '青石镇建设路 18 号，周三、周六上午接种' },
    today,
    edition: { title: { 'zh-CN': '国家免疫规划疫苗儿童免疫程序（2026年版）', en: 'National immunization schedule (2026)' }, version: 1 },
    doses,
    holidays,
    next: on ? { on, vaccines: open.filter((each) => (each.due ?? today) <= on).map((each) => each.label), day: clinicDay(on) } : null,
    checks: [
      { who: 'mother', service: 'postpartum_42d', opens: addDays(today, 3), due: addDays(today, 9), closes: addDays(today, 24), late: false },
      { who: 'child', service: 'child', opens: addDays(today, -2), due: addDays(today, 12), closes: addDays(today, 28), late: false },
    ],
    questions: QUESTIONS,
    reactions: [],
    sms: { wanted: false, phone_tail: '5521' },
    feed: null,
    push: { public_key: 'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U', subscribed },
    expires_on: addMonths(birth, 84),
  }
}

/** Tokens of the development server, /family/#demo-demo-demo-demo and so on. */
export const families: Record<string, FamilyView> = {
  'demo-demo-demo-demo': child('小石头', '1', addDays(addMonths(day(0), -5), -20), [], false),
  'late-late-late-late': child('龙思雨', '2', addMonths(day(0), -14), ['MMR-1', 'MPSV-A-2'], true),
  'today-today-today-today': child('麻小米', '2', addMonths(day(0), -6), [], false),
  'done-done-done-done': { ...child('田一诺', '2', addMonths(day(0), -20), [], true) },
}
