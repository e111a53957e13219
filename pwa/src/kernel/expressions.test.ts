import { describe, expect, it } from 'vitest'
import { ExpressionDefect, Language, rewriteAnswered } from './expressions'

const language = new Language({ sbp: 'number', dbp: 'number', sex: 'text', signs: 'texts', rows: 'rows', ok: 'bool' })
const run = (source: string, bindings: Record<string, unknown> = {}) => language.compile(source).evaluate(bindings)
const value = (v: unknown) => ({ kind: 'value', value: v })
const unanswered = { kind: 'unanswered' }

describe('three-valued answers', () => {
  it.each([
    ['sbp >= 140.0 || dbp >= 90.0', { sbp: 150 }, value(true)],
    ['dbp >= 90.0 || sbp >= 140.0', { sbp: 150 }, value(true)],
    ['sbp >= 140.0 || dbp >= 90.0', { sbp: 120 }, unanswered],
    ['sbp >= 140.0 && dbp >= 90.0', { sbp: 120 }, value(false)],
    ['dbp >= 90.0 && sbp >= 140.0', { sbp: 120 }, value(false)],
    ['sex != "1"', {}, unanswered],
    ['sex != "1"', { sex: '2' }, value(true)],
    ['answered(sbp)', {}, value(false)],
    ['answered(sbp) && sbp > 100.0', {}, value(false)],
    ['answered(signs) ? double(size(signs)) : 0.0', { signs: ['1', '2'] }, value(2)],
    ['"1" in signs', { signs: ['1'] }, value(true)],
    ['signs.exists(s, s != "0")', { signs: ['0', '3'] }, value(true)],
    ['rows.all(r, r.n > 1.0)', { rows: [{ n: 2 }] }, value(true)],
    ['rows.all(r, r.n > 1.0)', { rows: [{ m: 2 }] }, unanswered],
    ['sbp > 100.0', { sbp: '150' }, unanswered],
    ['sbp > 100.0', { sbp: null }, unanswered],
  ])('%s with %j', (source, bindings, outcome) => {
    expect(run(source, bindings)).toEqual(outcome)
  })

  it('remembers nothing of an earlier call', () => {
    expect(run('sbp > 100.0', { sbp: 101 })).toEqual(value(true))
    expect(run('sbp > 100.0', {})).toEqual(unanswered)
    expect(run('sbp > 100.0', { sbp: 99 })).toEqual(value(false))
  })
})

describe('defects', () => {
  it('a result that is not finite is a defect, not a value', () => {
    expect(run('sbp / dbp', { sbp: 1, dbp: 0 }).kind).toBe('defect')
  })
  it('a day that does not exist is a defect when everything is answered', () => {
    expect(run('add_days(sex, 1.0)', { sex: '2026-02-30' }).kind).toBe('defect')
  })
  it.each(['sbp >', 'pulse > 1.0', 'sbp > "a"', 'unknown_function(sbp)', 'sbp + 1'])('%s does not compile', (source) => {
    expect(() => language.compile(source)).toThrow(ExpressionDefect)
  })
})

describe('answered()', () => {
  it.each([
    ['answered(a)', 'answered__a'],
    ['answered( a ) && !answered(b)', 'answered__a && !answered__b'],
    ['x == "answered(a)"', 'x == "answered(a)"'],
    ["x == 'it\\'s answered(a)' || answered(a)", "x == 'it\\'s answered(a)' || answered__a"],
    ['unanswered(a)', 'unanswered(a)'],
  ])('%s', (source, written) => {
    expect(rewriteAnswered(source)).toBe(written)
  })
})

describe('own functions', () => {
  it.each([
    ['round1(24.25)', 24.3],
    ['round1(-24.25)', -24.3],
    ['round_half_up(2.5)', 3],
    ['text(140.0)', '140'],
    ['text(36.6)', '36.6'],
    ['quarter("2026-09-30")', '2026Q3'],
    ['period_end("2026-02-10", 3.0)', '2026-03-31'],
    ['add_months("2026-01-31", 1.0)', '2026-02-28'],
    ['age_years("2004-02-29", "2026-02-28")', 22],
    ['id_no_valid("11010519491231002x")', true],
    ['id_no_valid("65010219990229001X")', false],
    ['id_no_birth("530102199205080116")', '1992-05-08'],
    ['id_no_sex("530102199205080116")', '1'],
    ['phone_valid("+86 138-1234-5678")', true],
    ['phone_valid("12345")', false],
  ])('%s is %s', (source, expected) => {
    expect(run(source)).toEqual(value(expected))
  })
})
