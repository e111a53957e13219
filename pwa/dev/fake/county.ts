/** An invented county: areas with boundaries, doctors, households and residents. */
import type { Account, AreaShape, Json, ResidentLine } from '../../src/api/wire'
import { day, Dice, uuid } from './dice'

const COUNTY = '469999000000'
const TOWNSHIPS = [
  { code: '469999101000', name: '青石镇', villages: ['青石村', '柳树湾村', '大坪村', '石桥村', '东山村', '枫林村'] },
  { code: '469999102000', name: '白水乡', villages: ['白水村', '竹园村', '沙河村', '榆树村', '马家村'] },
  { code: '469999103000', name: '云岭镇', villages: ['云岭村', '茶园村', '松坪村', '下河村', '黄泥村'] },
]
const [LNG, LAT] = [109.42, 27.18]

type Point = [number, number]

/** A crooked patch of land round a point. */
function patch(dice: Dice, [lng, lat]: Point, size: number): Json {
  const corners = Array.from({ length: 14 }, (_, at) => {
    const turn = (at / 14) * 2 * Math.PI
    const reach = size * (0.86 + dice.next() * 0.2)
    return [lng + Math.cos(turn) * reach * 1.12, lat + Math.sin(turn) * reach]
  })
  return { type: 'Polygon', coordinates: [[...corners, corners[0] ?? []]] }
}

function place([lng, lat]: Point): { lng: number; lat: number } {
  return { lng: Math.round(lng * 1e6) / 1e6, lat: Math.round(lat * 1e6) / 1e6 }
}

const dice = new Dice(11)
const NO_CLINIC = { clinic_name: null, clinic_phone: null, clinic_address: null }

function area(code: string, name: string, level: AreaShape['level'], parent: string | null, at: Point, size: number): AreaShape {
  const clinic =
    level === 'county'
      ? NO_CLINIC
      : level === 'township'
        ? { clinic_name: `${name}卫生院`, clinic_phone: '0745-5550120', clinic_address: `${name}建设路 18 号` }
        : { clinic_name: `${name}卫生室`, clinic_phone: '0745-5550188', clinic_address: `${name}村委会旁` }
  return {
    code, name, level, parent_code: parent, ...clinic,
    centre: place(at), boundary: patch(dice, at, size), boundary_source: 'invented',
  }
}

export const areas: AreaShape[] = [area(COUNTY, '云溪县', 'county', null, [LNG, LAT], 0.34)]
TOWNSHIPS.forEach((township, t) => {
  const centre: Point = [LNG - 0.2 + t * 0.21, LAT + (t % 2 === 0 ? -0.06 : 0.1)]
  areas.push(area(township.code, township.name, 'township', COUNTY, centre, 0.1))
  township.villages.forEach((name, v) => {
    const turn = (v / township.villages.length) * 2 * Math.PI
    const at: Point = [centre[0] + Math.cos(turn) * 0.062, centre[1] + Math.sin(turn) * 0.055]
    areas.push(area(`${township.code.slice(0, 9)}2${String(v + 1).padStart(2, '0')}`, name, 'village', township.code, at, 0.03))
  })
})

export const villages = areas.filter((each) => each.level === 'village')

const DOCTORS = ['陈国富', '吴秀兰', '龙建军', '杨小英', '石成义', '田玉梅']
export const workers: (Account & { last_seen_at: string | null; disabled_at: null })[] = DOCTORS.map((name, at) => ({
  id: uuid('worker', at),
  login: `doctor${at + 1}`,
  name,
  role: 'worker',
  areas: [0, 1, 2].map((step) => villages[(at * 3 + step) % villages.length]).flatMap((each) => (each ? [{ code: each.code, name: each.name, level: 'village' as const }] : [])),
  last_seen_at: at === 4 ? null : new Date(Date.now() - at * 7_400_000).toISOString(),
  disabled_at: null,
}))

export interface Person extends ResidentLine {
  household_id: string
  place: { lng: number; lat: number } | null
}

const FAMILY = Array.from('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗龙石田麻滕')
const WOMEN = ['秀英', '桂兰', '玉梅', '小红', '凤英', '丽娟', '翠花', '春燕', '金凤', '雪梅', '晓芳', '美玲']
const MEN = ['建国', '志强', '德明', '国平', '永福', '大勇', '文斌', '世荣', '长生', '家旺', '小军', '光明']

export const people: Person[] = Array.from({ length: 64 }, (_, no) => {
  const woman = dice.chance(0.5)
  const kind = no % 8
  const years = kind === 0 ? 0 : kind === 1 ? dice.whole(22, 36) : dice.whole(38, 84)
  // Every other one lives in the first township, so that its reviewer has work.
  const village = villages[no % 2 === 0 ? (no / 2) % 6 : no % villages.length]
  if (!village?.centre) throw new Error('A village without a centre')
  const { lng, lat } = village.centre
  const female = kind === 1 ? true : woman
  return {
    id: uuid('resident', no),
    name: dice.one(FAMILY) + dice.one(female ? WOMEN : MEN),
    sex: female ? '2' : '1',
    birth_date: kind === 0 ? day(-dice.whole(3, 300)) : day(-Math.round(years * 365.25) - dice.whole(0, 364)),
    village: { code: village.code, name: village.name },
    household_no: String(1001 + no),
    programmes: kind === 0 ? ['newborn'] : kind === 1 ? ['postpartum'] : years >= 50 ? ['hypertension'] : [],
    household_id: uuid('household', no),
    place: no % 9 === 7 ? null : place([lng + (dice.next() - 0.5) * 0.02, lat + (dice.next() - 0.5) * 0.018]),
  }
})
