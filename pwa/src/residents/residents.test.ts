import { describe, expect, it } from 'vitest'
import { newbornId } from '../kernel/ids'
import type { Home, Person } from './model'
import { afterOutcome, newborns, toHousehold, toResident } from './rules/register'
import { likelySame } from './rules/same'
import { buildIndex, search } from './rules/search'

const home: Home = {
  id: 'h1', no: '1001', village_code: 'v1', address: '', group_name: null, head_name: '王大勇', phone: null, place: null, status: '1',
  responsible_worker_id: null, details: {},
}
function person(over: Partial<Person> = {}): Person {
  return {
    id: 'r1', household_id: 'h1', village_code: 'v1', relation_to_head: null, name: '王秀英', pinyin: 'wang xiu ying', initials: 'wxy', sex: '2',
    birth_date: '1960-01-01', id_no: '530102196001010025', phone: '13812345678', contact_name: null, contact_phone: '13900001111', mother_id: null,
    origin_submission_id: null, status: '1', merged_into: null, programmes: [], details: {}, ...over,
  }
}

describe('search', () => {
  const index = buildIndex(
    [
      person(),
      person({ id: 'r2', name: '单小红', pinyin: 'shan xiao hong', initials: 'sxh', id_no: null, phone: null, contact_phone: null, household_id: null }),
      person({ id: 'r3', name: '王秀英', status: '4', phone: null, id_no: null, contact_phone: null, household_id: null }),
      person({ id: 'r4', name: '新来的', pinyin: '', initials: '', phone: null, id_no: null, contact_phone: null, household_id: null }),
    ],
    new Map([['h1', home]]),
  )
  const ids = (query: string) => search(index, query).map((hit) => hit.resident.id)
  it.each([
    ['王秀英', ['r1', 'r3']], ['秀英', ['r1', 'r3']], ['wxy', ['r1', 'r3']], ['WX', ['r1', 'r3']], ['wangxiu', ['r1', 'r3']], ['wang xiu', ['r1', 'r3']],
    ['shan', ['r2']], ['hong', ['r2']], ['0025', ['r1']], ['5678', ['r1']], ['1111', ['r1']], ['1001', ['r1']], ['５６７８', ['r1']], ['新来', ['r4']],
    ['wangxy', ['r1', 'r3']], ['wxiuying', ['r1', 'r3']], ['w xiu y', ['r1', 'r3']], ['xiuy', ['r1', 'r3']], ['xy', ['r1', 'r3']], ['wy', []],
    ['王 1001', ['r1']], ['秀英 5678', ['r1']], ['wang 0025', ['r1']], ['王 5679', []], ['100', ['r1']],
    ['', []], ['赵', []], ['8', []], ['x', []],
  ])('%s', (query, expected) => {
    expect(ids(query)).toEqual(expected)
  })
  it('puts a name before those that only sound alike, and equals as they are spoken', () => {
    const people = [
      person({ id: 'a', name: '李旺', pinyin: 'li wang', initials: 'lw' }), person({ id: 'b', name: '王林', pinyin: 'wang lin', initials: 'wl' }),
      person({ id: 'c', name: '王安', pinyin: 'wang an', initials: 'wa' }), person({ id: 'd', name: '王', pinyin: 'wang', initials: 'w' }),
    ]
    expect(search(buildIndex(people, new Map()), 'wang').map((hit) => hit.resident.id)).toEqual(['d', 'c', 'b', 'a'])
  })
  it('is quick among 20,000', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => person({ id: String(i), name: `王${String(i)}`, phone: `138${String(i).padStart(8, '0')}` }))
    const big = buildIndex(many, new Map([['h1', home]]))
    const from = performance.now()
    expect(search(big, '19999')[0]?.resident.id).toBe('19999')
    expect(performance.now() - from).toBeLessThan(250)
  })
})

describe('likely the same person', () => {
  const known = [person(), person({ id: 'r5', id_no: null })]
  it.each([
    [{ id_no: '53010219600101002５' }, []],
    [{ id_no: '530102196001010025', name: '别人' }, []],
    [{ name: '王秀英', birth_date: '1960-01-01', village_code: 'v1' }, ['r1 name_birth_village', 'r5 name_birth_village']],
    [{ name: '王秀英', birth_date: '1960-01-02', village_code: 'v1' }, []],
    [{ name: '王秀英', birth_date: '1960-01-01', village_code: 'v2' }, []],
    [{ id: 'r1', name: '王秀英', birth_date: '1960-01-01', village_code: 'v1' }, ['r5 name_birth_village']],
    [{}, []],
  ])('%j', (newcomer, expected) => {
    expect(likelySame(newcomer, known).map((l) => `${l.resident.id} ${l.why}`)).toEqual(expected)
  })
  it('a valid id number is enough', () => {
    const one = person({ id_no: '11010519491231002X' })
    expect(likelySame({ id_no: '11010519491231002x' }, [one]).map((l) => l.why)).toEqual(['id_no'])
    expect(likelySame({ id_no: '11010519491231002X' }, [{ ...one, merged_into: 'r9' }])).toEqual([])
  })
})

describe('registration', () => {
  it('answers become a household', () => {
    const made = toHousehold('h9', { household_no: '77', address: '二组 3 号', head_name: '李四', home_location: { lng: 109, lat: 27 }, water_source: '1' },
      { no: 'household_no', address: 'address', head_name: 'head_name', place: 'home_location' }, 'v1', 'w1', null)
    expect(made).toMatchObject({ no: '77', village_code: 'v1', head_name: '李四', place: { lng: 109, lat: 27 }, status: '1', responsible_worker_id: 'w1', details: { water_source: '1' } })
  })
  it('an update keeps what it does not mention, and pinyin only for the same name', () => {
    const map = { name: 'name', phone: 'phone' }
    expect(toResident('r1', { name: '王秀英', phone: '1' }, map, { household_id: 'h1', village_code: 'v1' }, person())).toMatchObject({ pinyin: 'wang xiu ying', phone: '1', sex: '2' })
    expect(toResident('r1', { name: '王秀兰' }, map, { household_id: 'h1', village_code: 'v1' }, person())).toMatchObject({ name: '王秀兰', pinyin: '' })
  })
  it('newborns have the ids the server gives them, and live with their mother', () => {
    const [first, second] = newborns('s1', [{ sex: '1' }, { sex: '2', name: '王朵' }], person(), '2026-03-01')
    expect(first).toMatchObject({ id: newbornId('s1', 0), name: '王秀英之子', household_id: 'h1', mother_id: 'r1', birth_date: '2026-03-01' })
    expect(second).toMatchObject({ id: newbornId('s1', 1), name: '王朵', sex: '2' })
  })
  it('died and moved out change the resident, a refusal does not', () => {
    expect(['1', '3', '4', '5', undefined].map((outcome) => afterOutcome(person(), outcome ?? undefined).status)).toEqual(['1', '4', '1', '2', '1'])
  })
})
