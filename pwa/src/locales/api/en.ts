import type { zh } from './zh-CN'

export const en: typeof zh = {
  offline: 'There is no network now. What you filled in is kept; try again when it is back.',
  timeout: 'The server did not answer for 20 seconds. Nothing is lost; try again in a while.',
  not_our_server: 'The answer did not come from our server; this may be a Wi-Fi that asks for a sign-in. Try another network.',
  server_trouble: 'The server has a problem at the moment. Nothing is lost; try again in a while.',
  unexpected: 'Something went wrong on this page. Nothing is lost; reload and try again.',
  request: (id: string) => `Request ${id}`,
}
