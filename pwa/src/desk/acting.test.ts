import { describe, expect, it } from 'vitest'
import { useActing } from './acting'

describe('what a button asks of the server', () => {
  it('is asked once, however often it is pressed', async () => {
    const { busy, act } = useActing()
    let asked = 0
    let answer = (): void => undefined
    const work = (): Promise<void> => {
      asked += 1
      return new Promise((resolve) => (answer = resolve))
    }
    const first = act(work)
    await act(work)
    expect([asked, busy.value]).toEqual([1, true])
    answer()
    await first
    expect(busy.value).toBe(false)
  })

  it('tells what went wrong until it is tried again', async () => {
    const { busy, failure, act } = useActing()
    const gone = new Error('gone')
    await act(() => Promise.reject(gone))
    expect([failure.value, busy.value]).toEqual([gone, false])
    await act(() => Promise.resolve())
    expect(failure.value).toBeNull()
  })
})
