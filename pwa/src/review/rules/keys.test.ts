import { describe, expect, it } from 'vitest'
import { commandOf, type Pressed } from './keys'

function pressed(key: string, over: Partial<Pressed> = {}): Pressed {
  return { key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, isComposing: false, target: { tagName: 'BODY' }, ...over }
}

describe("the reviewer's keyboard", () => {
  it.each([
    ['j', 'next'],
    ['J', 'next'],
    ['ArrowDown', 'next'],
    ['k', 'previous'],
    ['a', 'approve'],
    ['R', 'return'],
    ['/', 'search'],
    ['？', 'help'],
    ['Escape', 'leave'],
    ['x', null],
    ['Enter', 'open'],
  ])('%s is %s', (key, command) => {
    expect(commandOf(pressed(key))).toBe(command)
  })

  it('keeps still while somebody writes a reason', () => {
    for (const target of [{ tagName: 'TEXTAREA' }, { tagName: 'INPUT', type: 'text' }, { tagName: 'DIV', isContentEditable: true }]) {
      expect(commandOf(pressed('a', { target }))).toBeNull()
    }
    expect(commandOf(pressed('a', { isComposing: true }))).toBeNull()
    expect(commandOf(pressed('a', { target: { tagName: 'INPUT', type: 'checkbox' } }))).toBe('approve')
  })

  it('leaves Enter to the button that has the focus', () => {
    expect(commandOf(pressed('Enter', { target: { tagName: 'BUTTON' } }))).toBeNull()
  })

  it('leaves a field by Escape', () => {
    expect(commandOf(pressed('Escape', { target: { tagName: 'TEXTAREA' } }))).toBe('leave')
  })

  it("leaves the browser's own keys alone", () => {
    expect(commandOf(pressed('r', { ctrlKey: true }))).toBeNull()
    expect(commandOf(pressed('a', { metaKey: true }))).toBeNull()
  })

  it('never decides because a key was held down', () => {
    expect(commandOf(pressed('a', { repeat: true }))).toBeNull()
    expect(commandOf(pressed('j', { repeat: true }))).toBe('next')
  })
})
