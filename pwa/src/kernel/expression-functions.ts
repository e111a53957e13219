/** Our own functions inside expressions, the same names and results as on the server (0002). */
import type { Environment } from '@marcbachmann/cel-js'
import * as dates from './dates'
import { idNoBirth, idNoSex, idNoValid, phoneValid } from './identity'

function whole(n: number): number {
  if (!Number.isInteger(n)) throw new RangeError('a whole number is needed')
  return n
}

function halfAwayFromZero(x: number): number {
  return Math.sign(x) * Math.floor(Math.abs(x) + 0.5)
}

/** A number as the shortest text that reads back the same; whole ones without a point. */
export function numberText(x: number): string {
  return Object.is(x, -0) ? '0' : String(x)
}

function needsIdNo<T>(read: (s: string) => T): (s: string) => T | '' {
  return (s) => (idNoValid(s) ? read(s) : '')
}

export function registerFunctions(environment: Environment): Environment {
  const functions: Record<string, (...args: never[]) => unknown> = {
    'age_years(string, string): double': dates.ageYears,
    'age_months(string, string): double': dates.ageMonths,
    'days_between(string, string): double': dates.daysBetween,
    'add_days(string, double): string': (d: string, n: number) => dates.addDays(d, whole(n)),
    'add_months(string, double): string': (d: string, n: number) => dates.addMonths(d, whole(n)),
    'gestational_week(string, string): double': dates.gestationalWeek,
    'quarter(string): string': dates.quarter,
    'quarter_start(string): string': dates.quarterStart,
    'quarter_end(string): string': dates.quarterEnd,
    'min_date(string, string): string': (a: string, b: string) => (a <= b ? a : b),
    'max_date(string, string): string': (a: string, b: string) => (a >= b ? a : b),
    'round1(double): double': (x: number) => halfAwayFromZero(x * 10) / 10,
    'round_half_up(double): double': halfAwayFromZero,
    'text(double): string': numberText,
    'id_no_valid(string): bool': idNoValid,
    'id_no_birth(string): string': needsIdNo(idNoBirth),
    'id_no_sex(string): string': needsIdNo(idNoSex),
    'phone_valid(string): bool': phoneValid,
  }
  for (const [signature, handler] of Object.entries(functions)) {
    environment.registerFunction(signature, handler as (...args: unknown[]) => unknown, { async: false } as never)
  }
  return environment
}
