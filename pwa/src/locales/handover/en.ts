import type { zh } from './zh-CN'

export const en: typeof zh = {
  open: 'Take in a phone\'s file',
  title: 'Take in a phone\'s file',
  text: 'A phone that cannot go online saves what waits as a file (Outbox). It is sealed: only the server can open it. The same file taken twice counts once.',
  choose: 'Choose the file',
  reading: (name) => `Taking in ${name}`,
  whose: (worker, device) => `Phone of ${worker} · ${device}`,
  done: (records, pictures) => `Done: ${String(records)} records, ${String(pictures)} photos.`,
  tell: 'Please tell the doctor that it arrived. Nothing needs to be deleted on the phone; nothing is counted twice when it goes online.',
  anew: 'Take in another file',
  again: 'Go on',
  number: (seq) => `No. ${String(seq)}`,
  unnamed: 'Record',
  pictures: (taken, all) => `Photos ${String(taken)}/${String(all)}`,
  refusedPictures: (n) => `${String(n)} photos were not taken. They are still on the phone, which will send them.`,
  status: {
    stored: 'taken', replayed: 'taken before', held: 'taken, waits for a registration', quarantined: 'sealed: please look under Quarantine', conflict: 'same number, other content: both kept',
    deleted: 'was voided before: sealed', invalid: 'cannot be used: a copy is kept', failed: 'server error, not taken: please try again',
  },
  problem: {
    not_a_handover: 'This is no file made by a Suifang phone; nothing was taken. Its name begins with suifang- and ends in .jsonl.',
    broken: (line) => `The file is broken from line ${String(line)} on; what stands before was taken. Please have the phone make the file again.`,
    elsewhere: 'This phone belongs to doctors outside of your area; nothing was taken. Its own township, or the county, can take it.',
  },
}
