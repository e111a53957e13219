/** Days that expressions give, and windows made of them. */
import type { Day } from '../../api/wire'
import { isDay } from '../../kernel/dates'
import type { Bindings, Expression } from '../../kernel/expressions'

/** The day that an expression gives; null for no value and for what is no day. */
export function dayOf(expression: Expression | null, scope: Bindings): Day | null {
  const outcome = expression?.evaluate(scope)
  return outcome?.kind === 'value' && isDay(outcome.value) ? (outcome.value as Day) : null
}

export function earlier(a: Day, b: Day): Day {
  return a < b ? a : b
}

/** `opens` ≤ `due` ≤ `closes`, always. */
export function within(opens: Day, due: Day, closes: Day): { opens: Day; due: Day; closes: Day } {
  const kept = earlier(due, closes)
  return { opens: earlier(opens, kept), due: kept, closes }
}
