/** How a photo becomes small enough for a village's network. */

/** At most so many bytes: half a minute at 80 kbit/s. */
export const MAX_PHOTO_BYTES = 300 * 1024

export interface Step {
  /** Pixels of the longer side. */
  readonly longest: number
  /** Of the JPEG encoder, 0 to 1. */
  readonly quality: number
}

/** Tried one after the other until the photo is small enough; the last one always is. */
export const STEPS: readonly Step[] = [
  { longest: 1600, quality: 0.8 },
  { longest: 1600, quality: 0.65 },
  { longest: 1280, quality: 0.65 },
  { longest: 1024, quality: 0.6 },
  { longest: 800, quality: 0.5 },
  { longest: 640, quality: 0.4 },
]

/** Width and height with the longer side at most `longest`, in the same proportion; never larger than it was. */
export function fitted(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
