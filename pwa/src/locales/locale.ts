/** The language of the screens: Chinese first, English second, remembered on this device. */
import { computed, ref, type ComputedRef } from 'vue'
import { readPreference, writePreference } from '../kernel/preferences'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: { code: Locale; name: string }[] = [
  { code: 'zh-CN', name: '中文' },
  { code: 'en', name: 'English' },
]

export const locale = ref<Locale>(readPreference('locale') === 'en' ? 'en' : 'zh-CN')
tellPage()

export function setLocale(next: Locale): void {
  locale.value = next
  writePreference('locale', next)
  tellPage()
}

/** Screen readers and the fonts of Han characters follow the page's language. */
function tellPage(): void {
  if (typeof document !== 'undefined') document.documentElement.lang = locale.value
}

/** A text of the server or of a form in the language of the screen. */
export function pick(text: Record<Locale, string>): string {
  return text[locale.value]
}

/** Several words after each other: 甲、乙 or a, b. */
export function list(parts: readonly string[]): string {
  return parts.join(locale.value === 'en' ? ', ' : '、')
}

/** The sentences of one part of the screen. Both languages have the same keys, or it does not compile. */
export function sentences<T>(texts: { 'zh-CN': T; en: NoInfer<T> }): ComputedRef<T> {
  return computed(() => texts[locale.value])
}
