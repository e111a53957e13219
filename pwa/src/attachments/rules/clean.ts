/**
 * Takes everything out of a picture that is not the picture: place, camera, time, comments. Browsers
 * drop most of it when a canvas is written; Safari adds some of its own. The server takes no other.
 */
import { concat, type Bytes } from '../../kernel/bytes'

/** JPEG segments that stay: JFIF, Adobe's colour mark, tables and frames. */
const KEPT = (marker: number): boolean => marker === 0xe0 || marker === 0xee || (marker >= 0xc0 && marker <= 0xdf)
const SCAN = 0xda
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const CHUNKS = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'sRGB', 'gAMA', 'cHRM', 'pHYs', 'sBIT', 'bKGD'])

/** Null when these bytes are no JPEG or PNG. */
export function withoutMetadata(bytes: Bytes): Bytes | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return cleanJpeg(bytes)
  return PNG.every((byte, i) => bytes[i] === byte) ? cleanPng(bytes) : null
}

function cleanJpeg(bytes: Bytes): Bytes | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Bytes[] = [bytes.subarray(0, 2)]
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff) return null
    // From the first scan on there are only scans and their tables.
    if (marker === SCAN) return concat(...kept, bytes.subarray(at))
    const end = at + 2 + view.getUint16(at + 2)
    if (KEPT(marker)) kept.push(bytes.subarray(at, end))
    at = end
  }
  return null
}

function cleanPng(bytes: Bytes): Bytes | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Bytes[] = [bytes.subarray(0, PNG.length)]
  for (let at = PNG.length; at + 12 <= bytes.length; ) {
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const end = at + 12 + view.getUint32(at)
    if (CHUNKS.has(kind)) kept.push(bytes.subarray(at, end))
    if (kind === 'IEND') return concat(...kept)
    at = end
  }
  return null
}
