/** What comes next in a house. */
import type { Task } from '../../api/wire'
import { dueState } from '../../followups/rules/due'
import { stopsOf, type Stop } from '../rules/today'
import { formOfTask, openTasksOf } from './work'
import { theWorld, today } from './world'

/** What can be done in this house now, the most pressing first: only what this phone has a form for. */
export function nextAt(householdId: string): Stop[] {
  const members = [...theWorld().people.residents.values()].filter((r) => r.household_id === householdId && r.merged_into === null)
  const may = (task: Task): boolean => dueState(task, today()) !== 'upcoming' && formOfTask(task) !== null
  return stopsOf(openTasksOf([householdId, ...members.map((r) => r.id)]).filter(may), today())
}
