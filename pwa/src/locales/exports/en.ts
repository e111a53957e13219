import type { zh } from './zh-CN'

export const en: typeof zh = {
  title: 'Export',
  intro: 'Before records leave the system, ask whether they have to. Who exported what, when and why is recorded; every row carries the id of its export.',
  form: 'Form',
  from: 'Visit date from',
  to: 'to',
  area: 'Area',
  format: 'Format',
  xlsx: 'Excel workbook (a sheet for each repeat, and the codes)',
  csv: 'CSV (a leading apostrophe marks a text that a spreadsheet would take for a formula or a number)',
  names: 'With name, sex and birth date',
  namesHint: 'Without it no names are in the file; id numbers and telephones never are.',
  reason: 'Why',
  reasonHint: 'At least 3 characters, such as "summary of the third quarter".',
  take: 'Export',
  done: (name: string) => `Exported: ${name}`,
}
