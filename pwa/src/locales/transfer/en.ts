import type { zh } from './zh-CN'

export const en: typeof zh = {
  open: 'Transfer a village',
  title: 'Give a village to another doctor',
  text: 'Households, tasks and sync go along. The first phone loses the village at its next sync; what it has not sent yet is kept sealed for the township.',
  village: 'Village',
  to: 'New doctor',
  reasons: ['Retired', 'Moved post', 'Areas rearranged'],
  confirm: 'Transfer',
}
