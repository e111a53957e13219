import { describe, expect, it } from 'vitest'
import { changePin, newVault, newWrappingKey, pinWeakness, unlock, WrongPin } from './vault'

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
