/** The text that the village's loudspeaker reads, and its WeChat group: no names, no numbers of children. */
import type { Locale } from '../locale'

export interface Broadcast {
  readonly village: string
  readonly vaccines: readonly string[]
  readonly day: { readonly starts: string; readonly ends: string; readonly place: string } | null
  readonly clinic: string
  readonly phone: string
}

export const broadcast: Record<Locale, (said: Broadcast, day: string) => string> = {
  'zh-CN': ({ village, vaccines, day, clinic, phone }, when) =>
    [
      `【预防接种通知】${village}的各位家长：`,
      vaccines.length > 0 ? `近期有孩子该接种：${vaccines.join('、')}。` : '',
      day ? `接种时间：${when} ${day.starts}–${day.ends}；地点：${day.place}。` : `请到${clinic}接种。`,
      '请带上孩子和预防接种证；孩子发热或不舒服的，先打电话问医生。由医生评估后接种，免疫规划疫苗免费。',
      phone ? `咨询电话：${phone}。` : '',
      '外来暂住的孩子一样可以来。',
    ].filter(Boolean).join('\n'),
  en: ({ village, vaccines, day, clinic, phone }, when) =>
    [
      `[Vaccination] To the parents of ${village}:`,
      vaccines.length > 0 ? `Children are due for: ${vaccines.join(', ')}.` : '',
      day ? `When: ${when}, ${day.starts}–${day.ends}. Where: ${day.place}.` : `Please come to ${clinic}.`,
      'Bring your child and the vaccination certificate. If your child has a fever or is unwell, call first. The doctor examines your child before vaccinating; programme vaccines are free.',
      phone ? `Questions: ${phone}.` : '',
      'Children who live here for a while are welcome too.',
    ].filter(Boolean).join('\n'),
}
