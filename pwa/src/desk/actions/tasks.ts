/** Due lists of the caller's areas. */
import { server } from '../../api/server'
import type { TaskLine } from '../../api/wire'

export type TaskStanding = 'overdue' | 'due' | 'upcoming'

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
