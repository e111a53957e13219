/** Vaccines of a child that only this phone knows yet. */
import type { ForecastDose } from '../../api/wire_family'
import { dosesOf } from '../../immunization/rules/doses'
import { factsOf } from '../../immunization/rules/facts'
import { forecast, nextDoses } from '../../immunization/rules/forecast'
import { ageYears } from '../../kernel/dates'
import type { Person } from '../../residents/model'
import type { Visit } from '../../submissions/model'
import { theWorld, today } from './world'

/**
 * The next vaccines of a child that the server does not know yet: due, overdue, or within two months. Of
 * any other child there are doses this phone has never seen; what is due comes as tasks, from the server.
 */
export function vaccinesOf(resident: Person, visits: readonly Visit[]): ForecastDose[] {
  const { edition } = theWorld()
  if (resident.local !== true || !edition || !resident.birth_date || ageYears(resident.birth_date, today()) >= 18) return []
  const facts = factsOf(edition, visits, resident.id)
  return nextDoses(forecast(edition, resident, dosesOf(visits, resident.id), today(), {}, facts).doses, today(), 60)
}
