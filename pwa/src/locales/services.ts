/** What a service is called: from the same file as the server's sentences. */
import { service as en } from '../../../schemas/i18n/en.json'
import { service as zh } from '../../../schemas/i18n/zh-CN.json'
import type { Text } from '../api/wire'

const NAMES: { readonly [locale in keyof Text]: { readonly [service: string]: string | undefined } } = { 'zh-CN': zh, en }
const OTHER: Text = { 'zh-CN': '其他服务', en: 'Another service' }

/** A service this app has no name for is another one: its key means nothing to a doctor. */
export function serviceName(service: string): Text {
  return { 'zh-CN': NAMES['zh-CN'][service] ?? OTHER['zh-CN'], en: NAMES.en[service] ?? OTHER.en }
}
