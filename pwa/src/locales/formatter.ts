/** How the browser writes days and times, in the language of the screen. */
import { locale } from './locale'

const made = new Map<string, Intl.DateTimeFormat>()

/**
 * Made once and kept: making one costs a slow phone a hundred times what using it does.
 *
 * @param name one for each set of options
 */
export function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale.value} ${name}`
  const known = made.get(key)
  if (known) return known
  const fresh = new Intl.DateTimeFormat(locale.value === 'en' ? 'en-GB' : 'zh-CN', options)
  made.set(key, fresh)
  return fresh
}
