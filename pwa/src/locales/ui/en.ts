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
  notANumber: 'Numbers only, please',
}
