/** What the policies of areas say of a programme's parameters: equal to `backend/programmes/rules.py`. */
import type { Policy } from '../../api/wire'
import { prefix } from '../../kernel/area_codes'
import type { Parameters, ParametersOn } from '../model'

/** The smaller area decides over the larger one, and of two policies of one area the later one. */
export function parametersOn(policies: readonly Policy[], programme: string, areaCode: string): ParametersOn {
  const key = (p: Policy): [number, string, string] => [prefix(p.area_code).length, p.from_on, p.id]
  const mine = policies
    .filter((p) => p.programme === programme && areaCode.startsWith(prefix(p.area_code)))
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)]
      return x[0] - y[0] || compare(x[1], y[1]) || compare(x[2], y[2])
    })
  return (day) => {
    const standing = mine.filter((p) => p.from_on <= day && (p.to_on === null || day <= p.to_on))
    return standing.reduce<Parameters>((found, p) => ({ ...found, ...p.parameters }), {})
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
