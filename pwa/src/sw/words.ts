/** What a page says to its worker. */
export const TAKE_OVER = 'suifang:take-over'

/** What the browser is asked to wake the worker for, and the name under which it then finds the work. */
export const HAND_IN = 'suifang:hand-in'
export interface HandingIn {
  [HAND_IN]?: () => Promise<boolean>
}
