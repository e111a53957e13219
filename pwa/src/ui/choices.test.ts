import { describe, expect, it } from 'vitest'
import { areShort, find, toggle, type Option } from './choices'

const SIGNS: Option[] = [
  { code: '0', label: '无' },
  { code: '1', label: '意识改变' },
  { code: '2', label: '剧烈头痛或头晕', search: 'toutong' },
  { code: '10', label: '不能处理的其他疾病' },
]

describe('several codes', () => {
  it('keep the order of the list, not of the taps', () => {
    expect(toggle(['10'], '1', SIGNS, ['0'])).toEqual(['1', '10'])
  })

  it('"none" stands alone, both ways', () => {
    expect(toggle(['1', '2'], '0', SIGNS, ['0'])).toEqual(['0'])
    expect(toggle(['0'], '2', SIGNS, ['0'])).toEqual(['2'])
  })

  it('are taken back with a second tap', () => {
    expect(toggle(['1', '2'], '1', SIGNS, ['0'])).toEqual(['2'])
    expect(toggle(['0'], '0', SIGNS, ['0'])).toEqual([])
  })

  it('keep a retired code that is no longer offered', () => {
    expect(toggle(['7'], '1', SIGNS, [])).toEqual(['1', '7'])
  })
})

describe('finding in a long list', () => {
  it('looks at label, code and search words', () => {
    expect(find(SIGNS, '头').map((each) => each.code)).toEqual(['2'])
    expect(find(SIGNS, 'TOU tong').map((each) => each.code)).toEqual(['2'])
    expect(find(SIGNS, '10').map((each) => each.code)).toEqual(['10'])
    expect(find(SIGNS, ' ')).toEqual(SIGNS)
  })
})

describe('buttons in a line', () => {
  it('only when every label is short', () => {
    expect(areShort([{ code: '1', label: '门诊' }, { code: '2', label: '家庭' }])).toBe(true)
    expect(areShort(SIGNS)).toBe(false)
    expect(areShort([{ code: '1', label: 'Clinic' }, { code: '2', label: 'Not taking any' }])).toBe(false)
  })
})
