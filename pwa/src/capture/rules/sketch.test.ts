import { describe, expect, it } from 'vitest'
import { sketchOf } from './sketch'

describe('a sketch of a way', () => {
  it('has north above and east to the right, inside of the margin', () => {
    const { points } = sketchOf([{ lng: 116, lat: 30 }, { lng: 116.01, lat: 30.01 }], 360, 320, 28)
    const [south, north] = points
    expect(north && south && north.x > south.x && north.y < south.y).toBe(true)
    for (const { x, y } of points) expect([x >= 28, x <= 332, y >= 28, y <= 292]).toEqual([true, true, true, true])
  })
  it('a metre is as long to the north as to the east', () => {
    const { points } = sketchOf([{ lng: 116, lat: 30 }, { lng: 116 + 0.01 / Math.cos(Math.PI / 6), lat: 30 }, { lng: 116, lat: 30.01 }], 360, 320, 28)
    const [corner, east, north] = points
    if (!corner || !east || !north) throw new Error('three places')
    expect(Math.abs(east.x - corner.x - (corner.y - north.y))).toBeLessThanOrEqual(1)
  })
  it('one house stands in the middle, and the scale says a round length', () => {
    expect(sketchOf([{ lng: 116, lat: 30 }], 360, 320, 28).points).toEqual([{ x: 180, y: 160 }])
    const { scale } = sketchOf([{ lng: 116, lat: 30 }, { lng: 116, lat: 30.01 }], 360, 320, 28)
    expect(scale.metres).toBe(500)
    expect(scale.width).toBeLessThanOrEqual(120)
  })
})
