import { describe, expect, it } from 'vitest'
import { standing, subscribe, unsubscribe, type PushWorld } from './push'

const KEY = 'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U'
const PATIENCE = 20
const never = new Promise<never>(() => undefined)

/** A browser as its parts are: what the person says, whether a worker and a push service are there. */
function world(over: { permission?: ReturnType<PushWorld['permission']>; answer?: NotificationPermission; worker?: boolean; service?: 'there' | 'silent' | 'refuses' } = {}) {
  const { answer = 'granted', worker = true, service = 'there' } = over
  let { permission = 'default' } = over
  let live: { endpoint: string; unsubscribe: () => Promise<boolean> } | null = null
  const made = {
    endpoint: 'https://push.example/1',
    unsubscribe: () => {
      live = null
      return Promise.resolve(true)
    },
  }
  const asked: PushSubscriptionOptionsInit[] = []
  const pushManager = {
    getSubscription: () => Promise.resolve(live as PushSubscription | null),
    subscribe: (options: PushSubscriptionOptionsInit) => {
      asked.push(options)
      if (service === 'silent') return never
      if (service === 'refuses') return Promise.reject(new DOMException('Registration failed', 'AbortError'))
      live = made
      return Promise.resolve(made as unknown as PushSubscription)
    },
  }
  const fake: PushWorld = {
    permission: () => permission,
    ask: () => {
      permission = answer
      return Promise.resolve(answer)
    },
    worker: () => (worker ? Promise.resolve({ pushManager }) : never),
  }
  return { fake, asked }
}

describe('turning messages on', () => {
  it('asks with the key of the server, and shows every message', async () => {
    const { fake, asked } = world()
    const made = await subscribe(KEY, fake, PATIENCE)
    expect(made.endpoint).toBe('https://push.example/1')
    expect(asked[0]?.userVisibleOnly).toBe(true)
    expect((asked[0]?.applicationServerKey as Uint8Array).length).toBe(65)
    expect(await standing(fake, PATIENCE)).toBe('on')
  })

  it.each([
    ['a browser without messages', { permission: 'unsupported' }, 'unsupported'],
    ['a person who says no', { answer: 'denied' }, 'denied'],
    ['a person who closes the question', { answer: 'default' }, 'denied'],
    ['a phone without a push service, which never answers', { service: 'silent' }, 'no_service'],
    ['a push service that refuses', { service: 'refuses' }, 'no_service'],
    ['a worker that never starts', { worker: false }, 'no_service'],
  ] as const)('%s ends with what is the matter', async (_who, over, trouble) => {
    await expect(subscribe(KEY, world(over).fake, PATIENCE)).rejects.toMatchObject({ trouble })
  })
})

describe('how things stand', () => {
  it.each([
    [{ permission: 'unsupported' }, 'unsupported'],
    [{ permission: 'denied' }, 'denied'],
    [{ permission: 'granted' }, 'off'],
    [{ worker: false }, 'off'],
  ] as const)('%j is %s', async (over, expected) => {
    expect(await standing(world(over).fake, PATIENCE)).toBe(expected)
  })
})

describe('turning messages off', () => {
  it('ends the address at once and names it', async () => {
    const { fake } = world()
    await subscribe(KEY, fake, PATIENCE)
    expect(await unsubscribe(fake, PATIENCE)).toBe('https://push.example/1')
    expect(await standing(fake, PATIENCE)).toBe('off')
    expect(await unsubscribe(fake, PATIENCE)).toBeNull()
  })
})
