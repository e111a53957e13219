import { expect, it } from 'vitest'
import { surroundings } from './surroundings'

const WECHAT_ANDROID = 'Mozilla/5.0 (Linux; Android 12; M2012) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20231202 MicroMessenger/8.0.47 Language/zh_CN'
const WECHAT_IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/4G Language/zh_CN'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1'
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Safari/605.1.15'
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36'

it.each([
  [WECHAT_ANDROID, false, 5, 'wechat'],
  [WECHAT_IPHONE, false, 5, 'wechat'],
  [IPHONE, false, 5, 'ios_browser'],
  [IPHONE, true, 5, 'browser'],
  [MAC, false, 5, 'ios_browser'],
  [MAC, false, 0, 'browser'],
  [ANDROID, false, 5, 'browser'],
] as const)('%s, installed %s', (agent, installed, touches, expected) => {
  expect(surroundings(agent, installed, touches)).toBe(expected)
})
