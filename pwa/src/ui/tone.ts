/** What a colour says. */
export type Tone = 'neutral' | 'accent' | 'info' | 'ok' | 'warn' | 'danger'
