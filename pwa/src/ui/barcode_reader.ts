/** Reads codes in plain JavaScript, for phones without a BarcodeDetector. Loaded only when somebody scans. */
import BinaryBitmap from '@zxing/library/es2015/core/BinaryBitmap'
import HybridBinarizer from '@zxing/library/es2015/core/common/HybridBinarizer'
import DataMatrixReader from '@zxing/library/es2015/core/datamatrix/DataMatrixReader'
import Code128Reader from '@zxing/library/es2015/core/oned/Code128Reader'
import EAN13Reader from '@zxing/library/es2015/core/oned/EAN13Reader'
import QRCodeReader from '@zxing/library/es2015/core/qrcode/QRCodeReader'
import RGBLuminanceSource from '@zxing/library/es2015/core/RGBLuminanceSource'

const READERS = [new QRCodeReader(), new Code128Reader(), new EAN13Reader(), new DataMatrixReader()]

/** Brightness of each pixel, as the eye weighs the colours. */
export function grey(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const out = new Uint8ClampedArray(rgba.length / 4)
  for (let i = 0; i < out.length; i += 1) {
    const at = i * 4
    out[i] = (306 * (rgba[at] ?? 0) + 601 * (rgba[at + 1] ?? 0) + 117 * (rgba[at + 2] ?? 0)) >> 10
  }
  return out
}

/** The text of a code in the picture (QR, Code 128, EAN-13, Data Matrix), or nothing. */
export function readCode(brightness: Uint8ClampedArray, width: number, height: number): string | null {
  const bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(brightness, width, height)))
  for (const reader of READERS) {
    try {
      return reader.decode(bitmap).getText()
    } catch {
      // This reader finds none of its kind in the picture: it says so by throwing.
    } finally {
      reader.reset()
    }
  }
  return null
}
