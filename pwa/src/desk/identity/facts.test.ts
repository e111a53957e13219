import { describe, expect, it } from 'vitest'
import type { Duplicate, DuplicateSide } from '../../api/wire'
import { en } from '../../locales/identity/en'
import { zh } from '../../locales/identity/zh-CN'
import { factsOf, levelText, metresApart } from './facts'

function side(over: Partial<DuplicateSide['resident']>, place: DuplicateSide['place'] = null): DuplicateSide {
  return {
    resident: {
      id: 'a', household_id: null, village_code: '340828104201', relation_to_head: null, name: '李秀英', pinyin: '', initials: '', sex: '2',
      birth_date: '1956-03-02', id_no: null, phone: null, contact_name: null, contact_phone: null, mother_id: null, origin_submission_id: null,
      status: '1', merged_into: null, programmes: [], details: {}, ...over,
    },
    village: { code: '340828104201', name: '凤田村' }, household_no: null, address: null, place, visits: [],
  }
}
const pair = (a: DuplicateSide, b: DuplicateSide): Duplicate => ({ id: 'p', state: 'open', verdict: 'unsure', score: 0.5, why: [], sides: [a, b] })

describe('two files side by side', () => {
  it('mark what differs, not what one of them lacks', () => {
    const facts = factsOf(pair(side({}), side({ name: '李秀瑛', phone: '138****0001' })))
    expect(facts.filter((fact) => fact.differs).map((fact) => fact.name)).toEqual(['name'])
  })

  it('tell how far apart the homes are', () => {
    expect(metresApart(pair(side({}, { lng: 104, lat: 30 }), side({}, { lng: 104, lat: 30.001 })))).toBe(111)
    expect(metresApart(pair(side({}, { lng: 104, lat: 30 }), side({})))).toBeNull()
  })

  it('say every way of comparing in both languages', () => {
    for (const words of [zh, en]) {
      expect(levelText(words.levels, 'contact', 'phone_door')).toContain(' · ')
      expect(levelText(words.levels, 'name', 'look_alike')).not.toBe('look_alike')
    }
    expect(Object.keys(en.levels['name'] ?? {})).toEqual(Object.keys(zh.levels['name'] ?? []))
  })
})
