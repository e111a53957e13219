/** Sending a picture in parts that fit the network. */

const SMALLEST = 8 * 1024
/** The server takes no larger one. */
const LARGEST = 256 * 1024
export const FIRST_PART = 32 * 1024

/** The next part: twice as large after a quick one, half after a slow one. A cut costs a few seconds' work. */
export function nextPart(size: number, tookMs: number): number {
  if (tookMs < 1500) return Math.min(LARGEST, size * 2)
  return tookMs > 6000 ? Math.max(SMALLEST, size / 2) : size
}

/** After a failure: as small as it gets, the network is bad. */
export function afterFailure(size: number): number {
  return Math.max(SMALLEST, size / 4)
}

/** What the seal of a picture is bound to. */
export function sealHeader(deviceId: string, sha256: string, keyId: string): string {
  return ['suifang.attachment/1', deviceId, sha256, keyId].join('\n')
}
