/** Our own functions inside expressions, the same names and results as on the server (0002). */
import type { Environment } from '@marcbachmann/cel-js'
import * as dates from './dates'
import { growthCovers, growthZ } from './growth'
import { idNoBirth, idNoSex, idNoValid, phoneValid } from './identity'

/**
 * So many decimals, halves away from zero, of the shortest decimal text of the double: a doctor who
 * sees 0.35 expects 0.4, although the double behind it lies just below (0002). Never -0.
 */
export function rounded(x: number, decimals: number): number {
  if (!Number.isFinite(x)) throw new RangeError('not a finite number')
  if (Math.abs(x) >= 1e15) return x
  const shifted = Number(shift(String(Math.abs(x)), decimals))
  return Math.sign(x) * Number(shift(String(Math.floor(shifted + 0.5)), -decimals)) + 0
}

/** Moves the decimal point in the text, where nothing is lost to the binary value. */
function shift(text: string, places: number): string {
  const [digits = '0', exponent = '0'] = text.split('e')
  return `${digits}e${String(Number(exponent) + places)}`
}

/** A number as the shortest text that reads back the same; whole ones without a point. */
export function numberText(x: number): string {
  return Object.is(x, -0) ? '0' : String(x)
}

function needsIdNo<T>(read: (s: string) => T): (s: string) => T | '' {
  return (s) => (idNoValid(s) ? read(s) : '')
}

/**
 * What `matches` stands for here: a letter outside of the basic plane (𠮷) is one letter, as on the
 * server, and not two halves. Some escapes that the server allows are none under `u`.
 */
export function matchesLetters(text: string, pattern: string): boolean {
  let letters: RegExp
  try {
    letters = new RegExp(pattern, 'u')
  } catch {
    letters = new RegExp(pattern)
  }
  return letters.test(text)
}

export function registerFunctions(environment: Environment): Environment {
  const functions: Record<string, (...args: never[]) => unknown> = {
    'age_years(string, string): double': dates.ageYears,
    'age_months(string, string): double': dates.ageMonths,
    'days_between(string, string): double': dates.daysBetween,
    'add_days(string, double): string': (d: string, n: number) => dates.addDays(d, Math.trunc(n)),
    'add_months(string, double): string': (d: string, n: number) => dates.addMonths(d, Math.trunc(n)),
    'gestational_week(string, string): double': dates.gestationalWeek,
    'quarter(string): string': dates.quarter,
    'period_start(string, double): string': (d: string, n: number) => dates.periodStart(d, Math.trunc(n)),
    'period_end(string, double): string': (d: string, n: number) => dates.periodEnd(d, Math.trunc(n)),
    'min_date(string, string): string': (a: string, b: string) => (a <= b ? a : b),
    'max_date(string, string): string': (a: string, b: string) => (a >= b ? a : b),
    'round1(double): double': (x: number) => rounded(x, 1),
    'round_half_up(double): double': (x: number) => rounded(x, 0),
    'text(double): string': numberText,
    'id_no_valid(string): bool': idNoValid,
    'id_no_birth(string): string': needsIdNo(idNoBirth),
    'id_no_sex(string): string': needsIdNo(idNoSex),
    'phone_valid(string): bool': phoneValid,
    'who_covers(string, string, double): bool': growthCovers,
    // WHO itself gives two decimals; rounding also hides the last bit, in which two machines may differ.
    'who_z(string, string, double, double): double': (i: string, s: string, x: number, y: number) => rounded(growthZ(i, s, x, y), 2),
    'string.matches_letters(string): bool': matchesLetters,
  }
  for (const [signature, handler] of Object.entries(functions)) {
    environment.registerFunction(signature, handler as (...args: unknown[]) => unknown, { async: false } as never)
  }
  return environment
}
