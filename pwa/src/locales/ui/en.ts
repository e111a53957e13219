import type { zh } from './zh-CN'

export const en: typeof zh = {
  optional: 'optional',
  choose: 'Choose',
  search: 'Type to search',
  nothingFound: 'Nothing found, try another word',
  clear: 'Clear',
  close: 'Close',
  yes: 'Yes',
  no: 'No',
  scan: 'Scan',
  scanHint: 'Hold the code in the middle of the picture, close to the phone',
  noCamera: 'The camera did not open (perhaps it is not allowed). Please type the number.',
  signHere: 'Please sign inside the frame with a finger',
  undo: 'Undo last line',
  clearAll: 'Start again',
  done: 'Done',
  notANumber: 'Numbers only, please',
}
