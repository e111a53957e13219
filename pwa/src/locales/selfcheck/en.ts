import type { zh } from './zh-CN'

export const en: typeof zh = {
  title: 'Check this phone',
  intro: 'Nothing here is about a resident: it can be sent to the township\'s support.',
  good: 'fine',
  copy: 'Copy the result',
  copied: 'Copied',
  share: 'Send to support',
  checks: {
    storage: 'Kept for long', room: 'Room left', used: 'Used by this app', clock: 'Clock', place: 'Location', push: 'Notifications', offline: 'Files for offline use', contact: 'Last contact',
    unsent: 'Not sent', refused: 'To be looked at', gaps: 'Missing numbers', damaged: 'Cannot be opened', version: 'Version of the app', server: 'Data of the server', device: 'Device', browser: 'Browser',
  },
  hints: {
    storage: 'The browser has not promised to keep the data. Put the app on the home screen and send soon.',
    room: 'The phone is nearly full. Please delete some photos or videos.',
    clock: 'Please turn on "set time automatically" in the phone\'s settings.',
    place: 'Location is not allowed. Allow it in the browser\'s site settings; records are saved without it too.',
    push: 'No notifications. Tasks still show under Today.',
    offline: 'The files for offline use are not ready. Connect, wait a minute and look again.',
    contact: 'Please connect to a network soon.',
    unsent: 'Connect to a network: records go out by themselves.',
    refused: 'Please look into the outbox.',
    gaps: 'The outbox says which numbers are missing.',
    damaged: 'Some entries do not open; all others work as usual. Nothing was deleted, and the next change from the server mends them. Please send this check to support.',
  },
  never: 'never',
  minutes: (n) => `about ${String(n)} minutes off`,
  megabytes: (n) => `${String(n)} MB`,
  permission: { granted: 'allowed', denied: 'not allowed', prompt: 'not asked yet', default: 'not asked yet', missing: 'not there' },
  yes: 'yes',
  no: 'no',
}
