import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { devicePair, draft, finalising, newPhone, NOW, sealKey } from '../../dev/phone_fixture'
import { Database, readFact } from '../db/database'
import { ConnectionLost, steady, storageTrouble } from '../db/health'
import { finalise } from '../outbox/store/finalise'
import { readQueued, waiting } from '../outbox/store/queue'
import { saveDraft } from '../submissions/store'
import { MAX_WRONG_PINS, type DeviceFacts } from './model'
import { browserName, clockDoubtful, deviceName, solitude } from './rules'
import { enrolled, lockState, putKeptAway, replacePin, setFirstPin, signingKey, tryPin, whyWiped, writeDeviceFacts } from './store'

const ROUNDS = 1000
const DAY = 86_400_000

describe('the PIN', () => {
  it('opens after a restart, and the signing key is the same', async () => {
    const { db, name } = await newPhone()
    expect(await lockState(db)).toBe('new')
    await setFirstPin(db, '271828', ROUNDS)
    const pair = await signingKey(db)
    db.close()
    const again = new Database(name)
    expect(await lockState(again)).toBe('locked')
    expect(await tryPin(again, '271828')).toHaveProperty('vault')
    const [a, b] = [await crypto.subtle.exportKey('raw', pair.publicKey), await crypto.subtle.exportKey('raw', (await signingKey(again)).publicKey)]
    expect(new Uint8Array(a)).toEqual(new Uint8Array(b))
  })

  it('wrong ten times destroys what it opens; what is unsent stays sealed and can be sent', async () => {
    const { db } = await newPhone()
    const vault = await setFirstPin(db, '271828', ROUNDS)
    await saveDraft(db, vault, draft())
    await vault.openKept(await vault.close({ name: '王秀英' }, 'resident|1'), 'resident|1')
    await putKeptAway(db, vault, new Set()) // somebody left: that is put away at once
    expect(await readFact(db, 'kept')).toBeDefined()
    const row = await finalise(db, vault, finalising(draft()), { residents: [], households: [], sites: [], tasks: [] }, sealKey, devicePair)
    for (let left = MAX_WRONG_PINS - 1; left >= 0; left -= 1) expect(await tryPin(db, '000000')).toEqual({ left })
    expect([await lockState(db), await whyWiped(db)]).toEqual(['wiped', 'pin'])
    expect([await db.drafts.count(), await readFact(db, 'kept')]).toEqual([0, undefined])
    expect((await waiting(db)).map((w) => w.envelope)).toEqual([row.envelope])
    expect(await readQueued(db, vault, row.id)).toBeNull()
    expect(await readFact<number>(db, 'next_seq')).toBe(2)
  })

  it('a right one forgives the wrong ones before it', async () => {
    const { db } = await newPhone()
    await setFirstPin(db, '271828', ROUNDS)
    await tryPin(db, '111111')
    await tryPin(db, '271828')
    expect(await tryPin(db, '111111')).toEqual({ left: MAX_WRONG_PINS - 1 })
  })

  it('can be changed', async () => {
    const { db } = await newPhone()
    await setFirstPin(db, '271828', ROUNDS)
    await replacePin(db, '271828', '314159')
    expect(await tryPin(db, '314159')).toHaveProperty('vault')
  })
})

describe('enrolling', () => {
  const facts = (device_id: string) => ({ device_id }) as DeviceFacts

  it('another device counts from 1; the same one goes on', async () => {
    const { db } = await newPhone()
    await writeDeviceFacts(db, facts('one'))
    const vault = await setFirstPin(db, '271828', ROUNDS)
    await finalise(db, vault, finalising(draft()), { residents: [], households: [], sites: [], tasks: [] }, sealKey, devicePair)
    await enrolled(db, facts('one'))
    expect(await readFact<number>(db, 'next_seq')).toBe(2)
    await enrolled(db, facts('two'))
    expect(await readFact<number>(db, 'next_seq')).toBeUndefined()
  })

  it.each([
    ['Mozilla/5.0 (Linux; Android 12; Redmi 12 Build/SKQ1) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36', 'Redmi 12', 'Chrome 126'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 16_4 like Mac OS X) AppleWebKit/605.1.15 Version/16.4 Mobile/15E148 Safari/604.1', 'iPhone', 'Safari 16.4'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Web', 'Firefox 128'],
    ['', 'Web', ''],
  ])('%s is %s with %s', (agent, phone, browser) => {
    expect([deviceName(agent), browserName(agent)]).toEqual([phone, browser])
  })
})

describe('alone with the phone', () => {
  it.each([
    [null, 'fine'], [NOW, 'fine'], [NOW - 22 * DAY, 'fine'], [NOW - 23 * DAY, 'warn'], [NOW - 29 * DAY, 'warn'], [NOW - 30 * DAY, 'stop'],
    [NOW + 400 * DAY, 'fine'],
  ])('last contact %s: %s', (contact, state) => {
    expect(solitude(contact, NOW).state).toBe(state)
  })
  it('doubts a clock that is more than five minutes off', () => {
    expect([null, 0, 299_000, -301_000].map(clockDoubtful)).toEqual([false, false, false, true])
  })
})

describe('the disk', () => {
  it('is examined before the first question', async () => {
    const { db } = await newPhone()
    expect(await storageTrouble(db, undefined)).toBeNull()
    expect(await storageTrouble(db, { estimate: () => Promise.resolve({ quota: 100, usage: 99 }) })).toBe('full')
  })
  it('a browser without a database is told so', async () => {
    const { db } = await newPhone()
    db.open = () => {
      const error = new Error('no API')
      error.name = 'MissingAPIError'
      throw error
    }
    expect(await storageTrouble(db, undefined)).toBe('missing')
  })
  it('a lost connection is opened once more, and not for ever', async () => {
    const { db } = await newPhone()
    await db.open()
    const lost = () => new DOMException('The database connection is closing.', 'InvalidStateError')
    let calls = 0
    const once = steady(db, () => {
      calls += 1
      return calls === 1 ? Promise.reject(lost()) : Promise.resolve('fine')
    })
    expect(await once).toBe('fine')
    await expect(steady(db, () => Promise.reject(lost()))).rejects.toThrow(ConnectionLost)
    await expect(steady(db, () => Promise.reject(new Error('other')))).rejects.toThrow('other')
  })
})
