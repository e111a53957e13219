import { expect, it } from 'vitest'
import { newbornId } from '../kernel/ids'
import { dosesOf } from './rules/doses'

const notice = {
  id: '0197aaaa-0000-7000-8000-0000000000f1', state: 'unsent', form: { key: 'delivery_notice' },
  answers: { newborns: [{ hepb1: '1', hepb1_date: '2026-03-01', bcg: '2' }, { hepb1: '1', hepb1_date: '2026-03-02', bcg: '1', bcg_date: '2026-03-02' }] },
}
const twin = newbornId(notice.id, 1)

it("knows what the mother's notice says was given to this very child", () => {
  expect(dosesOf([notice], twin)).toEqual([{ vaccine: 'HepB', on: '2026-03-02' }, { vaccine: 'BCG', on: '2026-03-02' }])
  expect(dosesOf([notice], 'another child')).toEqual([])
})
