/** Due lists of the caller's areas. */
import { server } from '../../api/server'
import type { Arrears, Day, PostponementReason, TaskLine } from '../../api/wire'

export type TaskStanding = 'overdue' | 'escalated' | 'due' | 'upcoming' | 'postponed'

export interface TaskPage {
  items: TaskLine[]
  next_cursor: string | null
  counts: Record<TaskStanding, number>
}

export interface TaskFilter {
  state: TaskStanding
  village: string | null
  service: string | null
}

export function listTasks(filter: TaskFilter, cursor: string | null): Promise<TaskPage> {
  return server().get<TaskPage>('/tasks', ['items', 'next_cursor', 'counts'], { ...filter, cursor, limit: 50 })
}

/** @throws ProblemError `task_urgent`, `task_not_open`, `postponed_too_far`, `postponed_too_often` */
export async function postponeTask(id: string, until: Day, reason: PostponementReason): Promise<void> {
  await server().done({ method: 'POST', path: `/tasks/${id}/postponement`, body: { until, reason } })
}

export async function resumeTask(id: string): Promise<void> {
  await server().done({ method: 'DELETE', path: `/tasks/${id}/postponement` })
}

/** What is late for a week and for a month, by doctor. */
export async function listArrears(): Promise<Arrears[]> {
  return (await server().get<{ items: Arrears[] }>('/tasks/arrears', ['items'], {})).items
}
