/** Small decisions about tasks. Upcoming, due and overdue are derived from today, never stored. */
import type { Day, Task } from '../../api/wire'
import { daysBetween } from '../../kernel/dates'
import type { Due, Programme } from '../model'

export function isOpen(task: Pick<Task, 'state'>): boolean {
  return task.state === 'requested'
}

export function dueState(task: Pick<Task, 'opens' | 'closes'>, today: Day): Due {
  if (today < task.opens) return 'upcoming'
  return today > task.closes ? 'overdue' : 'due'
}

/** Whole days past the last day; 0 when not overdue. */
export function overdueDays(task: Pick<Task, 'closes'>, today: Day): number {
  return Math.max(0, daysBetween(task.closes, today))
}

const WEIGHT = { urgent: 0, routine: 1, none: 2 } as const

/** Emergencies, then referrals, then what closes first: the order of a doctor's day. */
export function byUrgency(a: Task, b: Task): number {
  if (a.escalation !== b.escalation) return a.escalation === 'E3' ? -1 : 1
  return WEIGHT[a.referral] - WEIGHT[b.referral] || (a.closes < b.closes ? -1 : a.closes > b.closes ? 1 : 0)
}

/** Of each programme the version in force on a day; before the first one began, the first one. */
export function inForce(programmes: readonly Programme[], day: Day): Programme[] {
  const byKey = new Map<string, Programme>()
  const ordered = [...programmes].sort((a, b) => (a.effective_from < b.effective_from ? -1 : a.effective_from > b.effective_from ? 1 : a.version - b.version))
  for (const programme of ordered) {
    if (!byKey.has(programme.key) || programme.effective_from <= day) byKey.set(programme.key, programme)
  }
  return [...byKey.values()]
}
