/** Data saver: photos wait for the doctor's word, records never do. */
import { readPreference, writePreference } from '../../kernel/preferences'

/** The doctor's wish; where none was said, the browser's. */
export function savesData(): boolean {
  const wish = readPreference('data_saver')
  if (wish !== null) return wish === 'on'
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
}

export function setSavesData(on: boolean): void {
  writePreference('data_saver', on ? 'on' : 'off')
}
