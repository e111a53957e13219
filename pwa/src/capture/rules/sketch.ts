/** A sketch of a way without a map below it: places fitted into a box, north above. Pure. */
import type { Point } from '../../geo/rules'
import { metresBetween } from './tour'

export interface Sketch {
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** A round length for the scale, and how long it is in the box. */
  readonly scale: { readonly metres: number; readonly width: number }
}

const ROUND = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]

/** @param margin kept free on every side, in the box's own units */
export function sketchOf(places: readonly Point[], width: number, height: number, margin: number): Sketch {
  const lngs = places.map((p) => p.lng)
  const lats = places.map((p) => p.lat)
  const [west, east, south, north] = [Math.min(...lngs), Math.max(...lngs), Math.min(...lats), Math.max(...lats)]
  const across = Math.max(metresBetween({ lng: west, lat: south }, { lng: east, lat: south }), 1)
  const up = Math.max(metresBetween({ lng: west, lat: south }, { lng: west, lat: north }), 1)
  const perMetre = Math.min((width - 2 * margin) / across, (height - 2 * margin) / up)
  const [left, top] = [(width - across * perMetre) / 2, (height - up * perMetre) / 2]
  const metres = [...ROUND].reverse().find((m) => m * perMetre <= width / 3) ?? 50
  return {
    points: places.map(({ lng, lat }) => ({
      x: Math.round(left + (east === west ? 0.5 : (lng - west) / (east - west)) * across * perMetre),
      y: Math.round(top + (north === south ? 0.5 : (north - lat) / (north - south)) * up * perMetre),
    })),
    scale: { metres, width: Math.round(metres * perMetre) },
  }
}
