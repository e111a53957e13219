import { describe, expect, it } from 'vitest'
import { insideScope, readMessage } from './push'

const SCOPE = 'https://suifang.example/capture/'

describe('a push message', () => {
  it('is shown as it came', () => {
    const sent = { id: 'a', kind: 'urgent', title: '紧急', body: '请看待办', url: '/capture/#/tasks' }
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
