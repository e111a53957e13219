/** The vaccination clinic's desk: a village's children, some of them late. */
import type { Holiday } from '../../src/api/wire'
import type { Campaign, CampaignChildren, ChildLine, ClinicDay, DueList, Expected, ReactionLine } from '../../src/clinic/model'
import { addDays } from '../../src/kernel/dates'
import { areas, people } from './county'
import { day, moment, uuid } from './dice'

const HEPB = { 'zh-CN': '乙肝疫苗', en: 'Hepatitis B' }
const MMR = { 'zh-CN': '麻腮风疫苗', en: 'MMR' }
const today = day(0)

export const clinicDays: ClinicDay[] = []

/** One that begins in three days, so that it is seen. */
export const holidays: Holiday[] = [{ name: { 'zh-CN': '国庆节', en: 'National Day' }, from_on: addDays(today, 3), to_on: addDays(today, 9) }]

function children(village: string): ChildLine[] {
  return people.filter((each) => each.village.code === village).slice(0, 9).map((each, at) => ({
    id: each.id, name: each.name, sex: each.sex, birth_date: addDays(today, -40 - 80 * at), village_code: village, village_name: each.village.name,
    guardian: '张大山', phone: `1390000${String(1000 + at)}`, address: `${(at % 3) + 1}组 ${at + 3} 号`,
    doses: [
      { dose_id: 'HepB-2', vaccine: 'HepB', label: HEPB, no: 2, due: addDays(today, 2 - 20 * at), late: at > 2, note: null },
      ...(at % 3 === 2 ? [{ dose_id: 'MMR-1', vaccine: 'MMR', label: MMR, no: 1, due: addDays(today, -3), late: false, note: null }] : []),
    ],
  }))
}

export function dueList(village: string): DueList {
  const area = areas.find((each) => each.code === village)
  return {
    items: children(village), village_name: area?.name ?? village, day: clinicDays[0] ?? null, today,
    clinic: { name: '青石镇卫生院', phone: '0745-5550120', address: '青石镇建设路 18 号' },
  }
}

export function expected(): Expected {
  const villages = areas.filter((each) => each.level === 'village').slice(0, 6)
  const vaccines = [{ vaccine: 'HepB', label: HEPB, doses: 9, late: 6 }, { vaccine: 'MMR', label: MMR, doses: 3, late: 0 }]
  return {
    villages: villages.map(({ code, name }) => ({ code, name, children: 9, vaccines })), children: 9 * villages.length, as_of: today,
    total: vaccines.map((each) => ({ ...each, doses: each.doses * villages.length, late: each.late * villages.length })),
  }
}

export const reactions: ReactionLine[] = ['convulsion', 'swelling'].map((sign, at) => ({
  id: uuid('reaction', at), child_name: people[at]?.name ?? null, birth_date: addDays(today, -200), village_name: '柳树湾村', reported_at: moment(0, 8, 10 + at),
  onset_on: today, vaccinated_on: addDays(today, -1), signs: [sign], note: '昨天打完针以后', phone: '13900000001', urgent: at === 0, state: 'open',
  answer: null, action: null, answered_by_name: null, answered_at: null, aefi_on: null,
}))

/** A campaign two days old. */
export const campaign: Campaign = {
  name: '2026年麻腮风查漏补种', vaccine: 'MMR', label: MMR, target: 40, vaccinated: 31, percent: 77.5,
  days: [1, 0].map((ago, at) => ({
    on: addDays(today, -ago), vaccinated: [19, 12][at] ?? 0, so_far: [19, 31][at] ?? 0, percent: [47.5, 77.5][at] ?? null,
    deferred: 1, contraindicated: 0, refused: 1, absent: 3, aefi: 0,
  })),
}

export function campaignChildren(village: string): CampaignChildren {
  const items = children(village).map((each, at) => ({
    ...each, residence: at % 4 === 1 ? '2' : '1', doses_before: at % 2, contraindicated: at === 7,
    vaccinated_on: at > 3 && at !== 7 ? addDays(today, -1) : null, not_reason: at < 2 ? '1' : null,
  }))
  return { items, left: items.filter((each) => each.vaccinated_on === null && !each.contraindicated).length }
}
