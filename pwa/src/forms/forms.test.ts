import { describe, expect, it } from 'vitest'
import type { Answers, Household } from '../api/wire'
import { readBundle } from '../../dev/schemas'
import { ExpressionDefect } from '../kernel/expressions'
import { compileForm } from './rules/compile'
import { evaluate } from './rules/evaluate'
import { editable, firstValues, settled } from './rules/fill'
import type { FieldItem, FormBundle, Item } from './model'
import { answerText, codesOf, isOffered, labelsAt } from './rules/show'
import { violations } from './rules/validate'

const text = (s: string) => ({ 'zh-CN': s, en: s })
const field = (name: string, control: FieldItem['control'], rest: Partial<FieldItem> = {}): FieldItem => ({
  field: name,
  control,
  label: text(name),
  ...rest,
})
const number = { type: 'number' }
const code = (...codes: string[]) => ({ type: 'string', enum: codes })

function bundle(items: Item[], properties: Record<string, object>, checks: FormBundle['ui']['checks'] = []): FormBundle {
  return {
    key: 'bp',
    version: 1,
    form: {
      key: 'bp', version: 1, title: text('BP'), subject: 'resident', visit_date: 'visit_date', source: 'engineering',
      offer: 'age_years(resident_birth_date, today) >= 35.0',
    },
    schema: { type: 'object', additionalProperties: false, properties },
    ui: { pages: [{ id: 'main', title: text('Main'), items }], checks },
    codes: {},
  }
}

const context = { today: '2026-05-06', resident_birth_date: '1960-01-01', resident_sex: '1', resident_programmes: [] }
const form = compileForm(
  bundle(
    [
      field('outcome', 'choice', { required: true }),
      {
        group: 'clinical', label: text('c'), visible: 'outcome == "1"', unchanged: true,
        items: [
          field('sbp', 'number', { required: true, soft: { min: 90, max: 180 } }),
          field('dbp', 'number', { required: 'outcome == "1"' }),
          field('height', 'number', { prefill: { from: 'last' } }),
          field('weight', 'number'),
          field('bmi', 'computed', { compute: 'round1(weight / (height / 100.0) / (height / 100.0))' }),
        ],
      },
      field('high', 'yes_no', { visible: 'sbp >= 140.0 || dbp >= 90.0' }),
      field('phone', 'text', { prefill: { from: 'resident' }, private: true }),
      field('next', 'date', { default: 'add_months(today, 3.0)', soft: { max: 'add_days(today, 120.0)' } }),
      {
        repeat: 'medications', label: text('m'), required: 'high',
        items: [field('drug', 'text', { required: true }), field('times', 'number'), field('unit', 'choice', { visible: 'times > 1.0' })],
      },
    ],
    {
      outcome: code('1', '2'), sbp: { type: 'integer', minimum: 50, maximum: 300 }, dbp: { type: 'integer', minimum: 30, maximum: 200 },
      height: number, weight: number, bmi: number, high: { type: 'boolean' }, phone: { type: 'string', maxLength: 20 },
      next: { type: 'string', format: 'date' },
      medications: {
        type: 'array', maxItems: 3,
        items: { type: 'object', additionalProperties: false, properties: { drug: { type: 'string' }, times: number, unit: code('1', '2') } },
      },
    },
    [
      { id: 'order', check: 'dbp < sbp', level: 'hard', fields: ['dbp', 'sbp'], message: text('dbp below sbp') },
      { id: 'pressure', check: 'sbp - dbp >= 20.0', level: 'soft', fields: ['sbp', 'dbp'], message: text('look again') },
      { id: 'often', check: 'times <= 4.0', level: 'soft', in: 'medications', fields: ['times'], message: text('often') },
    ],
  ),
)
const look = (answers: Answers) => evaluate(form, answers, context)
const wrong = (answers: Answers, confirmed: string[] = []) =>
  violations(form, answers, look(answers), confirmed).map((v) => `${v.path} ${v.code}`).sort()

describe('one pass', () => {
  it('an unknown outcome opens nothing and asks for the outcome only', () => {
    expect([...look({}).shown].sort()).toEqual(['medications', 'next', 'outcome', 'page:main', 'phone'])
    expect(wrong({})).toEqual(['outcome required'])
  })
  it('a hidden field counts as unanswered for everything after it, and does not leave the phone', () => {
    const seen = look({ outcome: '2', sbp: 182, dbp: 100, phone: '1' })
    expect(seen.answers).toEqual({ outcome: '2', phone: '1' })
    expect(seen.shown.has('high')).toBe(false)
    expect(seen.hidden).toEqual(['sbp', 'dbp'])
  })
  it('one known high value is enough', () => {
    expect(look({ outcome: '1', sbp: 182 }).shown.has('high')).toBe(true)
    expect(look({ outcome: '1', sbp: 120 }).shown.has('high')).toBe(false)
  })
  it('computes, and takes no word for it', () => {
    expect(look({ outcome: '1', weight: 70, height: 170 }).answers['bmi']).toBe(24.2)
    expect(look({ outcome: '1', weight: 70 }).answers).not.toHaveProperty('bmi')
    expect(wrong({ outcome: '1', sbp: 120, dbp: 80, weight: 70, height: 170, bmi: 20 })).toEqual(['bmi computed'])
  })
  it('rows have paths of their own', () => {
    const answers = { outcome: '1', sbp: 150, dbp: 80, high: true, medications: [{ drug: 'a', times: 6 }, { times: 1, unit: '1' }] }
    expect(wrong(answers)).toEqual(['medications.0.times unconfirmed:often', 'medications.1.drug required', 'medications.1.unit hidden'])
    expect(look(answers).answers['medications']).toEqual([{ drug: 'a', times: 6 }, { times: 1 }])
    expect(wrong({ outcome: '1', sbp: 150, dbp: 80, high: true })).toEqual(['medications required'])
  })
})

describe('what is wrong', () => {
  it.each<[string, Answers, string[], string[]]>([
    ['hard range', { outcome: '1', sbp: 301, dbp: 80 }, ['sbp'], ['sbp maximum']],
    ['soft range', { outcome: '1', sbp: 182, dbp: 100 }, [], ['sbp unconfirmed:soft']],
    ['confirmed', { outcome: '1', sbp: 182, dbp: 100 }, ['sbp'], []],
    ['a computed limit', { next: '2027-01-01', outcome: '2' }, [], ['next unconfirmed:soft']],
    ['hard check', { outcome: '1', sbp: 80, dbp: 90 }, ['sbp'], ['dbp check:order']],
    ['soft check', { outcome: '1', sbp: 100, dbp: 90 }, [], ['sbp unconfirmed:pressure']],
    ['type', { outcome: '1', sbp: 120.5, dbp: 80 }, [], ['sbp type']],
    ['format', { outcome: '2', next: '2026-02-30' }, [], ['next format']],
    ['enum', { outcome: '7' }, [], ['outcome enum']],
    ['unknown', { outcome: '2', secret: 1 }, [], ['secret unknown_field']],
    ['length', { outcome: '2', phone: '1'.repeat(21) }, [], ['phone length']],
  ])('%s', (_name, answers, confirmed, expected) => {
    expect(wrong(answers, confirmed)).toEqual(expected)
  })
  it('an undefined member is no member', () => {
    expect(wrong({ outcome: '2', phone: undefined } as unknown as Answers)).toEqual([])
  })
})

describe('first values', () => {
  const resident = { phone: '13800000000', details: {} } as never
  it('an update of a household starts with what is known of it', () => {
    const bundle = readBundle('household')
    if (!bundle) throw new Error('no form')
    const household: Household = {
      id: 'h1', no: '1001', village_code: '469999101201', address: '二组 3 号', group_name: '二组', head_name: '王大勇', phone: '13812345678',
      place: { lng: 109.7, lat: 27.4 }, status: '1', responsible_worker_id: null, details: { water_source: '1', population_resident: 4 },
    }
    const known = firstValues(compileForm(bundle), { last: null, resident: null, household, site: null, sitting: [], task: null }).answers
    expect(known).toEqual({
      village_code: '469999101201', household_no: '1001', group_name: '二组', address: '二组 3 号', home_location: { lng: 109.7, lat: 27.4 },
      head_name: '王大勇', phone: '13812345678', population_resident: 4, status: '1', water_source: '1',
    })
  })
  it('prefills stable facts, and offers a group behind one tap', () => {
    const first = firstValues(form, { last: { height: 170, sbp: 150 }, resident, household: null, site: null, sitting: [], task: null })
    expect(first.answers).toEqual({ phone: '13800000000' })
    expect(first.offered).toEqual({ 'group:clinical': { height: 170 } })
  })
  it('a default follows its expression until somebody touches the field', () => {
    expect(settled(form, {}, context, []).answers).toEqual({ next: '2026-08-06' })
    const later = { ...context, today: '2026-06-06' }
    expect(settled(form, { next: '2026-08-06' }, later, []).answers).toEqual({ next: '2026-09-06' })
    expect(settled(form, {}, context, ['next']).answers).toEqual({})
  })
  it('a recorded form becomes editable without its computed values', () => {
    expect(editable(form, { weight: 70, height: 170, bmi: 24.2 })).toEqual({ weight: 70, height: 170 })
  })
})

describe('offer and codes', () => {
  it('is offered to whom it concerns', () => {
    expect(isOffered(form, context)).toBe(true)
    expect(isOffered(form, { ...context, resident_birth_date: '2000-01-01' })).toBe(false)
    expect(isOffered(form, { today: '2026-05-06' })).toBe(false)
  })
  it('a retired code is offered only where it stands', () => {
    const item = field('x', 'choice', { codes: 'list' })
    const codes = { list: { name: 'list', codes: [{ code: '1', label: text('a') }, { code: '2', label: text('b'), retired: true }] } }
    const made = { ...form.bundle, codes }
    expect(codesOf(made, item, []).map((c) => c.code)).toEqual(['1'])
    expect(codesOf(made, item, ['2']).map((c) => c.code)).toEqual(['1', '2'])
  })
})

describe('a choice that depends on another', () => {
  const made = compileForm({
    ...bundle(
      [
        field('town', 'choice', { codes: 'towns' }),
        field('village', 'choice', { codes: 'villages', where: { town: 'town' }, required: true, required_message: text('which village?') }),
      ],
      { town: code('n', 's'), village: code('n1', 'n2', 's1', 'b1') },
    ),
    codes: {
      towns: { name: 'towns', codes: [{ code: 'n', label: text('N') }, { code: 's', label: text('S') }] },
      villages: {
        name: 'villages',
        codes: [
          { code: 'n1', label: text('N1'), columns: { town: 'n' } }, { code: 'n2', label: text('N2'), columns: { town: 'n' } },
          { code: 's1', label: text('S1'), columns: { town: 's' } }, { code: 'b1', label: text('B1'), columns: { town: ['n', 's'] } },
        ],
      },
    },
  })
  const seen = (answers: Answers) => evaluate(made, answers, context)
  const offered = (answers: Answers) => [...(seen(answers).codesOffered.get('village') ?? [])]

  it('offers the codes whose column says so, and none before the other is answered', () => {
    expect(offered({ town: 'n' })).toEqual(['n1', 'n2', 'b1'])
    expect(offered({ town: 's' })).toEqual(['s1', 'b1'])
    expect(offered({})).toEqual([])
  })
  it('an answer that is no longer offered is told, counts, and can be taken back', () => {
    const moved = { town: 's', village: 'n1' }
    expect(violations(made, moved, seen(moved), [])).toEqual([{ path: 'village', code: 'enum' }])
    expect(seen(moved).answers).toEqual(moved)
    const item = made.fields.get('village') ?? field('village', 'choice')
    expect(codesOf(made.bundle, item, ['n1'], new Set(offered(moved))).map((c) => c.code)).toEqual(['n1', 's1', 'b1'])
  })
  it('says in its own words that it is missing', () => {
    expect(seen({ town: 's' }).failed).toEqual([{ path: 'village', code: 'required', message: text('which village?') }])
  })
})

it('writes a place as a map takes it', () => {
  expect(answerText(form.bundle, field('home', 'place'), { lng: 116.474689, lat: 30.919779 }).en).toBe('30.91978, 116.47469')
})

it('names a path for the list of what is missing', () => {
  expect(labelsAt(form.bundle, 'sbp')).toEqual([text('sbp')])
  expect(labelsAt(form.bundle, 'medications.1.drug')).toEqual([text('m'), 1, text('drug')])
  expect(labelsAt(form.bundle, 'nothing')).toEqual([])
})

it('a form with a wrong expression is not used', () => {
  expect(() => compileForm(bundle([field('a', 'number', { visible: 'b > 1.0' })], { a: number }))).toThrow(ExpressionDefect)
})
