/** Repeatable chance and days, so that the fake county is the same at every start. */

export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): number {
    this.#state = (this.#state * 1_664_525 + 1_013_904_223) >>> 0
    return this.#state / 2 ** 32
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  one<T>(from: readonly T[]): T {
    const found = from[Math.floor(this.next() * from.length)]
    if (found === undefined) throw new Error('Nothing to choose from')
    return found
  }

  chance(share: number): boolean {
    return this.next() < share
  }
}

const DAY_MS = 86_400_000
export const NOW = Date.now()

/** So many days from today, in China. */
export function day(offset: number): string {
  return new Date(NOW + 8 * 3_600_000 + offset * DAY_MS).toISOString().slice(0, 10)
}

/** On such a day at such a time in China. */
export function moment(offset: number, hour: number, minute: number): string {
  return new Date(`${day(offset)}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00+08:00`).toISOString()
}

export function uuid(kind: string, no: number): string {
  const tail = Array.from(kind).reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) >>> 0, 7)
  return `018f0000-${(no & 0xffff).toString(16).padStart(4, '0')}-7000-8000-${tail.toString(16).padStart(12, '0')}`
}
