/** To the next number of the page, if it is still empty: the keyboard stays open, no tap is needed. */
export function onward(input: HTMLInputElement): void {
  const all = [...document.querySelectorAll<HTMLInputElement>('.form-items input[inputmode]')]
  const next = all[all.indexOf(input) + 1]
  if (next?.value === '') next.focus()
}
