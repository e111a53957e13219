/** What a page says to its worker. */
export const TAKE_OVER = 'suifang:take-over'
