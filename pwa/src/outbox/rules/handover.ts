/** The file of a phone that cannot go online (docs/decisions/0009), read line by line. Pure. */
import type { Envelope } from '../../api/wire'

export const FORMAT = 'suifang.handover/1'

export interface Head {
  readonly format: typeof FORMAT
  readonly device_id: string
  readonly records: number
  readonly pictures: number
}
/** A picture as it would travel: sealed, base64url. */
export interface Carried {
  readonly sha256: string
  readonly key_id: string
  readonly sealed_sha256: string
  readonly sealed: string
}
export type Piece = { readonly envelope: Envelope } | { readonly picture: Carried }

/** What cannot be read: another file, or one that was cut off at this line. */
export class BadFile extends Error {
  constructor(
    readonly why: 'not_a_handover' | 'broken',
    readonly line: number,
  ) {
    super(`${why} at line ${String(line)}`)
    this.name = 'BadFile'
  }
}

function object(text: string, line: number): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // No JSON: told below, as anything else that is no line of ours.
  }
  throw new BadFile(line === 1 ? 'not_a_handover' : 'broken', line)
}

/** @throws BadFile */
export function readHead(text: string): Head {
  const head = object(text, 1)
  if (head['format'] !== FORMAT || typeof head['device_id'] !== 'string') throw new BadFile('not_a_handover', 1)
  return head as unknown as Head
}

/** Null for a line that a later version may have added. @throws BadFile */
export function readPiece(text: string, line: number): Piece | null {
  const piece = object(text, line)
  return 'envelope' in piece || 'picture' in piece ? (piece as unknown as Piece) : null
}

/** Whole lines out of pieces of text that end anywhere; the last one is told by `rest`. */
export class Lines {
  #kept = ''

  take(text: string): string[] {
    const parts = (this.#kept + text).split('\n')
    this.#kept = parts.pop() ?? ''
    return parts
  }

  rest(): string {
    return this.#kept
  }
}
