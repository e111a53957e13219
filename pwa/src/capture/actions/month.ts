/** The doctor's own figures, worked out when they are looked at. */
import { loadTasks } from '../../followups/store'
import { addDays, addMonths, quarterStart } from '../../kernel/dates'
import { loadOwn } from '../../submissions/store'
import { figuresOf, monthOf, type Figures } from '../rules/month'
import { workerId } from './begin'
import { db, unlocked } from './phone'
import { bundleOf, theWorld, today, visitDate } from './world'

/** A form may lie begun for some days before it is finished. */
const BEGUN_BEFORE_DAYS = 35

/** @param back months before this one */
export async function monthFigures(back: number): Promise<Figures> {
  const month = monthOf(addMonths(monthOf(today()).first, -back))
  const since = Date.parse(`${addDays(quarterStart(month.last), -BEGUN_BEFORE_DAYS)}T00:00:00+08:00`)
  const { people } = theWorld()
  return figuresOf(
    {
      visits: await loadOwn(db, unlocked(), workerId(), since, visitDate),
      tasks: await loadTasks(db, unlocked()),
      households: people.households.values(),
      info: (form) => bundleOf(form.key, form.version)?.form ?? bundleOf(form.key)?.form ?? null,
      houseOf: (visit) => visit.household_id ?? (visit.subject.kind === 'household' ? visit.subject.id : (people.residents.get(visit.subject.id)?.household_id ?? null)),
    },
    month,
    today(),
  )
}
