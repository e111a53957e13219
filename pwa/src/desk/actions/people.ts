/** Residents of the caller's areas, as the desk may see them. */
import { server } from '../../api/server'
import type { Resident, ResidentLine } from '../../api/wire'

export interface ResidentPage {
  items: ResidentLine[]
  next_cursor: string | null
}

export function searchResidents(q: string, village: string | null, cursor: string | null): Promise<ResidentPage> {
  return server().get<ResidentPage>('/residents', ['items', 'next_cursor'], { q, village, cursor, limit: 50 })
}

export function readResident(id: string): Promise<Resident> {
  return server().get<Resident>(`/residents/${id}`, ['id', 'name', 'birth_date'])
}
