import { describe, expect, it } from 'vitest'
import type { ChildLine, DueList } from './model'
import { broadcast } from '../locales/clinic/broadcast'
import { broadcastOf, cohort, dosesByVaccine, pages, proposed, schoolYear, weekEnd, weekly } from './rules'

function child(name: string, ...vaccines: string[]): ChildLine {
  return {
    id: name, name, sex: '1', birth_date: '2026-01-15', village_code: '', village_name: '上河村', guardian: '张大山', phone: '13900000001', address: null,
    doses: vaccines.map((vaccine) => ({ dose_id: `${vaccine}-1`, vaccine, label: { 'zh-CN': `${vaccine}疫苗`, en: vaccine }, no: 1, due: '2026-11-20', late: false, note: null })),
  }
}

const due: DueList = {
  items: [child('王小宝', 'HepB'), child('陈晚晚', 'MMR', 'HepB')],
  village_name: '上河村',
  clinic: { name: '青山镇卫生院', phone: '0745-5550120', address: '建设路 18 号' },
  day: { id: 'd', area_code: '', on: '2026-11-25', starts: '08:30', ends: '11:30', place: '青山镇卫生院二楼' },
  today: '2026-11-23',
}

describe('weeks', () => {
  it.each([
    ['2026-11-23', 0, '2026-11-29'], // Monday
    ['2026-11-29', 0, '2026-11-29'], // Sunday
    ['2026-11-29', 1, '2026-12-06'],
    ['2026-12-30', 0, '2027-01-03'],
  ])('the week of %s, %i later, ends on %s', (today, weeks, end) => {
    expect(weekEnd(today, weeks)).toBe(end)
  })
  it('every Wednesday from this one on', () => {
    expect(weekly('2026-11-23', 2, 3)).toEqual(['2026-11-25', '2026-12-02', '2026-12-09'])
    expect(weekly('2026-11-25', 2, 1)).toEqual(['2026-11-25'])
    expect(weekly('2026-11-26', 2, 1)).toEqual(['2026-12-02'])
  })
})

describe('clinic days round National Day', () => {
  const national = { name: { 'zh-CN': '国庆节', en: 'National Day' }, from_on: '2026-10-01', to_on: '2026-10-07' }
  it.each([
    [0, ['2026-09-28', '2026-10-08', '2026-10-12'], [{ from: '2026-10-05', to: '2026-10-08' }]],
    [3, ['2026-10-08', '2026-10-15'], [{ from: '2026-10-01', to: '2026-10-08' }]],
    [1, ['2026-09-29', '2026-10-08', '2026-10-13'], [{ from: '2026-10-06', to: '2026-10-08' }]],
  ])('weekday %i: what falls into it is held on the first working day after', (weekday, on, moved) => {
    expect(proposed('2026-09-28', weekday, 3, [national])).toEqual({ on, moved })
  })
  it('a year that was not announced is an ordinary one', () => {
    expect(proposed('2026-09-28', 0, 2, [])).toEqual({ on: ['2026-09-28', '2026-10-05'], moved: [] })
  })
})

describe('school entry', () => {
  it('who is three, or six, by the end of August', () => {
    expect(cohort(2026, 3)).toEqual({ from: '2022-09-01', to: '2023-08-31' })
    expect(cohort(2027, 6)).toEqual({ from: '2020-09-01', to: '2021-08-31' })
  })
  it.each([['2026-09-30', 2026], ['2026-10-01', 2027], ['2027-01-01', 2027]])('on %s it is that of %i', (today, year) => {
    expect(schoolYear(today)).toBe(year)
  })
})

it('doses are counted by vaccine, the most first', () => {
  expect(dosesByVaccine(due.items).map(({ label, doses }) => [label.en, doses])).toEqual([['HepB', 2], ['MMR', 1]])
})

it('four a page', () => {
  expect(pages([1, 2, 3, 4, 5], 4)).toEqual([[1, 2, 3, 4], [5]])
  expect(pages([], 4)).toEqual([])
})

describe('the broadcast', () => {
  it.each(['zh-CN', 'en'] as const)('in %s names the day, the place and the vaccines, and nobody', (language) => {
    const text = broadcast[language](broadcastOf(due, (label) => label[language]), '2026-11-25')
    for (const said of ['上河村', '08:30', '青山镇卫生院二楼', '0745-5550120', 'MMR']) expect(text).toContain(said)
    for (const { name, phone, guardian } of due.items) {
      for (const silent of [name, phone, guardian]) expect(text).not.toContain(silent)
    }
  })
  it('without a day of its own sends people to the clinic', () => {
    expect(broadcast['zh-CN'](broadcastOf({ ...due, day: null }, (label) => label['zh-CN']), '')).toContain('青山镇卫生院 建设路 18 号')
  })
})
