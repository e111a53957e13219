import type { zh } from './zh-CN'

export const en: typeof zh = {
  title: 'Identity',
  intro: 'These files may be of one person. Look at what differs, then merge or keep apart. A merge can be undone; neither file is lost.',
  empty: 'Nobody to tell apart',
  emptyText: 'Residents are compared whenever they are registered or changed; doubtful pairs come here.',
  verdicts: { same: 'very likely one', unsure: 'unsure' },
  keepThis: 'Merge, keep this one',
  keepApart: 'Not the same person',
  undo: 'Undo',
  merged: (name) => `Merged into the file of ${name}.`,
  apart: 'Kept apart; this pair will not be shown again.',
  undone: 'Undone; both files are as they were.',
  keys: 'Keys: J / K next, previous; 1 / 2 keep the left, the right one; A not the same; U undo',
  differs: 'differs',
  facts: {
    name: 'Name', sex: 'Sex', birth_date: 'Born', id_no: 'Id number', phone: 'Phone', contact: 'Contact',
    village: 'Village', address: 'Address', household: 'Household no.', programmes: 'Programmes', visits: 'Services', status: 'Status',
  },
  noVisits: 'no services',
  merges: 'merged',
  apartBy: (metres) => `${metres} m between the two places`,
  why: 'Why they were compared',
  fields: { name: 'Name', birth_date: 'Born', id_no: 'Id number', sex: 'Sex', contact: 'Phone and home' },
  levels: {
    name: {
      exact: 'equal', exact_short: 'equal (two characters, common)', sound: 'same sound', sound_short: 'same sound (two characters, common)', near_sound: 'near sound', look_alike: 'look-alike character', order: 'characters exchanged',
      part: 'a part left out', spelling: 'spelled otherwise', spelling_far: 'spelled quite otherwise', words: 'small slips in spelling', word: 'only given name or surname', no_word: 'neither given name nor surname', called: 'called-name', unnamed: 'newborn without a name',
      unnamed_one_of: 'without a name, one of several', one_differs: 'one character differs, as of siblings', given: 'another surname', surname: 'surname only', other_child: 'another child of the birth', different: 'differs', missing: 'missing',
    },
    birth_date: {
      equal: 'equal', equal_0101: 'both know the year only', by_id_no: 'equal to the date in the id number', lunar: 'lunar for solar date', swapped: 'day and month exchanged', year: 'one year apart', '0101': 'one knows the year only',
      digit: 'one digit differs', days: 'days apart', years: 'years apart', far: 'far apart', missing: 'missing',
    },
    id_no: {
      equal: 'equal', equal_other: 'equal, no identity cards', equal_alien: 'equal, but does not fit its holder', typo: 'one digit wrong or two exchanged', missing: 'one has none', conflict_alien: 'differ, one does not fit its holder',
      conflict_weak: 'differ, one is not valid', conflict_other: 'differ, no identity cards', siblings: 'differ, same day and place, as of twins', conflict: 'differ, both valid',
    },
    sex: { equal: 'equal', differs: 'differs', missing: 'missing' },
    phone: { phone: 'same phone', typo: 'phone one digit off', other: 'other phone', none: 'no phone' },
    home: { door: 'same door', street: 'same address', group: 'same group', village: 'same village', away: 'another village', nowhere: 'home unknown' },
  },
  forIt: (bits) => `for ${bits}`,
  against: (bits) => `against ${bits}`,
}
