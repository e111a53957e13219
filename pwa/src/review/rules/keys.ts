/** The reviewer's keyboard: J and K through the list, Enter into it, A approves, R returns. */

export type Command = 'next' | 'previous' | 'approve' | 'return' | 'search' | 'open' | 'help' | 'leave'

/** What is read of a keyboard event. */
export interface Pressed {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly repeat: boolean
  readonly isComposing: boolean
  readonly target: unknown
}

const COMMANDS: Record<string, Command> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  a: 'approve',
  r: 'return',
  Enter: 'open',
  '/': 'search',
  '?': 'help',
  '？': 'help',
  Escape: 'leave',
}

/** Letters typed into a field, with a modifier, or into an input method are nobody's command. */
export function commandOf(pressed: Pressed): Command | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) return null
  const command = COMMANDS[pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key] ?? null
  if (command === 'leave') return command
  if (isTyping(pressed.target) || (command === 'open' && isPressable(pressed.target))) return null
  // A key held down runs through the list; it never decides twice.
  return pressed.repeat && command !== 'next' && command !== 'previous' ? null : command
}

function isTyping(target: unknown): boolean {
  const { tagName, isContentEditable, type } = (target ?? {}) as { tagName?: string; isContentEditable?: boolean; type?: string }
  if (isContentEditable === true || tagName === 'TEXTAREA' || tagName === 'SELECT') return true
  return tagName === 'INPUT' && type !== 'checkbox' && type !== 'radio'
}

/** Enter belongs to a button or link that has the focus. */
function isPressable(target: unknown): boolean {
  return ['BUTTON', 'A', 'SUMMARY'].includes((target as { tagName?: string } | null)?.tagName ?? '')
}
