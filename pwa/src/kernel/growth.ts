/**
 * How a child's weight, length or head compares with the WHO references, as z-scores. The figures are
 * `schemas/growth/who.json`, how they are judged is `docs/growth.md`; the server computes the same in
 * `backend/kernel/growth.py`.
 */
/** Age in days or length in cm, then Box-Cox power, median and coefficient of variation. */
type Row = readonly [x: number, power: number, median: number, variation: number]

let tables: ReadonlyMap<string, readonly Row[]> = new Map()

/**
 * Fetches the figures, once: they are a file of their own, so that opening the app does not wait for them. As
 * long as they are missing there is no reference, and the server judges alone.
 */
export async function loadGrowth(): Promise<void> {
  if (tables.size > 0) return
  const { default: who } = await import('../../../schemas/growth/who.json')
  tables = new Map(who.tables.map((table) => [`${table.indicator}/${table.sex}`, table.rows as unknown as readonly Row[]]))
}

/**
 * Whether WHO gives a reference. Indicators: `wfa` weight, `lhfa` length or height, `bfa` body-mass
 * index, `hcfa` head circumference, each by age in days; `wfl` weight by length, `wfh` by height in cm.
 */
export function growthCovers(indicator: string, sex: string, x: number): boolean {
  const rows = tables.get(`${indicator}/${sex}`)
  const [first, last] = [rows?.[0], rows?.at(-1)]
  return first !== undefined && last !== undefined && first[0] <= x && x <= last[0]
}

/**
 * How many standard deviations a measurement lies from the median. Beyond three of them WHO counts in
 * steps of the distance between the second and the third (WHO 2006, ch. 7), which keeps the result
 * finite for every number that was typed. Throws where there is no reference.
 */
export function growthZ(indicator: string, sex: string, x: number, value: number): number {
  const rows = tables.get(`${indicator}/${sex}`)
  if (rows === undefined || !growthCovers(indicator, sex, x)) throw new RangeError('no growth reference for this sex and age or length')
  const at = reference(rows, x)
  const low = valueAt(at, -3)
  const high = valueAt(at, 3)
  if (value > high) return 3 + (value - high) / (high - valueAt(at, 2))
  if (value < low) return -3 + (value - low) / (valueAt(at, -2) - low)
  const [, power, median, variation] = at
  return power === 0 ? Math.log(value / median) / variation : ((value / median) ** power - 1) / (variation * power)
}

/** The measurement that lies z standard deviations from the median. */
function valueAt([, power, median, variation]: Row, z: number): number {
  return power === 0 ? median * Math.exp(variation * z) : median * (1 + power * variation * z) ** (1 / power)
}

/** The row at x; between two rows L, M and S are straight lines. */
function reference(rows: readonly Row[], x: number): Row {
  const after = rows.findIndex((row) => row[0] > x)
  const [lower, upper] = [rows.at(after - 1), rows[after]]
  if (lower === undefined || upper === undefined) return rows.at(-1) as Row
  const share = (x - lower[0]) / (upper[0] - lower[0])
  const between = (a: number, b: number): number => a + (b - a) * share
  return [x, between(lower[1], upper[1]), between(lower[2], upper[2]), between(lower[3], upper[3])]
}
