import { afterEach, describe, expect, it } from 'vitest'
import { age, dayOf, duration, fromToday, instant, lately, longDay, metres, shortDay, weekday } from './format'
import { locale } from './locale'

afterEach(() => {
  locale.value = 'zh-CN'
})

describe('in Chinese', () => {
  it('days', () => {
    expect(longDay('2026-03-05')).toBe('2026年3月5日')
    expect(shortDay('2026-03-05', '2026-11-01')).toBe('3月5日')
    expect(shortDay('2025-03-05', '2026-11-01')).toBe('2025年3月5日')
    expect(weekday('2026-03-05')).toBe('星期四')
  })

  it('instants, on the clocks of China whatever the computer says', () => {
    expect(instant('2026-03-05T16:30:00.000Z')).toBe('3月6日 00:30')
    expect(dayOf('2026-03-05T16:30:00.000Z')).toBe('2026-03-06')
    const now = Date.parse('2026-03-07T01:00:00Z')
    expect(lately('2026-03-06T17:05:00.000Z', now)).toBe('01:05')
    expect(lately('2026-03-05T17:05:00.000Z', now)).toBe('昨天 01:05')
    expect(lately('2026-03-01T17:05:00.000Z', now)).toBe('3月2日')
  })

  it.each([
    ['2026-03-05', '今天'],
    ['2026-03-06', '明天'],
    ['2026-03-04', '昨天'],
    ['2026-03-12', '7 天后'],
    ['2026-02-05', '28 天前'],
    ['2026-09-05', '6 个月后'],
    ['2032-03-05', '6 年后'],
  ])('%s is %s', (day, said) => {
    expect(fromToday(day, '2026-03-05')).toBe(said)
  })

  it.each([
    ['2026-03-01', '4 天'],
    ['2025-07-05', '8 个月'],
    ['2023-12-05', '2 岁 3 个月'],
    ['2023-03-05', '3 岁'],
    ['1964-01-01', '62 岁'],
  ])('born %s is %s old', (birth, said) => {
    expect(age(birth, '2026-03-05')).toBe(said)
  })

  it.each([
    [1, '1 天'],
    [59, '59 天'],
    [60, '2 个月'],
    [5124, '14 年'],
  ])('%i days are %s', (days, said) => {
    expect(duration(days)).toBe(said)
  })

  it('distances', () => {
    expect(metres(34.6)).toBe('35 米')
    expect(metres(1850)).toBe('1.9 公里')
  })
})

describe('in English', () => {
  it('follows the language of the screen', () => {
    locale.value = 'en'
    expect(longDay('2026-03-05')).toBe('5 Mar 2026')
    expect(fromToday('2026-03-12', '2026-03-05')).toBe('in 7 days')
    expect(fromToday('2026-05-05', '2026-03-05')).toBe('in 2 months')
    expect(age('2026-02-05', '2026-03-05')).toBe('1 month')
    expect(metres(1850)).toBe('1.9 km')
  })
})
