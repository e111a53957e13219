/**
 * The phone's forecasts of many histories, for the comparison with the server's
 * (`tests/contract/test_forecasts_agree.py`): forecasts FILE [ROUNDS], reads {edition, asked: [...]}, prints
 * JSON: the plans, or with ROUNDS how long they take (`tests/benchmarks/forecasts.py`).
 */
import { readFileSync } from 'node:fs'
import type { Edition, Facts, GivenDose, Settings } from '../src/immunization/model'
import { addMonths } from '../src/kernel/dates'
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

function plan({ birth_date, sex, on, given, settings, facts }: Asked): ReturnType<typeof forecast> {
  return forecast(edition, { birth_date, sex }, given, on, settings, facts)
}

function tell(one: Asked): unknown {
  const { doses, validity } = plan(one)
  return [doses.map((d) => [d.dose_id, d.no, d.vaccine, d.status, d.earliest, d.due, d.complete_before, d.given_on, d.note]), validity]
}

/** CPU microseconds of each single one, round after round over all of them. */
function measure(rounds: number, work: (index: number) => unknown): number[] {
  return Array.from({ length: rounds * asked.length }, (_, turn) => {
    const begun = process.cpuUsage()
    work(turn % asked.length)
    const { user, system } = process.cpuUsage(begun)
    return user + system
  })
}

function timed(rounds: number): unknown {
  const plans = asked.map((one) => plan(one).doses)
  return {
    node: process.version,
    plan: measure(rounds, (index) => plan(asked[index] as Asked)),
    // The least a plan costs: one date worked out and one row written for each of its doses.
    floor: measure(rounds, (index) => plans[index]?.map((dose) => ({ ...dose, due: addMonths((asked[index] as Asked).birth_date, dose.no) }))),
  }
}

const rounds = Number(process.argv[3] ?? 0)
process.stdout.write(JSON.stringify(rounds > 0 ? timed(rounds) : asked.map(tell)))
