/** Small wishes of this device (language, text size). Nothing about a person belongs here. */

/** Nothing where the browser closes its storage to us (private windows, tests). */
function storage(): Storage | null {
  try {
    return (globalThis as { localStorage?: Storage }).localStorage ?? null
  } catch {
    return null
  }
}

export function readPreference(name: string): string | null {
  return storage()?.getItem(`suifang.${name}`) ?? null
}

/** Remembered if it can be: the screen follows the wish either way. */
export function writePreference(name: string, value: string): void {
  try {
    storage()?.setItem(`suifang.${name}`, value)
  } catch {
    // A full storage must not keep anybody from changing the language.
  }
}
