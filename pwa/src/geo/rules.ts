/** Small geometry for maps. Degrees are WGS-84, sizes are metres. */

export interface Point {
  readonly lng: number
  readonly lat: number
}

/** South-west and north-east corners. */
export type Box = readonly [Point, Point]

const METRES_PER_DEGREE = 111_320

/** The box that holds every point with its radius, never smaller than `least` across. */
export function boxOf(points: readonly (Point & { readonly radius?: number })[], least = 400): Box | null {
  if (points.length === 0) return null
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { lng, lat, radius = 0 } of points) {
    const dy = radius / METRES_PER_DEGREE
    const dx = dy / Math.cos((lat * Math.PI) / 180)
    west = Math.min(west, lng - dx)
    east = Math.max(east, lng + dx)
    south = Math.min(south, lat - dy)
    north = Math.max(north, lat + dy)
  }
  const middle = { lng: (west + east) / 2, lat: (south + north) / 2 }
  const half = least / 2 / METRES_PER_DEGREE
  const halfX = half / Math.cos((middle.lat * Math.PI) / 180)
  return [
    { lng: Math.min(west, middle.lng - halfX), lat: Math.min(south, middle.lat - half) },
    { lng: Math.max(east, middle.lng + halfX), lat: Math.max(north, middle.lat + half) },
  ]
}

/** Every corner of a GeoJSON Polygon or MultiPolygon. */
export function cornersOf(boundary: unknown): Point[] {
  const found: Point[] = []
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return
    const [lng, lat] = part as unknown[]
    if (typeof lng === 'number' && typeof lat === 'number') found.push({ lng, lat })
    else part.forEach(visit)
  }
  visit((boundary as { coordinates?: unknown } | null)?.coordinates)
  return found
}
