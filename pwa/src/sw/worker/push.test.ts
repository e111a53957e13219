import { describe, expect, it, vi } from 'vitest'
import { confirmShown, insideScope, readMessage } from './push'

const SCOPE = 'https://suifang.example/capture/'

describe('a push message', () => {
  it('is shown as it came', () => {
    const sent = { id: 'a', kind: 'urgent', title: '紧急', body: '请看待办', url: '/capture/#/tasks', receipt: 'a.b' }
    expect(readMessage(JSON.stringify(sent), SCOPE)).toEqual({ ...sent, url: `${SCOPE}#/tasks` })
  })

  it('shows something even when it cannot be read, or iOS drops the subscription', () => {
    for (const broken of [null, '', 'not json', '{"title":']) {
      const shown = readMessage(broken, SCOPE)
      expect(shown.title).not.toBe('')
      expect(shown.body).not.toBe('')
      expect(shown.url).toBe(SCOPE)
    }
  })

  it('opens pages of its own scope only', () => {
    expect(insideScope('https://evil.example/capture/', SCOPE)).toBe(SCOPE)
    expect(insideScope('/desk/', SCOPE)).toBe(SCOPE)
    expect(insideScope('javascript:alert(1)', SCOPE)).toBe(SCOPE)
    expect(insideScope('//', SCOPE)).toBe(SCOPE)
    expect(insideScope('/capture/#/returned/1', SCOPE)).toBe(`${SCOPE}#/returned/1`)
  })
})

describe('a receipt', () => {
  it('tells the server what was shown, and nothing about who', async () => {
    const ask = vi.fn<typeof fetch>().mockResolvedValue(new Response(null, { status: 204 }))
    expect(await confirmShown('a.proof', ask)).toBe(true)
    expect(ask).toHaveBeenCalledExactlyOnceWith('/api/v1/push/receipts', expect.objectContaining({ method: 'POST', body: '{"receipt":"a.proof"}', credentials: 'omit' }))
  })

  it('is not sent for a message that brought none', async () => {
    const ask = vi.fn<typeof fetch>()
    expect(await confirmShown('', ask)).toBe(false)
    expect(ask).not.toHaveBeenCalled()
  })

  it('that cannot be brought leaves the notification alone: the ladder goes on', async () => {
    expect(await confirmShown('a.proof', () => Promise.reject(new TypeError('no network')))).toBe(false)
    expect(await confirmShown('a.proof', () => Promise.resolve(new Response(null, { status: 503 })))).toBe(false)
  })
})
