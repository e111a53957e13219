import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Client } from '../api/client'
import { use } from '../api/server'
import { problem, reply, server, type Asked } from '../api/testing'
import type { FamilyView } from '../api/wire_family'
import { current, failure, feedPath, forget, links, open, refresh, remindMe, setFeed, show, standing, stopReminding, tellBirthDate, tellReaction, view, wantSms } from './actions'
import { readLinks, writeLinks } from './store'

const TOKEN = 'token-of-the-first-child'
const OTHER = 'token-of-the-other-child'

function plan(name: string): FamilyView {
  return {
    child: { name, sex: '1', birth_date: '2026-01-15' }, village: '柳树湾村', clinic: { name: null, phone: null, address: null },
    today: '2026-03-01', edition: { title: { 'zh-CN': '', en: '' }, version: 1 }, doses: [], next: null,
    push: { public_key: '', subscribed: false }, expires_on: '2028-01-15',
    holidays: [], checks: [], questions: [], reactions: [], sms: { wanted: false, phone_tail: null }, feed: null,
  }
}

/** The storage of a phone; `full` throws as browsers do. */
class Phone {
  readonly kept = new Map<string, string>()
  full = false
  getItem = (key: string) => this.kept.get(key) ?? null
  setItem = (key: string, value: string) => {
    if (this.full) throw new DOMException('full', 'QuotaExceededError')
    this.kept.set(key, value)
  }
}

let answer: (asked: Asked) => Response
let net: ReturnType<typeof server>
let phone: Phone

beforeEach(() => {
  phone = new Phone()
  vi.stubGlobal('localStorage', phone)
  answer = () => reply(plan('小石头'))
  net = server((asked) => answer(asked))
  use({ client: new Client(net.fetch), session: null })
})
afterEach(() => {
  use(null)
  vi.unstubAllGlobals()
})

const offline = () => {
  throw new TypeError('Failed to fetch')
}

describe('the page of a mother', () => {
  it('opens by the link, which travels in a header and never in an address', async () => {
    await open(TOKEN)
    expect(standing.value).toBe('fresh')
    expect(view.value?.child.name).toBe('小石头')
    expect(net.asked[0]).toMatchObject({ url: '/api/v1/family', headers: { Authorization: `Family ${TOKEN}` } })
  })

  it('opens again without the link, and without network', async () => {
    await open(TOKEN)
    answer = offline
    await open(null)
    expect(standing.value).toBe('kept')
    expect(view.value?.child.name).toBe('小石头')
  })

  it('asks for the QR code when there was none', async () => {
    await open(null)
    expect(standing.value).toBe('none')
    expect(net.asked).toHaveLength(0)
  })

  it("waits for the doctor's phone, and remembers the link meanwhile", async () => {
    answer = () => reply(problem('link_not_known', 401), 401)
    await open(TOKEN)
    expect(standing.value).toBe('not_yet')
    answer = () => reply(plan('小石头'))
    await open(null)
    expect(standing.value).toBe('fresh')
  })

  it('says that there is no network on the first visit, not that the link is wrong', async () => {
    answer = offline
    await open(TOKEN)
    expect(standing.value).toBe('failed')
  })

  it('shows nothing any more after the link was taken back', async () => {
    await open(TOKEN)
    answer = () => reply(problem('link_ended', 401), 401)
    await refresh()
    expect(standing.value).toBe('ended')
    expect(view.value).toBeNull()
    expect([...phone.kept.values()].join()).not.toContain('小石头')
  })

  it('keeps what it showed when the server has a bad day', async () => {
    await open(TOKEN)
    answer = () => reply(problem('internal', 500), 500)
    await refresh()
    expect(standing.value).toBe('kept')
  })

  it('works on a phone whose storage is full', async () => {
    phone.full = true
    await open(TOKEN)
    expect(standing.value).toBe('fresh')
  })
})

describe("the child's birth date", () => {
  beforeEach(() => {
    answer = ({ headers }) => {
      const born = headers['X-Birth-Date']
      if (born === '2026-01-15') return reply(plan('小石头'))
      return reply(problem(born === undefined ? 'birth_date_needed' : 'birth_date_wrong', 401), 401)
    }
  })

  it('is asked once, and kept with the link', async () => {
    await open(TOKEN)
    expect(standing.value).toBe('birth')
    await tellBirthDate('2026-01-15')
    expect(standing.value).toBe('fresh')
    await open(null)
    expect(standing.value).toBe('fresh')
    expect(readLinks()[0]?.born).toBe('2026-01-15')
  })

  it('is asked again when it was wrong, and nothing is shown', async () => {
    await open(TOKEN)
    await tellBirthDate('2026-01-16')
    expect(standing.value).toBe('birth')
    expect(view.value).toBeNull()
    expect(failure.value).toMatchObject({ problem: { code: 'birth_date_wrong' } })
  })

  it('is waited for after too many tries, while a plan that was seen before stays', async () => {
    answer = () => reply(problem('too_many_attempts', 429), 429)
    await open(TOKEN)
    expect(standing.value).toBe('birth')
    answer = () => reply(plan('小石头'))
    await refresh()
    answer = () => reply(problem('too_many_attempts', 429), 429)
    await refresh()
    expect(standing.value).toBe('kept')
  })
})

describe('what a mother tells', () => {
  beforeEach(async () => {
    await open(TOKEN)
    await tellBirthDate('2026-01-15')
  })

  it('a reaction goes out with both halves of the key, and shows at once', async () => {
    const report = { id: 'r', signs: ['fever'], onset_on: '2026-03-01', vaccinated_on: null, note: null, phone: null }
    answer = ({ body }) => reply({ ...(body as object), urgent: false, state: 'open', answer: null, answered_at: null, reported_at: '2026-03-01T00:00:00Z' }, 201)
    await tellReaction(report)
    await tellReaction(report)
    expect(net.asked.at(-1)).toMatchObject({ url: '/api/v1/family/reactions', headers: { Authorization: `Family ${TOKEN}`, 'X-Birth-Date': '2026-01-15' }, body: report })
    expect(view.value?.reactions).toHaveLength(1)
  })

  it('a consent to text messages is believed only when the server has it', async () => {
    answer = offline
    await expect(wantSms(true)).rejects.toThrow()
    expect(view.value?.sms.wanted).toBe(false)
    answer = () => reply(null, 204)
    await wantSms(true)
    expect(view.value?.sms.wanted).toBe(true)
  })

  it('a calendar has a key of its own, which the server learns only as a digest', async () => {
    answer = () => reply(null, 204)
    await setFeed('vaccines')
    const path = feedPath.value ?? ''
    expect(path).toMatch(/^\/api\/v1\/family\/calendar\/[\w-]{24}\.ics$/)
    expect(path).not.toContain(TOKEN)
    const sent = net.asked.at(-1)?.body as { tells: string; token_sha256: string }
    expect(sent.tells).toBe('vaccines')
    expect(sent.token_sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(sent)).not.toContain(path.slice(-28, -4))
    await setFeed(null)
    expect(feedPath.value).toBeNull()
  })
})

describe('two children', () => {
  beforeEach(async () => {
    answer = ({ headers }) => reply(plan(headers.Authorization === `Family ${TOKEN}` ? '老大' : '老二'))
    await open(TOKEN)
    await open(OTHER)
  })

  it('each keep their plan; the newest link is shown first', async () => {
    expect(view.value?.child.name).toBe('老二')
    answer = offline
    await show(TOKEN)
    expect(view.value?.child.name).toBe('老大')
  })

  it('a link scanned again is the same link', async () => {
    await open(TOKEN)
    expect(links.value).toHaveLength(2)
  })

  it('removing one shows the other', async () => {
    await forget()
    expect([current.value, view.value?.child.name]).toEqual([TOKEN, '老大'])
    await forget()
    expect(standing.value).toBe('none')
    expect(readLinks()).toEqual([])
  })
})

describe('reminders of two children on one phone', () => {
  const ADDRESS = 'https://push.example/1'
  let live: boolean
  const toldToEnd = () => net.asked.filter((asked) => asked.method === 'DELETE').map((asked) => [asked.headers.Authorization, asked.body])
  const subscription = () => ({
    endpoint: ADDRESS,
    toJSON: () => ({ endpoint: ADDRESS, keys: { p256dh: 'p', auth: 'a' } }),
    unsubscribe: () => {
      live = false
      return Promise.resolve(true)
    },
  })

  beforeEach(async () => {
    live = false
    const pushManager = {
      getSubscription: () => Promise.resolve(live ? subscription() : null),
      subscribe: () => {
        live = true
        return Promise.resolve(subscription())
      },
    }
    vi.stubGlobal('navigator', { serviceWorker: { ready: Promise.resolve({ pushManager }) } })
    vi.stubGlobal('PushManager', () => undefined)
    vi.stubGlobal('Notification', { permission: 'granted', requestPermission: () => Promise.resolve('granted') })
    const reminded = new Set<string>()
    answer = ({ method, headers }) => {
      const owner = headers.Authorization ?? ''
      if (method === 'GET') return reply({ ...plan(owner), push: { public_key: '', subscribed: reminded.has(owner) } })
      if (method === 'POST') reminded.add(owner)
      else reminded.delete(owner)
      return reply(null, 204)
    }
    await open(TOKEN)
    await remindMe()
    await open(OTHER)
    await remindMe()
  })

  it('off for one: the address stays for the other, and the server leaves out the one', async () => {
    await stopReminding()
    expect([live, toldToEnd()]).toEqual([true, [[`Family ${OTHER}`, { endpoint: ADDRESS }]]])
    expect(links.value.map((each) => each.view?.push.subscribed)).toEqual([false, true])
  })
  it('off for the last one: the address ends', async () => {
    await stopReminding()
    await show(TOKEN)
    await stopReminding()
    expect([live, toldToEnd().length]).toEqual([false, 2])
  })
  it('without network it stays on for one of two, and says so by failing', async () => {
    answer = offline
    await expect(stopReminding()).rejects.toThrow()
    expect([live, view.value?.push.subscribed]).toEqual([true, true])
  })
  it('removing a child ends its reminders on the server, and only its', async () => {
    await forget()
    expect([live, toldToEnd(), current.value]).toEqual([true, [[`Family ${OTHER}`, { endpoint: ADDRESS }]], TOKEN])
    await forget()
    expect([live, toldToEnd().length, links.value]).toEqual([false, 2, []])
  })
  it('a child cannot be removed while its reminders would go on', async () => {
    answer = offline
    await expect(forget()).rejects.toThrow()
    expect(links.value).toHaveLength(2)
  })
  it('a link that has ended can always be removed', async () => {
    answer = () => reply(problem('link_ended', 401), 401)
    await forget()
    expect(links.value.map((each) => each.token)).toEqual([TOKEN])
  })
  it('the only child can be removed without network: the address ends here', async () => {
    await forget()
    answer = offline
    await forget()
    expect([live, links.value]).toEqual([false, []])
  })
  it('a second child that cannot be turned on does not end the first', async () => {
    await stopReminding()
    answer = offline
    await expect(remindMe()).rejects.toThrow()
    expect(live).toBe(true)
  })
})

describe('what is kept on the phone', () => {
  it.each(['not json', '{"a":1}', '[1,null,{"token":5}]'])('%s is no link', (text) => {
    phone.kept.set('suifang.family', text)
    expect(readLinks()).toEqual([])
  })
  it('is told when it cannot be', () => {
    phone.full = true
    expect(writeLinks([])).toBe(false)
  })
})
