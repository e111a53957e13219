import { describe, expect, it } from 'vitest'
import { briefly } from './summary'

const said = (...values: string[]) => briefly(values.map((value) => ({ label: { 'zh-CN': '', en: '' }, value: { 'zh-CN': value, en: '' } })))

describe('a record in one line', () => {
  it('joins the two pressures', () => {
    expect(said('8 天', '182 mmHg', '100 mmHg', '控制不满意')).toEqual(['8 天', '182/100 mmHg', '控制不满意'])
  })
  it('leaves one pressure, or none, alone', () => {
    expect(said('182 mmHg', '规律')).toEqual(['182 mmHg', '规律'])
    expect(said('入户见面', '')).toEqual(['入户见面'])
    expect(said()).toEqual([])
  })
})
