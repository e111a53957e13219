/**
 * The phone's forecasts of many histories, for the comparison with the server's
 * (`tests/contract/test_forecasts_agree.py`): forecasts FILE, reads {edition, asked: [...]}, prints JSON.
 */
import { readFileSync } from 'node:fs'
import type { Edition, Facts, GivenDose, Settings } from '../src/immunization/model'
import { forecast } from '../src/immunization/rules/forecast'

interface Asked {
  birth_date: string
  sex: string
  on: string
  given: GivenDose[]
  settings: Partial<Settings>
  facts: Facts
}
const file = process.argv[2] ?? ''
const { edition, asked } = JSON.parse(readFileSync(file, 'utf-8')) as { edition: Edition; asked: Asked[] }

const told = asked.map(({ birth_date, sex, on, given, settings, facts }) => {
  const { doses, validity } = forecast(edition, { birth_date, sex }, given, on, settings, facts)
  const rows = doses.map((d) => [d.dose_id, d.no, d.vaccine, d.status, d.earliest, d.due, d.complete_before, d.given_on, d.note])
  return [rows, validity]
})
process.stdout.write(JSON.stringify(told))
