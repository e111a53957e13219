/** A QR code as one SVG path: a square of one unit for each dark module. */
import { encode } from 'uqr'

export interface QrShape {
  /** Modules on a side, quiet zone included. */
  size: number
  path: string
}

/** Four modules of quiet zone and error correction M: read from a scratched screen at an angle. */
export function qrShape(text: string): QrShape {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const rows = data.map((row, y) =>
    row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''),
  )
  return { size, path: rows.join('') }
}
