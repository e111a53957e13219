import type { zh } from './zh-CN'

export const en: typeof zh = {
  open: 'New boundaries',
  title: 'New boundaries',
  text: 'A GeoJSON file in WGS-84; each feature has its 12-digit area code among its properties (code). It is checked first and kept only when nothing is wrong; visits that come later are placed by it.',
  file: 'Choose a file',
  notGeoJson: 'There are no GeoJSON features in this file; nothing was uploaded.',
  source: 'Source',
  sourceHint: 'Such as “County land office 2026”',
  found: (count, fresh) => `${count} areas, ${fresh} of them without a boundary before`,
  wrong: (count) => (count === 1 ? 'One thing is wrong; nothing was kept' : `${count} things are wrong; nothing was kept`),
  keep: 'Keep boundaries',
  kept: (count) => `The boundaries of ${count} areas are kept`,
  feature: (at) => `Feature ${at}`,
  mistakes: {
    no_code: () => 'has no 12-digit area code',
    unknown_area: (code) => `${code} is no area of this county`,
    twice: () => 'the same area comes twice',
    not_an_area: () => 'is no polygon',
    crosses_itself: (_code, detail) => `its line crosses itself: ${detail}`,
    not_in_china: () => 'lies outside China: latitude and longitude may be exchanged',
    overlaps: (_code, detail, percent) => `overlaps ${detail} by ${percent}%`,
  },
}
