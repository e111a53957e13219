/** Where the phone is: watched from the opening of a form, never waited for. */
import { shallowRef } from 'vue'
import type { Fix, FixState } from '../../api/wire'
import type { Position } from '../../submissions/model'
import { isBetter, toFix } from '../rules/position'

export const position = shallowRef<Position>({ fix: null, state: 'off' })

let handle: number | null = null
let listener: ((fix: Fix) => void) | null = null

function say(fix: Fix | null, state: FixState): void {
  position.value = { fix, state }
}

/** @param known the best fix of the draft so far */
export function watchPosition(known: Fix | null): void {
  stopWatching()
  const geolocation = (navigator as Partial<Navigator>).geolocation
  if (!geolocation) {
    say(known, known ? 'fixed' : 'unavailable')
    return
  }
  say(known, known ? 'fixed' : 'pending')
  handle = geolocation.watchPosition(
    ({ coords, timestamp }) => {
      const fix = toFix(coords, timestamp)
      if (!isBetter(fix, position.value.fix)) return
      say(fix, 'fixed')
      listener?.(fix)
    },
    ({ code }) => {
      if (!position.value.fix) say(null, code === 1 ? 'denied' : 'unavailable')
    },
    { enableHighAccuracy: true, maximumAge: 30_000 },
  )
}

/** The next fix goes to a record that was already finalised, for at most so long. */
export function lateFix(take: (fix: Fix) => void, withinMs: number): void {
  listener = (fix) => {
    stopWatching()
    take(fix)
  }
  window.setTimeout(stopWatching, withinMs)
}

export function stopWatching(): void {
  if (handle !== null) navigator.geolocation.clearWatch(handle)
  handle = null
  listener = null
}
