import { describe, expect, it, vi } from 'vitest'
import { HAND_IN } from '../words'
import { handIn, handInWhenWoken } from './hand_in'

function worker(scope: string, registration: object = { sync: {} }) {
  const loaded: unknown[] = []
  const heard = new Map<string, (event: unknown) => void>()
  const fake = {
    registration: { scope: `https://suifang.example${scope}`, ...registration },
    importScripts: (file: unknown) => loaded.push(file),
    addEventListener: (name: string, listener: (event: unknown) => void) => heard.set(name, listener),
  }
  handInWhenWoken(fake as unknown as ServiceWorkerGlobalScope, '/assets/hand_in-1.js')
  return { loaded, heard, fake: fake as typeof fake & { [HAND_IN]?: () => Promise<boolean> } }
}

describe('test_fault_13 handing in while no page is open', () => {
  it('loads the work for the doctor, where the browser can wake a worker, and for nobody else', () => {
    expect(worker('/capture/').loaded).toEqual(['/assets/hand_in-1.js'])
    expect(worker('/family/').loaded).toEqual([])
    expect(worker('/capture/', {})).toMatchObject({ loaded: [], heard: new Map() })
  })

  it('does it when it is woken for it, and not for another tag', async () => {
    const { heard, fake } = worker('/capture/')
    fake[HAND_IN] = vi.fn(() => Promise.resolve(true))
    const waits: Promise<unknown>[] = []
    const wake = (tag: string) => heard.get('sync')?.({ tag, waitUntil: (work: Promise<unknown>) => waits.push(work) })
    wake('somebody else')
    wake(HAND_IN)
    await Promise.all(waits)
    expect([waits.length, fake[HAND_IN]]).toEqual([1, expect.any(Function)])
    expect(fake[HAND_IN]).toHaveBeenCalledTimes(1)
  })

  it('asks to be woken again while something waits', async () => {
    await expect(handIn({ [HAND_IN]: () => Promise.resolve(false) })).rejects.toThrow()
    await expect(handIn({})).rejects.toThrow()
  })
})
