import { describe, expect, it } from 'vitest'
import { changePin, newVault, newWrappingKey, pinWeakness, unlock, WrongPin, type Vault } from './vault'

const ROUNDS = 1000 // the product's figure costs a second; the mechanism is the same

describe('the lock', () => {
  it('opens with the PIN on this device only', async () => {
    const device = await newWrappingKey()
    const [lock, vault] = await newVault('271828', device, ROUNDS)
    const box = await vault.close({ name: '王秀英' }, 'residents|1')

    const again = await unlock(lock, '271828', device)
    expect(await again.open(box, 'residents|1')).toEqual({ name: '王秀英' })
    await expect(unlock(lock, '271829', device)).rejects.toThrow(WrongPin)
    await expect(unlock(lock, '271828', await newWrappingKey())).rejects.toThrow()
  })

  it('does not open a box in another place, nor a damaged one', async () => {
    const [, vault] = await newVault('271828', await newWrappingKey(), ROUNDS)
    const box = await vault.close('secret', 'residents|1')
    await expect(vault.open(box, 'residents|2')).rejects.toThrow()
    box[20] = (box[20] ?? 0) ^ 1
    await expect(vault.open(box, 'residents|1')).rejects.toThrow()
  })

  it('keeps what is boxed when the PIN changes', async () => {
    const device = await newWrappingKey()
    const [lock, vault] = await newVault('271828', device, ROUNDS)
    const box = await vault.close(7, 'x')
    const next = await changePin(lock, '271828', '314159', device)
    expect(next.rounds).toBeGreaterThanOrEqual(600_000)
    expect(await (await unlock(next, '314159', device)).open(box, 'x')).toBe(7)
    await expect(changePin(lock, '000001', '314159', device)).rejects.toThrow(WrongPin)
  })

  it('writes nothing readable', async () => {
    const [, vault] = await newVault('271828', await newWrappingKey(), ROUNDS)
    const box = await vault.close({ name: 'Wang Xiuying' }, 'x')
    expect(new TextDecoder().decode(box)).not.toContain('Wang')
  })
})

describe('what was opened before', () => {
  async function twoVaults(): Promise<[Vault, () => Promise<Vault>]> {
    const device = await newWrappingKey()
    const [lock, vault] = await newVault('271828', device, ROUNDS)
    return [vault, () => unlock(lock, '271828', device)]
  }

  it('is not opened again, after the next unlocking either', async () => {
    const [vault, nextDay] = await twoVaults()
    const box = await vault.close({ name: '王秀英' }, 'resident|1')
    expect(vault.keptValue(box, 'resident|1')).toBeUndefined()
    await vault.openKept(box, 'resident|1')
    expect(vault.freshlyOpened).toBe(1)
    const away = await vault.closeKept()

    const later = await nextDay()
    await later.takeUpKept(away)
    expect(later.keptValue(box, 'resident|1')).toEqual({ name: '王秀英' })
    expect(new TextDecoder().decode(away)).not.toContain('王')
  })

  it('is told from what has changed since: that is opened', async () => {
    const [vault] = await twoVaults()
    await vault.openKept(await vault.close('old', 'resident|1'), 'resident|1')
    const changed = await vault.close('new', 'resident|1')
    expect(vault.keptValue(changed, 'resident|1')).toBeUndefined()
    expect(await vault.openKept(changed, 'resident|1')).toBe('new')
    expect(vault.keptValue(changed, 'resident|1')).toBe('new')
  })

  it('is not given out in another place, and is forgotten with whoever has gone', async () => {
    const [vault] = await twoVaults()
    const box = await vault.close('secret', 'resident|1')
    await vault.openKept(box, 'resident|1')
    await expect(vault.openKept(box, 'resident|2')).rejects.toThrow()
    expect(vault.forgetOthers(new Set(['resident|2']))).toEqual(['resident|1'])
    expect(vault.keptValue(box, 'resident|1')).toBeUndefined()
  })
})

describe('PIN', () => {
  it.each([
    ['12345', 'too_short'],
    ['12345a', 'too_short'],
    ['123456', 'too_simple'],
    ['654321', 'too_simple'],
    ['111111', 'too_simple'],
    ['271828', null],
  ])('%s: %s', (pin, weakness) => {
    expect(pinWeakness(pin)).toBe(weakness)
  })
})
