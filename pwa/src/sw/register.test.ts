import { afterEach, describe, expect, it, vi } from 'vitest'
import { askToBeWoken, registerWorker, takeOver } from './register'
import { HAND_IN, TAKE_OVER } from './words'

afterEach(() => vi.unstubAllGlobals())

function workers() {
  const asked: unknown[][] = []
  const register = (...args: unknown[]) => {
    asked.push(args)
    return Promise.resolve({} as ServiceWorkerRegistration)
  }
  return { asked, register }
}

describe('registering the worker', () => {
  it('asks for the one worker with the scope of the entry', async () => {
    const fake = workers()
    await registerWorker('/family/', fake)
    expect(fake.asked).toEqual([['/sw.js', { scope: '/family/' }]])
  })

  it('passes a trusted address where the browser asks for one', async () => {
    vi.stubGlobal('trustedTypes', {
      createPolicy: (_name: string, rules: { createScriptURL(url: string): string }) => ({
        createScriptURL: (url: string) => ({ trusted: rules.createScriptURL(url) }),
      }),
    })
    const fake = workers()
    await registerWorker('/capture/', fake)
    expect(fake.asked[0]?.[0]).toEqual({ trusted: '/sw.js' })
  })

  it('is left out where the browser has none', async () => {
    expect(await registerWorker('/family/', undefined)).toBeNull()
  })
})

describe('being woken when there is a network', () => {
  const registered = (sync: unknown) => ({ getRegistration: () => Promise.resolve({ sync } as unknown as ServiceWorkerRegistration) })
  it('is asked for where the browser can', async () => {
    const register = vi.fn(() => Promise.resolve())
    expect(await askToBeWoken(registered({ register }))).toBe(true)
    expect(register).toHaveBeenCalledExactlyOnceWith(HAND_IN)
  })
  it('and is no trouble where it cannot, or may not', async () => {
    expect(await askToBeWoken(undefined)).toBe(false)
    expect(await askToBeWoken(registered(undefined))).toBe(false)
    expect(await askToBeWoken(registered({ register: () => Promise.reject(new DOMException('no', 'NotAllowedError')) }))).toBe(false)
  })
})

describe('a new version', () => {
  it('is told to take over in the word it knows', () => {
    const said: unknown[] = []
    const waiting = { postMessage: (word: unknown) => said.push(word) } as unknown as ServiceWorker
    expect(takeOver({ waiting })).toBe(true)
    expect(said).toEqual([TAKE_OVER])
  })
  it('is nothing to do when none waits', () => {
    expect(takeOver({ waiting: null })).toBe(false)
  })
})
