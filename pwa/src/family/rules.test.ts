import { describe, expect, it } from 'vitest'
import type { DoseStatus, ForecastDose } from '../api/wire_family'
import type { FamilyCheck } from '../api/wire_family'
import { calendarEntry, checksAhead, closing, dayToGo, dialable, lastGiven, leftOut, nextVisit, progress, SIGNS, stages, tokenOf, URGENT } from './rules'

const BIRTH = '2026-01-15'

function dose(dose_id: string, status: DoseStatus, due: string | null, given_on: string | null = null): ForecastDose {
  const label = { 'zh-CN': dose_id, en: dose_id }
  return { dose_id, series: '', no: 1, vaccine: '', label, prevents: null, earliest: due, due, complete_before: null, status, given_on, note: null }
}

const child = { name: '小石头', sex: '1', birth_date: BIRTH }
const doses = [
  dose('HepB-2', 'done', '2026-02-15', '2026-02-20'),
  dose('HepB-1', 'done', '2026-01-15', '2026-01-15'),
  dose('BCG-1', 'overdue', '2026-01-15'),
  dose('Polio-1', 'due', '2026-03-15'),
  dose('DTaP-1', 'upcoming', '2026-03-20'),
  dose('Polio-2', 'upcoming', '2026-04-15'),
  dose('MPSV-AC-2', 'upcoming', '2032-01-15'),
  dose('2vHPV-1', 'not_needed', null),
  dose('MPSV-A-1', 'too_late', '2026-07-15'),
]

describe('the plan by age', () => {
  const plan = stages({ child, doses })

  it('stands in the order of life, whatever the order of the server', () => {
    expect(plan.map(({ months, doses: all }) => [months, all.map((each) => each.dose_id)])).toEqual([
      [0, ['HepB-1', 'BCG-1']],
      [1, ['HepB-2']],
      [2, ['Polio-1', 'DTaP-1']],
      [3, ['Polio-2']],
      [72, ['MPSV-AC-2']],
    ])
  })

  it('an age is as urgent as its most urgent dose', () => {
    expect(plan.map((stage) => stage.state)).toEqual(['overdue', 'done', 'due', 'upcoming', 'upcoming'])
  })

  it('a dose without a day of its own stands where it was given', () => {
    const [stage] = stages({ child, doses: [dose('x', 'done', null, '2026-04-20')] })
    expect(stage?.months).toBe(3)
  })

  it('counts what belongs to the plan only', () => {
    expect(progress(doses)).toEqual({ given: 2, of: 7, overdue: 1 })
    expect(leftOut(doses).map((each) => each.dose_id)).toEqual(['MPSV-A-1'])
  })
})

describe('the next visit', () => {
  const view = { next: { on: '2026-03-15', vaccines: [{ 'zh-CN': '脊灰', en: 'Polio' }], day: null } }
  it.each([
    ['2026-03-14', false],
    ['2026-03-15', true],
    ['2026-04-01', true],
  ])('on %s has come: %s, also when the plan was kept from an earlier day', (today, now) => {
    expect(nextVisit(view, today)).toMatchObject({ on: '2026-03-15', now })
  })
  it('may be none', () => {
    expect(nextVisit({ next: null }, '2026-03-14')).toBeNull()
  })
})

describe('a link', () => {
  it.each([
    ['#abcdefghijklmnop', 'abcdefghijklmnop'],
    ['https://suifang.example/family/#Ab-_efghijklmnop0', 'Ab-_efghijklmnop0'],
    ['  abcdefghijklmnop ', 'abcdefghijklmnop'],
    ['', null],
    ['#short', null],
    ['#/plan', null],
    ['https://suifang.example/family/', null],
    ['#abcdefghijklmnop?x=1', null],
  ])('%j carries %j', (text, token) => {
    expect(tokenOf(text)).toBe(token)
  })
})

describe('the clinic', () => {
  it('is dialled by its digits', () => {
    expect(dialable('0745-555 0120')).toBe('07455550120')
    expect(dialable('+86 745 5550120')).toBe('+867455550120')
  })
})

describe('an entry for the calendar', () => {
  const text = calendarEntry({
    on: '2026-02-28', uid: 'a@suifang', stamp: '20260215T010000Z', title: '带小石头去接种',
    place: '青石镇卫生院预防接种门诊, 建设路 18 号; 二楼', notes: '请携带预防接种证\n由医生评估后接种，有不舒服请提前告诉医生，接种后留观 30 分钟再离开',
  })
  const lines = text.split('\r\n')

  it('takes the whole day, over the end of a month', () => {
    expect(lines).toContain('DTSTART;VALUE=DATE:20260228')
    expect(lines).toContain('DTEND;VALUE=DATE:20260301')
  })

  it('keeps commas, semicolons and line breaks as text', () => {
    const whole = text.replaceAll('\r\n ', '')
    expect(whole).toContain('建设路 18 号\\; 二楼')
    expect(whole).toContain('预防接种证\\n由医生')
  })

  it('has no line above 75 octets and no broken character', () => {
    for (const line of lines) {
      expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
      expect(line).not.toContain('\ufffd')
    }
  })
})

describe('the day to go', () => {
  const day = { on: '2026-03-18', starts: '08:30', ends: '11:30', place: '青石镇卫生院' }
  const view = { next: { on: '2026-03-15', vaccines: [], day } }
  it.each([
    ['2026-03-01', day],
    ['2026-03-18', day],
    ['2026-03-19', null], // kept from an earlier week: that day is over
  ])('on %s', (today, expected) => {
    expect(dayToGo(view, today)).toEqual(expected)
  })
  it('with a time of the clock is written in UTC', () => {
    const text = calendarEntry({ on: '2026-03-18', starts: '08:30', ends: '11:30', uid: 'u', stamp: '20260301T000000Z', title: 't', place: 'p', notes: 'n' })
    expect(text).toContain('DTSTART:20260318T003000Z\r\nDTEND:20260318T033000Z')
  })
})

describe('checks', () => {
  const check = (service: string, due: string, closes: string): FamilyCheck => ({ who: 'child', service, opens: due, due, closes, late: false })
  it('that passed long ago are not told any more, and not a year of them', () => {
    const all = [check('a', '2026-01-01', '2026-01-05'), check('b', '2026-02-20', '2026-02-25'), ...['c', 'd', 'e', 'f'].map((name) => check(name, '2026-04-01', '2026-05-01'))]
    expect(checksAhead(all, '2026-03-01').map(({ service }) => service)).toEqual(['b', 'c', 'd', 'e'])
  })
})

describe('a reaction', () => {
  it('is told after the last dose that is known', () => {
    expect(lastGiven(doses)).toBe('2026-02-20')
    expect(lastGiven([])).toBeNull()
  })
  it('knows the signs of the server, those that cannot wait first', () => {
    expect(new Set(SIGNS).size).toBe(14)
    expect(SIGNS.slice(0, URGENT.size).every((sign) => URGENT.has(sign))).toBe(true)
  })
})

describe('a holiday she should know of', () => {
  const national = { name: { 'zh-CN': '国庆节', en: 'National Day' }, from_on: '2026-10-01', to_on: '2026-10-07' }
  const visit = (on: string, day: string | null = null) => ({
    next: { on, vaccines: [], day: day === null ? null : { on: day, starts: '08:30', ends: '11:30', place: '' } },
    holidays: [national],
  })
  it.each([
    ['2026-09-23', '2026-12-01', null, null],
    ['2026-09-24', '2026-12-01', null, '2026-10-08'],
    ['2026-10-07', '2026-12-01', null, '2026-10-08'],
    ['2026-10-08', '2026-12-01', null, null],
    // It put her visit off: she is told why, however long before.
    ['2026-09-01', '2026-10-08', null, '2026-10-08'],
    ['2026-09-28', '2026-10-08', '2026-10-14', '2026-10-14'],
  ])('on %s, with a visit on %s and a clinic day on %s, opens %s', (today, on, day, opens) => {
    expect(closing(visit(on, day), today)?.opens_on ?? null).toBe(opens)
  })
  it('a plan kept from before holidays were told names none', () => {
    expect(closing({ next: null } as never, '2026-10-01')).toBeNull()
  })
})
