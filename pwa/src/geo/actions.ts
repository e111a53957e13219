/** Areas of the caller's scope with their boundaries. */
import { server } from '../api/server'
import type { AreaShape } from '../api/wire'

export async function listAreas(): Promise<AreaShape[]> {
  return (await server().get<{ items: AreaShape[] }>('/areas', ['items'])).items
}

export interface DrawnArea { code: string; name: string; level: string; km2: number; is_new: boolean }
export interface BoundaryMistake { kind: string; at: number; code: string | null; name: string | null; detail: string | null; percent: number | null }
export interface BoundariesJudged { kept: boolean; items: DrawnArea[]; mistakes: BoundaryMistake[] }

const PATIENCE_MS = 60_000

/** Boundaries of a file, judged as a whole; kept when asked to and nothing is wrong. */
export function drawBoundaries(features: readonly unknown[], source: string, keep: boolean): Promise<BoundariesJudged> {
  const body = { features, source, keep }
  return server().json<BoundariesJudged>({ method: 'POST', path: '/areas/boundaries', body, timeoutMs: PATIENCE_MS }, ['kept', 'items', 'mistakes'])
}

/** The features of a GeoJSON text; none when it is something else. */
export function featuresOf(text: string): readonly unknown[] {
  try {
    const found = JSON.parse(text) as { features?: unknown } | null
    return Array.isArray(found?.features) ? (found.features as unknown[]) : []
  } catch {
    return []
  }
}
