import { describe, expect, it } from 'vitest'
import { boxOf, cornersOf } from './rules'

describe('the part of the map to show', () => {
  it('is nothing without a point', () => {
    expect(boxOf([])).toBeNull()
  })

  it('is never so close that one sees only a dot', () => {
    const box = boxOf([{ lng: 110, lat: 27 }])
    const [low, high] = box ?? []
    expect(((high?.lat ?? 0) - (low?.lat ?? 0)) * 111_320).toBeCloseTo(400, 0)
    expect(((high?.lng ?? 0) - (low?.lng ?? 0)) * 111_320 * Math.cos((27 * Math.PI) / 180)).toBeCloseTo(400, 0)
  })

  it('holds household and fix with its whole circle of doubt', () => {
    const [low, high] = boxOf([{ lng: 110, lat: 27 }, { lng: 110.04, lat: 27, radius: 2000 }]) ?? []
    expect(low?.lng).toBeCloseTo(110, 5)
    expect(high?.lng).toBeGreaterThan(110.06)
    expect(high?.lat).toBeCloseTo(27 + 2000 / 111_320, 5)
  })
})

describe('the corners of a boundary', () => {
  const ring = [[110, 27], [110.1, 27], [110, 27.1], [110, 27]]
  it.each([
    ['Polygon', [ring], 4],
    ['MultiPolygon', [[ring], [ring]], 8],
  ])('of a %s', (type, coordinates, count) => {
    const corners = cornersOf({ type, coordinates })
    expect(corners).toHaveLength(count)
    expect(corners[1]).toEqual({ lng: 110.1, lat: 27 })
  })
  it('of none', () => {
    expect(cornersOf(null)).toEqual([])
  })
})
