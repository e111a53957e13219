/** Days, times and ages as people write them, in the language of the screen and the time of China. */
import { ageMonths, daysBetween } from '../kernel/dates'
import { formatter } from './formatter'
import { locale, type Locale } from './locale'

const ZONE = 'Asia/Shanghai'
/** A day at noon of UTC: no zone moves it into another day. */
function noon(day: string): Date {
  return new Date(`${day}T12:00:00Z`)
}

/** 2026年3月5日, 5 Mar 2026 */
export function longDay(day: string): string {
  return formatter('long', { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' }).format(noon(day))
}

/** 3月5日, 5 Mar; with the year when it is another one than that of `near`. */
export function shortDay(day: string, near: string): string {
  return day.slice(0, 4) === near.slice(0, 4)
    ? formatter('short', { timeZone: 'UTC', month: 'short', day: 'numeric' }).format(noon(day))
    : formatter('short with year', { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' }).format(noon(day))
}

/** 星期四, Thursday */
export function weekday(day: string): string {
  return formatter('weekday', { timeZone: 'UTC', weekday: 'long' }).format(noon(day))
}

/** 3月5日 10:32, on the clocks of China */
export function instant(at: string): string {
  return formatter('instant', {
    timeZone: ZONE,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at))
}

/** 10:32 today, 昨天 10:32, else the day. */
export function lately(at: string, now: number): string {
  const [day, today] = [dayOf(at), dayOf(new Date(now).toISOString())]
  const ago = daysBetween(day, today)
  const time = formatter('time', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))
  if (ago === 0) return time
  if (ago === 1) return locale.value === 'en' ? `yesterday ${time}` : `昨天 ${time}`
  return shortDay(day, today)
}

/** The day of an instant in China. */
export function dayOf(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10)
}

/** 今天, 明天, 3 天后, 2 个月后; 3 天前 */
export function fromToday(day: string, today: string): string {
  const days = daysBetween(today, day)
  const say = SPEECH[locale.value]
  if (days === 0) return say.today
  if (days === 1) return say.tomorrow
  if (days === -1) return say.yesterday
  const span = duration(Math.abs(days))
  return days > 0 ? say.ahead(span) : say.past(span)
}

/** 9 天, 5 个月, 14 年: as exact as one says it. */
export function duration(days: number): string {
  const say = SPEECH[locale.value]
  if (days < 60) return say.days(days)
  return days < 730 ? say.months(Math.round(days / 30.44)) : say.years(Math.round(days / 365.25))
}

/** 28 天, 8 个月, 2 岁 3 个月, 62 岁 */
export function age(birth: string, on: string): string {
  const say = SPEECH[locale.value]
  const months = ageMonths(birth, on)
  if (months < 1) return say.days(Math.max(daysBetween(birth, on), 0))
  if (months < 24) return say.months(months)
  const years = Math.floor(months / 12)
  return years < 6 && months % 12 > 0 ? `${say.yearsOld(years)}${say.gap}${say.months(months % 12)}` : say.yearsOld(years)
}

/** 850 米, 1.9 公里 */
export function metres(distance: number): string {
  const say = SPEECH[locale.value]
  return distance < 1000 ? say.metres(Math.round(distance)) : say.kilometres((distance / 1000).toFixed(1))
}

interface Speech {
  today: string
  tomorrow: string
  yesterday: string
  gap: string
  days: (n: number) => string
  months: (n: number) => string
  years: (n: number) => string
  yearsOld: (n: number) => string
  ahead: (span: string) => string
  past: (span: string) => string
  metres: (n: number) => string
  kilometres: (n: string) => string
}

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

const SPEECH: Record<Locale, Speech> = {
  'zh-CN': {
    today: '今天',
    tomorrow: '明天',
    yesterday: '昨天',
    gap: ' ',
    days: (n) => `${n} 天`,
    months: (n) => `${n} 个月`,
    years: (n) => `${n} 年`,
    yearsOld: (n) => `${n} 岁`,
    ahead: (span) => `${span}后`,
    past: (span) => `${span}前`,
    metres: (n) => `${n} 米`,
    kilometres: (n) => `${n} 公里`,
  },
  en: {
    today: 'today',
    tomorrow: 'tomorrow',
    yesterday: 'yesterday',
    gap: ' ',
    days: (n) => plural(n, 'day'),
    months: (n) => plural(n, 'month'),
    years: (n) => plural(n, 'year'),
    yearsOld: (n) => plural(n, 'year'),
    ahead: (span) => `in ${span}`,
    past: (span) => `${span} ago`,
    metres: (n) => `${n} m`,
    kilometres: (n) => `${n} km`,
  },
}
