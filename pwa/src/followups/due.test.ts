import { describe, expect, it } from 'vitest'
import { task } from '../../dev/phone_fixture'
import type { Programme } from './model'
import { byUrgency, dueState, inForce, overdueDays } from './rules/due'
import { plan } from './rules/plan'

const window = { opens: '2026-05-01', closes: '2026-05-20' }

describe('tasks', () => {
  it.each([['2026-04-30', 'upcoming', 0], ['2026-05-01', 'due', 0], ['2026-05-20', 'due', 0], ['2026-05-21', 'overdue', 1]])('%s: %s', (day, state, days) => {
    expect(dueState(window, day)).toBe(state)
    expect(overdueDays(window, day)).toBe(days)
  })
  it('emergencies first, then referrals, then what closes first', () => {
    const [a, b, c, d] = [task({ closes: '2026-01-01' }), task({ escalation: 'E3' }), task({ referral: 'routine' }), task({ closes: '2025-01-01' })]
    expect([a, b, c, d].sort(byUrgency)).toEqual([b, c, d, a])
  })
  it('the version of the rules in force on a day, before the first one the first', () => {
    const of = (version: number, from: string) => ({ key: 'htn', version, effective_from: from }) as Programme
    const all = [of(2, '2026-06-01'), of(1, '2026-01-01')]
    expect(['2025-12-31', '2026-01-01', '2026-06-01'].map((day) => inForce(all, day)[0]?.version)).toEqual([1, 1, 2])
  })
  it('without rules nothing is planned', () => {
    expect(plan([], [], 'x', new Map(), '2026-05-06')).toEqual({ judgements: [], tasks: [] })
  })
})
