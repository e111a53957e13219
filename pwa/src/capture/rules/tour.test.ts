import { describe, expect, it } from 'vitest'
import { lengthOf, metresBetween, tour } from './tour'

const at = (lng: number, lat: number): { place: { lng: number; lat: number }; name: string } => ({ place: { lng, lat }, name: `${String(lng)} ${String(lat)}` })
/** The same invented village each time. */
function village(count: number): ReturnType<typeof at>[] {
  let seed = 7
  const next = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647
  return Array.from({ length: count }, () => at(116 + next() / 30, 30 + next() / 30))
}

describe('a tour', () => {
  it('goes along a street, whatever the order it was told in', () => {
    const street = [0.004, 0.001, 0.003, 0.002].map((lng) => at(116 + lng, 30))
    expect(tour({ lng: 116, lat: 30 }, street).map((one) => one.place.lng)).toEqual([116.001, 116.002, 116.003, 116.004])
  })
  it('without a start begins with the first, the most pressing', () => {
    const street = [0.002, 0.004, 0.001, 0.003].map((lng) => at(116 + lng, 30))
    expect(tour(null, street)[0]?.place.lng).toBe(116.002)
  })
  it('is no longer than trying every order of seven houses', () => {
    const start = { lng: 116.01, lat: 30.01 }
    const houses = village(7)
    const orders = (rest: typeof houses): (typeof houses)[] => (rest.length < 2 ? [rest] : rest.flatMap((one, i) => orders(rest.filter((_, j) => j !== i)).map((others) => [one, ...others])))
    const shortest = Math.min(...orders(houses).map((order) => lengthOf(start, order)))
    expect(lengthOf(start, tour(start, houses))).toBeLessThanOrEqual(shortest * 1.02)
  })
  it('has everybody once', () => {
    const houses = village(200)
    expect(new Set(tour(null, houses))).toEqual(new Set(houses))
    expect(tour(null, [])).toEqual([])
    expect(tour({ lng: 0, lat: 0 }, houses.slice(0, 1))).toEqual(houses.slice(0, 1))
  })
  it('two houses at one door do not hold it up', () => {
    const houses = [at(116, 30), at(116, 30), at(116.001, 30)]
    expect(tour(null, houses)).toHaveLength(3)
  })
  it('among 2,000 houses beats the nearest neighbour and is there at once', () => {
    const houses = village(2000)
    const from = performance.now()
    const found = tour(null, houses)
    const took = performance.now() - from
    // A random way among n points in a square of side s is about 0.7124 * sqrt(n * s * s) at best (Beardwood, Halton, Hammersley 1959).
    const side = metresBetween({ lng: 116, lat: 30 }, { lng: 116, lat: 30 + 1 / 30 })
    const width = metresBetween({ lng: 116, lat: 30 }, { lng: 116 + 1 / 30, lat: 30 })
    expect(lengthOf(null, found)).toBeLessThan(0.7124 * Math.sqrt(2000 * side * width) * 1.15)
    // 60 ms on an idle machine; the limit only catches an order of magnitude.
    expect(took).toBeLessThan(3000)
  })
})
