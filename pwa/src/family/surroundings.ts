/** Where the page was opened: what a browser can do for a mother depends on it. */

export type Surroundings = 'wechat' | 'ios_browser' | 'browser'

/**
 * WeChat's own browser gets no messages and saves no files; an iPhone gets messages only after the page was
 * added to the home screen.
 *
 * @param agent navigator.userAgent
 * @param installed opened from the home screen
 * @param touches navigator.maxTouchPoints: an iPad calls itself a Macintosh
 */
export function surroundings(agent: string, installed: boolean, touches = 0): Surroundings {
  if (/MicroMessenger/i.test(agent)) return 'wechat'
  const ios = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1)
  return ios && !installed ? 'ios_browser' : 'browser'
}

export function here(): Surroundings {
  const standalone = 'standalone' in navigator && navigator.standalone === true
  const installed = standalone || matchMedia('(display-mode: standalone)').matches
  return surroundings(navigator.userAgent, installed, navigator.maxTouchPoints)
}
