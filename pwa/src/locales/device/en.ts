import type { zh } from './zh-CN'

export const en: typeof zh = {
  ended: {
    pin: 'Ten wrong PINs: the residents on this phone were erased. Records not sent are still here, sealed, and go out by themselves. Please sign in again.',
    revoked: 'The township has withdrawn this phone: the residents on it were erased. Records not sent are still here, sealed; they go out by themselves and the township decides about them. To use the phone again, ask the township for an enrolment code.',
    scope: 'The residents on this phone were erased before the new sign-in. Records not sent are still here, sealed, and go out by themselves.',
  },
  barred: {
    title: 'This account is closed',
    text: 'To protect the residents, reading and new forms have stopped. Drafts and unsent records are all here, and the unsent still go out. Please call the township; once it is open again, sign in here.',
  },
  signIn: 'Sign in again',
  forgot: {
    open: 'Forgotten PIN',
    title: 'Forgotten PIN',
    text: 'Sign in with account and password, then choose a new PIN. This needs a network.',
    lost: 'What the old PIN protects cannot be opened: the residents are downloaded again, unfinished drafts are lost. Finished records that were not sent are not touched and still go out.',
    password: 'The password too? Call the township: at their computer they make a one-time password for you, to be used on the next page.',
    goOn: 'To the sign-in',
    back: 'I remember it: back to the PIN',
  },
  gap: {
    title: 'Some numbers never reached the server',
    here: (numbers) => `Numbers ${numbers} of this phone did not arrive, and are not on the phone either. The browser's data may have been cleared. Please fill them in again from that day's notes and tell the township.`,
    other: (phone, numbers) => `Numbers ${numbers} of your earlier phone "${phone}" did not arrive. If you still have it, open it where there is a network.`,
  },
  update: {
    title: 'A new version is here',
    text: 'It takes a few seconds; records and drafts stay.',
    now: 'Update now',
  },
  install: {
    title: 'Put it on the home screen',
    why: 'It opens like any app, works without a network, and the phone does not clean its data away.',
    now: 'Add to the home screen',
    ios: 'In Safari tap the share button below, then "Add to Home Screen". Open it from there from now on.',
  },
  download: {
    start: 'Begin with what is here',
    startHint: (homes, people) => `${String(homes)} households and ${String(people)} residents are here: you can begin; the rest goes on in the background.`,
    going: (done, total) => `Downloading ${String(done)}/${String(total)}`,
  },
  handover: {
    title: 'No network? Hand over to the township',
    text: 'What waits becomes one file: bring it to the township by cable or messenger, and they take it in at their computer. It is sealed; only the server can open it.',
    what: (records, pictures) => `${String(records)} records, ${String(pictures)} photos`,
    stays: 'Nothing is deleted on the phone, and nothing arrives twice when it is online again.',
    give: 'Make the file',
  },
  taken: {
    title: 'What goes with the record',
    why: 'Besides what you wrote only this is taken, to show that the visit was really made. No sound, no pictures, no keys.',
    place: 'Place',
    fix: (lng, lat, metres) => `${lng} E, ${lat} N, within about ${String(metres)} m`,
    noFix: 'no place',
    begun: 'Begun',
    phone: 'Phone and version',
    seconds: (n) => `${String(n)} s`,
  },
  guide: {
    title: 'The first day in five steps',
    steps: [
      'Look at Today: what is urgent stands on top; one tap opens its form.',
      'Find somebody under People: a few characters, initials, the end of an id or telephone number.',
      'No need to save: every answer is kept at once, even when the battery dies.',
      'Press Finish at the end: also without a network, it goes out by itself later.',
      'In the evening look at the Outbox: "All sent" means that all is with the server.',
    ],
    done: 'Understood',
    again: 'Show the first steps again',
  },
  saver: {
    title: 'Data saver',
    text: 'When on, photos go only when you press "Send now"; records go by themselves as always.',
    on: 'On',
    off: 'Off',
  },
  check: 'Check this phone',
}
