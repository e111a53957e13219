/** The day of a doctor: what is urgent, overdue, due, and which households still wait for their visit. */
import type { Task } from '../../api/wire'
import { byUrgency, dueState, isOpen } from '../../followups/rules/due'
import { addDays } from '../../kernel/dates'
import type { People } from '../../residents/model'
import { VISITED_HOUSEHOLD } from '../../residents/model'

export interface Day {
  readonly urgent: readonly Task[]
  readonly overdue: readonly Task[]
  readonly due: readonly Task[]
  readonly upcoming: readonly Task[]
  /** Routine household visits of the running quarter: a list of their own, or they would bury the rest. */
  readonly households: readonly Task[]
}

const AHEAD_DAYS = 14
export const HOUSEHOLD_SERVICE = 'household_visit'

/** Whether anybody is still to be visited for this task. */
export function concernsSomebody(task: Task, people: People): boolean {
  if (task.subject.kind === 'household') return VISITED_HOUSEHOLD.includes(people.households.get(task.subject.id)?.status ?? '')
  const resident = people.residents.get(task.subject.id)
  return resident !== undefined && resident.merged_into === null && resident.status !== '4' && resident.status !== '2' && resident.status !== '9'
}

export function dayOf(tasks: readonly Task[], people: People, today: string): Day {
  const open = tasks.filter((t) => isOpen(t) && concernsSomebody(t, people)).sort(byUrgency)
  const urgent = open.filter((t) => t.escalation === 'E3')
  const rest = open.filter((t) => t.escalation !== 'E3')
  const households = rest.filter((t) => t.service === HOUSEHOLD_SERVICE && dueState(t, today) === 'due')
  const own = rest.filter((t) => !households.includes(t))
  const soon = addDays(today, AHEAD_DAYS)
  return {
    urgent,
    overdue: own.filter((t) => dueState(t, today) === 'overdue'),
    due: own.filter((t) => dueState(t, today) === 'due'),
    upcoming: own.filter((t) => dueState(t, today) === 'upcoming' && t.opens <= soon),
    households,
  }
}

/** The form with which a task is done: the one that feeds its service and kind. */
export function formFor(
  task: Pick<Task, 'service' | 'kind'>,
  completes: (service: string, form: string, kind: string) => boolean,
  forms: Iterable<{ readonly key: string; readonly service?: string }>,
): string | null {
  const all = [...forms]
  const able = all.filter((form) => completes(task.service, form.key, task.kind))
  if (task.kind === 'referral_check') {
    const check = able.find((form) => form.key === 'referral_check')
    if (check) return check.key
  }
  return (able.find((form) => form.service === task.service) ?? able[0] ?? all.find((form) => form.service === task.service))?.key ?? null
}
