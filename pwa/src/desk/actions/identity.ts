/** Pairs of residents that may be one person. */
import { server } from '../../api/server'
import type { Duplicate } from '../../api/wire'

export type Decision = 'merge' | 'keep_apart' | 'undo'

export async function listDuplicates(): Promise<Duplicate[]> {
  return (await server().get<{ items: Duplicate[] }>('/duplicates', ['items'])).items
}

/** @throws ProblemError `decided_meanwhile` when somebody else was first */
export function decideDuplicate(id: string, decision: Decision, survivor: string | null): Promise<{ id: string; state: string }> {
  return server().post(`/duplicates/${id}/decision`, { decision, survivor_id: survivor }, ['id', 'state'])
}
