/** Looks through the camera for a code: with the browser's own detector, else with ours. */

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
type DetectorClass = (new (options: { formats: string[] }) => Detector) & { getSupportedFormats(): Promise<string[]> }

type Look = (video: HTMLVideoElement) => Promise<string | null>

const FORMATS = ['qr_code', 'code_128', 'ean_13', 'data_matrix']
const EVERY_MS = 200

async function ownDetector(): Promise<Look | null> {
  const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const formats = known ? (await known.getSupportedFormats()).filter((format) => FORMATS.includes(format)) : []
  // One that knows no 1-D codes could not read a vaccine's box.
  if (!known || !formats.includes('code_128')) return null
  const detector = new known({ formats })
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null
}

async function plainReader(): Promise<Look> {
  const { grey, readCode } = await import('./barcode_reader')
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
  return (video) => {
    const scale = Math.min(1, 800 / Math.max(video.videoWidth, 1))
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)]
    if (!pen || width === 0) return Promise.resolve(null)
    Object.assign(canvas, { width, height })
    pen.drawImage(video, 0, 0, width, height)
    return Promise.resolve(readCode(grey(pen.getImageData(0, 0, width, height).data), width, height))
  }
}

/** Whether this page may ask for a camera at all. */
export function hasCamera(): boolean {
  return (navigator as { mediaDevices?: MediaDevices }).mediaDevices?.getUserMedia !== undefined
}

/**
 * Shows the camera in the video and looks until a code is found or the scanner is stopped.
 *
 * @returns what stops it and lets go of the camera
 * @throws DOMException the doctor or the browser allows no camera
 */
export async function scan(video: HTMLVideoElement, found: (text: string) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 } } })
  let on = true
  const isOn = (): boolean => on
  const stop = (): void => {
    on = false
    stream.getTracks().forEach((track) => {
      track.stop()
    })
    video.srcObject = null
  }
  try {
    video.srcObject = stream
    await video.play()
    const look = (await ownDetector()) ?? (await plainReader())
    const again = async (): Promise<void> => {
      if (!isOn()) return
      const text = await look(video)
      if (!isOn()) return
      if (text === null || text.trim() === '') setTimeout(() => void again(), EVERY_MS)
      else {
        stop()
        found(text.trim())
      }
    }
    void again()
  } catch (error) {
    stop()
    throw error
  }
  return stop
}
