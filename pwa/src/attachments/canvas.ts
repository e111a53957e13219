/** Makes a small plain JPEG of what the camera gave. Only here are pictures decoded. */
import type { Bytes } from '../kernel/bytes'
import type { Picture } from './model'
import { withoutMetadata } from './rules/clean'
import { fitted, MAX_PHOTO_BYTES, STEPS } from './rules/fit'

/** What was chosen is no picture this phone can read. */
export class NotAPicture extends Error {}

async function bytesOf(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Bytes> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality))
  const bytes = blob && withoutMetadata(new Uint8Array(await blob.arrayBuffer()))
  if (!bytes) throw new NotAPicture()
  return bytes
}

/**
 * The photo upright, at most 300 KB, without place, time and camera. Written anew from its pixels:
 * nothing of the file is taken over. The browser turns it as the camera says (its default; naming the
 * option is refused by browsers before Chrome 111).
 *
 * @throws NotAPicture
 */
export async function photoOf(file: Blob): Promise<Picture> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    throw new NotAPicture()
  }
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { alpha: false })
  if (!pen) throw new NotAPicture()
  try {
    let bytes: Bytes | null = null
    for (const { longest, quality } of STEPS) {
      const { width, height } = fitted(bitmap.width, bitmap.height, longest)
      if (canvas.width !== width || canvas.height !== height || !bytes) {
        Object.assign(canvas, { width, height })
        pen.drawImage(bitmap, 0, 0, width, height)
      }
      bytes = await bytesOf(canvas, 'image/jpeg', quality)
      if (bytes.length <= MAX_PHOTO_BYTES) break
    }
    if (!bytes) throw new NotAPicture()
    return { bytes, mediaType: 'image/jpeg' }
  } finally {
    bitmap.close()
    // Phones with 2 GB give the memory back only when the canvas is emptied.
    Object.assign(canvas, { width: 0, height: 0 })
  }
}

/** A drawing as PNG: few bytes, sharp lines. */
export async function drawingOf(canvas: HTMLCanvasElement): Promise<Picture> {
  return { bytes: await bytesOf(canvas, 'image/png'), mediaType: 'image/png' }
}
