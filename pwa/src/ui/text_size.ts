/** Large-text mode: one root font size, remembered on this device. */
import { ref } from 'vue'
import { readPreference, writePreference } from '../kernel/preferences'

export type TextSize = 'normal' | 'large'

export const textSize = ref<TextSize>(readPreference('text') === 'large' ? 'large' : 'normal')

/** Called once by each entry, before it mounts. */
export function applyTextSize(): void {
  document.documentElement.dataset.text = textSize.value
}

export function setTextSize(size: TextSize): void {
  textSize.value = size
  writePreference('text', size)
  applyTextSize()
}
