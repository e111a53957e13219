/** What a service is called: from the same file as the server's sentences. */
import { kind as enKind, service as en } from '../../../schemas/i18n/en.json'
import { kind as zhKind, service as zh } from '../../../schemas/i18n/zh-CN.json'
import type { Task, Text } from '../api/wire'

const NAMES: { readonly [locale in keyof Text]: { readonly [service: string]: string | undefined } } = { 'zh-CN': zh, en }
const OTHER: Text = { 'zh-CN': '其他服务', en: 'Another service' }

/** A service this app has no name for is another one: its key means nothing to a doctor. */
export function serviceName(service: string): Text {
  return { 'zh-CN': NAMES['zh-CN'][service] ?? OTHER['zh-CN'], en: NAMES.en[service] ?? OTHER.en }
}

const CHECK: Text = { 'zh-CN': zhKind.referral_check, en: enKind.referral_check.replace(/^./, (first) => first.toUpperCase()) }

/** What is to be done: a referral is checked, whichever service made it; else the service by its title. */
export function taskName(task: Pick<Task, 'service' | 'kind'>, title: Text | undefined): Text {
  return task.kind === 'referral_check' ? CHECK : (title ?? serviceName(task.service))
}
