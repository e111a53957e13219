import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { describe, expect, it } from 'vitest'
import { b64, concat, fromUtf8, sha256Hex, unb64, utf8 } from './bytes'
import { canonicalJson } from './canonical'
import { isoWithOffset, localDay } from './clock'
import * as dates from './dates'
import { derivedId, isUuid, newbornId, newId, taskId } from './ids'
import { normaliseIdNo, normalisePhone } from './identity'
import { devicePublicKey, newDeviceKey, signText } from './device_key'
import { sealForServer } from './sealing'

describe('ids', () => {
  it('are those of the server', () => {
    // Computed with backend.kernel.ids.
    const subject = '0197a5c0-0000-7000-8000-000000000001'
    expect(taskId(subject, 'hypertension', '2026Q3')).toBe('7ce977f2-c6be-58ae-941a-219399cab332')
    expect(newbornId(subject, 0)).toBe('c8cdb1fc-8264-5d21-8e3d-6fc486202506')
    expect(derivedId('随访', '高血压')).toBe('6a2b6e9c-cce6-502e-973d-59943649400f')
  })
  it('new ones sort by the time they were made', () => {
    const made = Array.from({ length: 100 }, newId)
    expect([...made].sort()).toEqual(made)
    expect(made.every(isUuid)).toBe(true)
  })
})

describe('dates', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2024-02-29', 12, '2025-02-28'],
  ])('%s + %i months = %s', (day, months, expected) => {
    expect(dates.addMonths(day, months)).toBe(expected)
  })
  it('knows quarters', () => {
    expect(dates.quarter('2026-12-31')).toBe('2026Q4')
    expect(dates.quarterStart('2026-12-31')).toBe('2026-10-01')
    expect(dates.quarterEnd('2026-01-01')).toBe('2026-03-31')
    expect(dates.nextQuarterStart('2026-11-05')).toBe('2027-01-01')
  })
  it('refuses days that do not exist', () => {
    expect(() => dates.addDays('2026-02-30', 1)).toThrow(RangeError)
    expect(dates.isDay('2025-02-29')).toBe(false)
  })
  it('a day is a day in China wherever the phone is', () => {
    expect(localDay(Date.parse('2026-03-01T16:00:00Z'))).toBe('2026-03-02')
    expect(isoWithOffset(Date.parse('2026-03-01T16:00:00Z'), 480)).toBe('2026-03-02T00:00:00.000+08:00')
    expect(isoWithOffset(Date.parse('2026-03-01T16:00:00Z'), -210)).toBe('2026-03-01T12:30:00.000-03:30')
  })
})

describe('canonical JSON', () => {
  it('follows RFC 8785', () => {
    const value = { b: [56.0, 1e30, 4.5, 2e-3, 1e-27], a: '€$\u000f\nA\'B"\\"/', 中: undefined, é: null, 一: true }
    expect(canonicalJson(value)).toBe(
      '{"a":"€$\\u000f\\nA\'B\\"\\\\\\"/","b":[56,1e+30,4.5,0.002,1e-27],"é":null,"一":true}',
    )
  })
  it('refuses what has no JSON', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow()
    expect(() => canonicalJson('\ud800')).toThrow()
  })
})

describe('numbers as people type them', () => {
  it('become the stored form', () => {
    expect(normaliseIdNo(' 11010519491231002x')).toBe('11010519491231002X')
    expect(normaliseIdNo('110105491231002')).toBe('11010519491231002X')
    expect(normaliseIdNo('１１０１０５１９４９１２３１００２Ｘ')).toBe('11010519491231002X')
    expect(normalisePhone('+86 138-1234-5678')).toBe('13812345678')
    expect(normalisePhone('0871-1234567')).toBe('0871-1234567')
  })
})

describe('sealing', () => {
  it('can be opened by the holder of the private key, with the same header only', async () => {
    const hpke = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
    const pair = await hpke.kem.generateKeyPair()
    const publicKey = b64(new Uint8Array(await hpke.kem.serializePublicKey(pair.publicKey)))
    const sealed = unb64(await sealForServer(publicKey, utf8('{"sbp":182}'), 'header'))

    const info = utf8('suifang.envelope/1')
    const open = async (aad: string) => {
      const context = await hpke.createRecipientContext({ recipientKey: pair.privateKey, enc: sealed.slice(0, 65), info })
      return fromUtf8(await context.open(sealed.slice(65), utf8(aad)))
    }
    expect(await open('header')).toBe('{"sbp":182}')
    await expect(open('another header')).rejects.toThrow()
  })

  it('the device key signs and cannot be taken out', async () => {
    const pair = await newDeviceKey()
    const raw = unb64(await devicePublicKey(pair))
    expect(raw.length).toBe(65)
    const key = await crypto.subtle.importKey('raw', raw, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    const signature = unb64(await signText(pair, '随访'))
    expect(signature.length).toBe(64)
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, utf8('随访'))).toBe(true)
    await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow()
  })
})

describe('bytes', () => {
  it('base64url and hex go round', async () => {
    const bytes = concat(new Uint8Array([251, 255, 0]), utf8('随'))
    expect(unb64(b64(bytes))).toEqual(bytes)
    expect(b64(bytes)).not.toMatch(/[+/=]/)
    expect(await sha256Hex(utf8('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
