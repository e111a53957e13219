import { describe, expect, it } from 'vitest'
import { task } from '../../../dev/phone_fixture'
import type { Area, Site, Task } from '../../api/wire'
import type { Home, People, Person } from '../../residents/model'
import { beforeHoliday, dayOf, formFor, roundsOf, sectionOf, stopsOf, timingOf, type Timing } from './today'

const TODAY = '2026-05-06'
const of = (id: string, opens: string, closes: string, over: Partial<Task> = {}): Task =>
  task({ id, subject: { kind: 'resident', id: 'r' }, opens, due: closes, closes, ...over })
const dose = (id: string, child: string, opens: string, closes: string): Task =>
  of(id, opens, closes, { kind: 'dose', service: 'immunization', subject: { kind: 'resident', id: child } })

describe('where a task stands today', () => {
  const rows: [string, string, string, Partial<Task>, string][] = [
    ['an emergency', '2026-05-01', '2026-05-20', { escalation: 'E3' }, 'urgent'],
    ['an emergency that opens tomorrow', '2026-05-07', '2026-05-20', { escalation: 'E3' }, 'urgent'],
    ['an urgent referral', '2026-05-07', '2026-05-20', { referral: 'urgent' }, 'urgent'],
    ['a referral to be checked', '2026-05-01', '2026-05-20', { kind: 'referral_check', referral: 'routine' }, 'urgent'],
    ['a referral check that is late', '2026-02-01', '2026-02-20', { kind: 'referral_check' }, 'urgent'],
    ['a referral check of next week', '2026-05-13', '2026-05-20', { kind: 'referral_check' }, 'soon'],
    ['a mother within her week', '2026-05-01', '2026-05-30', { service: 'postpartum', kind: 'visit' }, 'birth'],
    ['a newborn that is late', '2026-04-01', '2026-04-09', { service: 'newborn', kind: 'visit' }, 'birth'],
    ['a mother whose 42nd day comes', '2026-05-08', '2026-05-22', { service: 'postpartum_42d' }, 'soon'],
    ['a follow-up whose last day was yesterday', '2026-04-01', '2026-05-05', {}, 'overdue'],
    ['a follow-up whose last day is today', '2026-04-01', '2026-05-06', {}, 'week'],
    ['the last day in six days', '2026-04-01', '2026-05-12', {}, 'week'],
    ['the last day in seven days', '2026-04-01', '2026-05-13', {}, 'early'],
    ['its day within the week, its last day later', '2026-05-01', '2026-06-20', { due: '2026-05-12' }, 'week'],
    ['its day after this week', '2026-05-01', '2026-06-20', { due: '2026-05-13' }, 'early'],
    ['a dose missed last month', '2026-03-01', '2026-04-01', { kind: 'dose' }, 'overdue'],
    ['a dose missed a year ago', '2025-04-01', '2025-05-06', { kind: 'dose' }, 'catch_up'],
    ['a follow-up missed a year ago', '2025-04-01', '2025-05-06', {}, 'overdue'],
    ['a quarterly household visit', '2026-04-01', '2026-06-30', { service: 'household_visit' }, 'households'],
    ['a yearly check', '2026-01-01', '2026-12-31', { service: 'health_exam' }, 'round'],
    ['a yearly check on its last day', '2025-05-07', '2026-05-06', { service: 'health_exam' }, 'round'],
    ['a yearly check that was missed', '2025-01-01', '2026-05-05', { service: 'health_exam' }, 'round'],
    ['a yearly check of next week', '2026-05-13', '2027-05-12', { service: 'health_exam' }, 'far'],
    ['a dose with a year for it', '2026-01-01', '2026-12-31', { kind: 'dose' }, 'early'],
    ['opens within 14 days', '2026-05-20', '2026-06-20', {}, 'soon'],
    ['opens later', '2026-05-21', '2026-06-20', {}, 'far'],
  ]
  it.each(rows)('%s', (_title, opens, closes, over, section) => {
    expect(sectionOf(of('t', opens, closes, over), TODAY)).toBe(section)
  })
})

it('folds the yearly checks into one line a service, the one that closes first on top', () => {
  const exam = (id: string, closes: string, service: string): Task => of(id, '2026-01-01', closes, { service })
  const stops = stopsOf([exam('a', '2026-12-31', 'health_exam'), exam('b', '2026-12-30', 'health_exam'), exam('c', '2026-11-30', 'women')], TODAY)
  expect(roundsOf(stops).map((round) => [round.service, round.stops.length, round.closes])).toEqual([
    ['women', 1, '2026-11-30'],
    ['health_exam', 2, '2026-12-30'],
  ])
})

describe('how late, as one says it', () => {
  const rows: [string, string, Timing][] = [
    ['2026-05-10', '2026-05-30', { say: 'from', day: '2026-05-10' }],
    ['2026-05-01', '2026-05-30', { say: 'until', day: '2026-05-30' }],
    ['2026-05-01', '2026-05-14', { say: 'until', day: '2026-05-14' }],
    ['2026-05-01', '2026-05-13', { say: 'daysLeft', count: 7 }],
    ['2026-05-01', '2026-05-08', { say: 'daysLeft', count: 2 }],
    ['2026-05-01', '2026-05-07', { say: 'tomorrow' }],
    ['2026-05-01', '2026-05-06', { say: 'lastDay' }],
    ['2026-05-01', '2026-05-05', { say: 'overdueDays', count: 1 }],
    ['2026-01-01', '2026-03-07', { say: 'overdueDays', count: 60 }],
    ['2026-01-01', '2026-03-06', { say: 'overdueMonths', count: 2 }],
    ['2025-01-01', '2025-05-07', { say: 'overdueMonths', count: 11 }],
    ['2025-01-01', '2025-05-06', { say: 'overdueYear' }],
    ['2012-01-01', '2012-05-06', { say: 'overdueYear' }],
  ]
  it.each(rows)('%s to %s', (opens, closes, timing) => {
    expect(timingOf({ opens, closes }, TODAY)).toEqual(timing)
  })
})

describe('the order of the lines', () => {
  const order = (tasks: Task[]): string[] => stopsOf(tasks, TODAY).map((stop) => stop.tasks.map((t) => t.id).join('+'))

  it('emergency, referral, mother and newborn, overdue, this week, then what has time', () => {
    expect(
      order([
        of('far', '2026-08-01', '2026-08-30'),
        of('soon', '2026-05-10', '2026-05-30'),
        dose('14 years late', 'old', '2012-01-01', '2012-02-01'),
        of('early', '2026-05-01', '2026-05-30'),
        of('home', '2026-04-01', '2026-06-30', { service: 'household_visit' }),
        of('week', '2026-05-01', '2026-05-07'),
        of('a month late', '2026-03-01', '2026-04-06'),
        of('half a year late', '2025-10-01', '2025-11-05'),
        of('mother', '2026-05-01', '2026-05-20', { service: 'postpartum' }),
        of('referral', '2026-05-01', '2026-05-08', { kind: 'referral_check', referral: 'routine' }),
        of('emergency', '2026-05-01', '2026-05-20', { kind: 'referral_check', escalation: 'E3', referral: 'urgent' }),
      ]),
    ).toEqual(['emergency', 'referral', 'mother', 'half a year late', 'a month late', 'week', 'home', 'early', '14 years late', 'soon', 'far'])
  })
  it('a missed dose stands behind every follow-up, and the fresher one first', () => {
    expect(
      order([
        dose('half a year', 'old', '2025-09-01', '2025-10-01'),
        dose('3 weeks', 'young', '2026-03-15', '2026-04-15'),
        of('follow-up', '2026-04-01', '2026-05-05'),
      ]),
    ).toEqual(['follow-up', '3 weeks', 'half a year'])
  })
  it('the doses of one child are one line, those still to come another', () => {
    const stops = stopsOf(
      [
        dose('MMR-1', 'c', '2026-04-20', '2026-05-20'),
        dose('DTaP-3', 'c', '2026-03-01', '2026-04-01'),
        dose('JE-1', 'c', '2026-05-10', '2026-06-10'),
        dose('BCG', 'c', '2022-03-01', '2022-04-01'),
        dose('other', 'd', '2026-04-20', '2026-05-20'),
      ],
      TODAY,
    )
    expect(stops.map((s) => [s.section, s.tasks.map((t) => t.id)])).toEqual([
      ['overdue', ['DTaP-3', 'MMR-1', 'BCG']],
      ['early', ['other']],
      ['soon', ['JE-1']],
    ])
  })
  it('mother and child of one house stand together', () => {
    const birth = (id: string, service: string, home: string) => of(id, '2026-05-01', '2026-05-08', { service, household_id: home })
    expect(order([birth('a', 'postpartum', '1'), birth('b', 'postpartum', '2'), birth('c', 'newborn', '1')])).toEqual(['a', 'c', 'b'])
  })
})

it('nobody is asked to visit who has died or moved away, and nothing that is done', () => {
  const people: People = {
    areas: new Map(),
    households: new Map([['h', { id: 'h', status: '1' } as Home], ['gone', { id: 'gone', status: '3' } as Home]]),
    residents: new Map([['r', { id: 'r', status: '1', merged_into: null } as Person], ['dead', { id: 'dead', status: '4', merged_into: null } as Person]]),
  }
  const home = (id: string) => of(id, '2026-04-01', '2026-06-30', { subject: { kind: 'household', id }, service: 'household_visit' })
  const day = dayOf(
    [
      of('late', '2026-04-01', '2026-05-05'),
      of('done', '2026-04-01', '2026-05-05', { state: 'completed' }),
      of('dead', '2026-04-01', '2026-05-05', { subject: { kind: 'resident', id: 'dead' } }),
      home('h'),
      home('gone'),
    ],
    { people, sites: new Map() },
    TODAY,
  )
  expect([day.overdue, day.households].map((stops) => stops.map((s) => s.tasks[0].id))).toEqual([['late'], ['h']])
})

it('a village and its open sites are worked for; not a closed school, a double, or another county', () => {
  const people = { areas: new Map([['v', {} as Area]]), households: new Map(), residents: new Map() }
  const site = (id: string, over: Partial<Site> = {}): [string, Site] => [id, { id, status: '1', merged_into: null, ...over } as Site]
  const sites = new Map([site('school'), site('closed', { status: '2' }), site('double', { merged_into: 'school' })])
  const due = (kind: 'area' | 'site', id: string) => of(id, '2026-04-01', '2026-05-08', { subject: { kind, id }, service: 'supervision_patrol' })
  const tasks = [due('area', 'v'), due('area', 'elsewhere'), due('site', 'school'), due('site', 'closed'), due('site', 'double'), due('site', 'unknown')]
  expect(dayOf(tasks, { people, sites }, TODAY).week.map((s) => s.tasks[0].id)).toEqual(['v', 'school'])
})

it('the form of a task is that of its service; a referral check has its own', () => {
  const forms = [{ key: 'referral_check' }, { key: 'bp_reading', service: 'bp_screening' }, { key: 'htn_followup', service: 'hypertension' }]
  const able = (service: string, form: string) => service === 'hypertension' && form !== 'bp_reading'
  expect(formFor({ service: 'hypertension', kind: 'follow_up' }, able, forms)).toBe('htn_followup')
  expect(formFor({ service: 'hypertension', kind: 'referral_check' }, able, forms)).toBe('referral_check')
  expect(formFor({ service: 'unknown', kind: 'visit' }, able, forms)).toBeNull()
})

describe('what is better done before a holiday', () => {
  const national = { name: { 'zh-CN': '国庆节', en: 'National Day' }, from_on: '2026-10-01', to_on: '2026-10-07' }
  const newYear = { name: { 'zh-CN': '元旦', en: 'New Year' }, from_on: '2027-01-01', to_on: '2027-01-01' }
  const tasks = ['2026-09-30', '2026-10-01', '2026-10-07', '2026-10-08', '2027-01-01'].map((closes) => of(closes, '2026-09-01', closes))
  it.each([
    ['2026-09-23', null],
    ['2026-09-24', 2],
    ['2026-09-30', 2],
    ['2026-10-01', null],
    ['2026-12-30', null],
  ])('on %s: %s', (today, count) => {
    expect(beforeHoliday(tasks, [national, newYear], today)?.count ?? null).toBe(count)
  })
  it('nothing is said when nothing falls into it', () => {
    expect(beforeHoliday([of('x', '2026-09-01', '2026-10-01', { state: 'completed' })], [national], '2026-09-28')).toBeNull()
  })
})
