/** Values as people say them, in the language of the screen. */
import { ageOn } from '../forms/rules/show'
import { words } from '../locales/capture'
import { shortDay } from '../locales/format'
import { formatter } from '../locales/formatter'
import type { Timing } from './rules/today'

export function ageText(birth: string, today: string): string {
  if (!birth) return ''
  const { unit, count } = ageOn(birth, today)
  return words.value.age[unit](count)
}

/** 3月6日, with the year where it is another one. */
export function dayText(day: string, today: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? shortDay(day, today) : day
}

/** 11月22日 周日, Sun 22 Nov */
export function todayText(today: string): string {
  const form = formatter('today', { timeZone: 'UTC', month: 'short', day: 'numeric', weekday: 'short' })
  return form.format(new Date(`${today}T00:00:00Z`)).replace('日周', '日 周')
}

/** 逾期 3 天, 明天截止, 最迟 12月5日 */
export function timingText(timing: Timing, today: string): string {
  const say = words.value.today
  switch (timing.say) {
    case 'overdueDays':
    case 'overdueMonths':
    case 'daysLeft':
      return say[timing.say](timing.count)
    case 'until':
    case 'from':
      return say[timing.say](dayText(timing.day, today))
    default:
      return say[timing.say]
  }
}

/** Today's moments by the clock, others with their day. */
export function momentText(ms: number, nowMs: number): string {
  const sameDay = new Date(ms).toDateString() === new Date(nowMs).toDateString()
  const time = { hour: '2-digit', minute: '2-digit' } as const
  return (sameDay ? formatter('clock', time) : formatter('moment', { month: 'short', day: 'numeric', ...time })).format(ms)
}
