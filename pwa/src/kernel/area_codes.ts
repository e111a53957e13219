/** Codes of areas: equal to `backend/geo/rules.py`. */

/** The digits that an area shares with everything inside it: 6 county, 9 township, 12 village. */
export function prefix(areaCode: string): string {
  if (areaCode.endsWith('000000')) return areaCode.slice(0, 6)
  return areaCode.endsWith('000') ? areaCode.slice(0, 9) : areaCode
}
