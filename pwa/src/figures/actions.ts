/** Asking for figures and whom they count. */
import { server } from '../api/server'
import type { Aims, Basis, Behind, CountedPage, FigureFilter, Figures, Indicator } from './model'

export async function listIndicators(): Promise<Indicator[]> {
  return (await server().get<{ items: Indicator[] }>('/indicators', ['items'])).items
}

export function readFigures(filter: FigureFilter): Promise<Figures> {
  return server().get<Figures>('/figures', ['items', 'parts'], { ...filter })
}

export function listCounted(behind: Behind, { year, month, basis }: { year: number; month: number; basis: Basis }, cursor: string | null): Promise<CountedPage> {
  return server().get<CountedPage>('/figures/people', ['items', 'next_cursor'], { ...behind, year, month, basis, cursor, limit: 100 })
}

export function readAims(area: string, year: number): Promise<Aims> {
  return server().get<Aims>('/figures/aims', ['targets', 'weights'], { area, year })
}

export function setAims(area: string, year: number, aims: Aims): Promise<Aims> {
  return server().json<Aims>({ method: 'PUT', path: '/figures/aims', body: { area, year, ...aims } }, ['targets', 'weights'])
}
