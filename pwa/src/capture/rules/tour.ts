/** In which order to walk: nearest neighbour, then straightened by 2-opt. Pure, and quick for a whole village. */
import type { Point } from '../../geo/rules'

const METRES_PER_DEGREE = 111_320
const NEIGHBOURS = 8
const TURNS = 30
const LEAST_GAIN_M = 0.01

/** Metres as the crow flies; within a county the earth is flat enough. */
export function metresBetween(a: Point, b: Point): number {
  const x = (b.lng - a.lng) * Math.cos(((a.lat + b.lat) / 2) * (Math.PI / 180))
  return Math.hypot(x, b.lat - a.lat) * METRES_PER_DEGREE
}

/** Points laid flat: metres east and north of the first one. */
class Plan {
  readonly east: Float64Array
  readonly north: Float64Array
  readonly size: number

  constructor(points: readonly Point[]) {
    const lat = points[0]?.lat ?? 0
    const lng = points[0]?.lng ?? 0
    const across = METRES_PER_DEGREE * Math.cos(lat * (Math.PI / 180))
    this.size = points.length
    this.east = Float64Array.from(points, (p) => (p.lng - lng) * across)
    this.north = Float64Array.from(points, (p) => (p.lat - lat) * METRES_PER_DEGREE)
  }

  squared(a: number, b: number): number {
    const x = (this.east[a] as number) - (this.east[b] as number)
    const y = (this.north[a] as number) - (this.north[b] as number)
    return x * x + y * y
  }

  far(a: number, b: number): number {
    return Math.sqrt(this.squared(a, b))
  }
}

/**
 * Places in walking order, an open way: nobody has to come back to the first house. Without a start the
 * first place stays the first, so whoever hands them in decides what is most pressing.
 */
export function tour<T extends { readonly place: Point }>(start: Point | null, places: readonly T[]): T[] {
  const points = [...(start ? [start] : []), ...places.map(({ place }) => place)]
  if (points.length < 3) return [...places]
  const plan = new Plan(points)
  const order = straightened(nearestFirst(plan), plan)
  const from = start ? 1 : 0
  return order.slice(from).flatMap((i) => places[i - from] ?? [])
}

/** Metres of the whole way. */
export function lengthOf(start: Point | null, places: readonly { readonly place: Point }[]): number {
  const points = [...(start ? [start] : []), ...places.map(({ place }) => place)]
  return points.reduce((sum, point, i) => sum + (i === 0 ? 0 : metresBetween(points[i - 1] ?? point, point)), 0)
}

function nearestFirst(plan: Plan): number[] {
  const order = [0]
  const left = Array.from({ length: plan.size - 1 }, (_, i) => i + 1)
  for (let here = 0; left.length > 0; ) {
    let [at, least] = [0, Infinity]
    for (let i = 0; i < left.length; i += 1) {
      const far = plan.squared(here, left[i] as number)
      if (far < least) [at, least] = [i, far]
    }
    here = left[at] as number
    order.push(here)
    left[at] = left.at(-1) as number
    left.pop()
  }
  return order
}

/** Of each place its nearest others: only they are worth a turn. */
function neighboursOf(plan: Plan): number[][] {
  const all = Array.from({ length: plan.size }, (_, i) => i)
  return all.map((here) => {
    const [best, far]: [number[], number[]] = [[], []]
    for (const there of all) {
      const distance = plan.squared(here, there)
      if (here === there || (best.length === NEIGHBOURS && distance >= (far[NEIGHBOURS - 1] as number))) continue
      let at = best.length
      while (at > 0 && distance < (far[at - 1] as number)) at -= 1
      best.splice(at, 0, there)
      far.splice(at, 0, distance)
      if (best.length > NEIGHBOURS) {
        best.pop()
        far.pop()
      }
    }
    return best
  })
}

/** Takes out crossings: a stretch is walked backwards wherever that makes the way shorter. The first stays first. */
function straightened(order: number[], plan: Plan): number[] {
  const at = new Array<number>(order.length)
  order.forEach((point, i) => (at[point] = i))
  const neighbours = neighboursOf(plan)
  const reverse = (from: number, to: number): void => {
    for (let [i, j] = [from, to]; i < j; i += 1, j -= 1) {
      const [a, b] = [order[i] as number, order[j] as number]
      order[i] = b
      order[j] = a
      at[b] = i
      at[a] = j
    }
  }
  /** Behind the last place there is nothing: a step to nowhere costs nothing. */
  const step = (i: number, j: number): number => (j < order.length ? plan.far(order[i] as number, order[j] as number) : 0)

  for (let turn = 0, better = true; better && turn < TURNS; turn += 1) {
    better = false
    for (let i = 0; i < order.length - 1; i += 1) {
      for (const other of neighbours[order[i] as number] ?? []) {
        const j = at[other] as number
        const [first, last] = i < j ? [i, j] : [j, i]
        if (last === first + 1) continue
        const gain = step(first, first + 1) + step(last, last + 1) - step(first, last)
          - (last + 1 < order.length ? plan.far(order[first + 1] as number, order[last + 1] as number) : 0)
        if (gain <= LEAST_GAIN_M) continue
        reverse(first + 1, last)
        better = true
      }
      const end = order.length - 1
      if (end > i + 1 && step(i, i + 1) - step(i, end) > LEAST_GAIN_M) {
        reverse(i + 1, end)
        better = true
      }
    }
  }
  return order
}
