/** Areas of the caller's scope with their boundaries. */
import { server } from '../api/server'
import type { AreaShape } from '../api/wire'

export async function listAreas(): Promise<AreaShape[]> {
  return (await server().get<{ items: AreaShape[] }>('/areas', ['items'])).items
}
