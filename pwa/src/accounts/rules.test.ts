import { describe, expect, it } from 'vitest'
import type { Need, Session } from '../api/wire'
import { groupSecret, isSilent, nextStep, passwordProblem, readCode, spans, type Step } from './rules'

function session(...needs: Need[]): Session {
  const account = { id: 'a', login: 'li', name: '李', role: 'reviewer' as const, areas: [] }
  return { access_token: 't', expires_in: 600, account, needs }
}

describe('what comes next while signing in', () => {
  it.each<[string, Session | null, 'desk' | 'capture', Step]>([
    ['nobody', null, 'desk', 'sign_in'],
    ['a reviewer on the first day', session('second_factor_setup', 'new_password'), 'desk', 'new_password'],
    ['then', session('second_factor_setup'), 'desk', 'second_factor_setup'],
    ['then', session(), 'desk', 'open'],
    ['a doctor on the first day', session('device', 'new_password'), 'capture', 'new_password'],
    ['then', session('device'), 'capture', 'device'],
    ['a doctor looking in at the desk', session('device'), 'desk', 'open'],
  ])('%s', (_who, has, entry, step) => {
    expect(nextStep(has, entry)).toBe(step)
  })
})

describe('a new password', () => {
  it.each([
    ['short', 'short', 'too_short'],
    ['十二个字的密码十二个字的', '十二个字的密码十二个字的', null],
    ['一二三四五六七八九十', '一二三四五六七八九十', 'too_short'],
    ['a'.repeat(129), '', 'too_long'],
    ['abababababab', 'abababababab', 'same_sign'],
    ['my LiMing 2026!', 'my LiMing 2026!', 'is_login'],
    ['correct horse battery', 'correct horse', 'not_repeated'],
    ['correct horse battery', 'correct horse battery', null],
  ])('%s', (password, repeated, expected) => {
    expect(passwordProblem(password, repeated, 'liming')).toBe(expected)
  })
})

describe('codes', () => {
  it('are read as people type them', () => {
    expect(readCode(' 123 456 ')).toBe('123456')
    expect(readCode('１２３４５６')).toBe('123456')
    expect(readCode('abcd-efgh')).toBe('abcdefgh')
  })
  it('are shown in groups', () => {
    expect(groupSecret('ABCDEFGHIJ')).toBe('ABCD EFGH IJ')
    expect(groupSecret('ABCDEFGH')).toBe('ABCD EFGH')
  })
})

describe('phones', () => {
  it.each([
    [[17, 18, 19, 204], ['17–19', '204']],
    [[3, 1, 2], ['1–3']],
    [[5, 5, 7], ['5', '7']],
    [[], []],
  ])('missing numbers %j read %j', (numbers, said) => {
    expect(spans(numbers)).toEqual(said)
  })

  it('are silent after two weeks, unless they were revoked', () => {
    const now = Date.parse('2026-03-20T00:00:00Z')
    expect(isSilent('2026-03-06T00:00:00Z', null, now)).toBe(false)
    expect(isSilent('2026-03-05T23:59:59Z', null, now)).toBe(true)
    expect(isSilent(null, null, now)).toBe(true)
    expect(isSilent(null, '2026-03-01T00:00:00Z', now)).toBe(false)
  })
})
