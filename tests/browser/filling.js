/* Runs in the page: what stands on it, and typing as a thumb does, without the waits of a remote hand. */
(() => {
  const at = (path) => document.querySelector(`[data-path="${CSS.escape(path)}"]`)
  const frame = (path) => at(path)?.querySelector('.field') ?? at(path)?.closest('.field') ?? at(path)
  const calm = () => new Promise((done) => setTimeout(done, 0))
  const setter = (input) =>
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value').set
  const typed = (path) => at(path)?.querySelector('input:not([type=radio]):not([type=checkbox]):not([type=search]):not([type=file]), textarea')
  const marks = (path) => [...(at(path)?.querySelectorAll('input[type=radio], input[type=checkbox]') ?? [])]
  const type = (path, text) => {
    const input = typed(path)
    setter(input).call(input, text)
    for (const name of ['input', 'change']) input.dispatchEvent(new Event(name, { bubbles: true }))
    for (const name of ['blur', 'focusout']) input.dispatchEvent(new FocusEvent(name, { bubbles: name === 'focusout' }))
  }
  const problem = (path) => frame(path)?.querySelector('.field-problem')?.textContent.trim() ?? ''

  globalThis.suifangFilling = {
    /** Every field of the page: how it is answered, and whether it may be left out. */
    scan: () =>
      [...document.querySelectorAll('.form-items [data-path]')].map((each) => {
        const path = each.dataset.path
        const input = typed(path)
        const checked = marks(path).filter((mark) => mark.checked).map((mark) => mark.value)
        const picker = each.querySelector('button.picker')
        return {
          path,
          text: input && !picker ? input.value : null,
          checked,
          options: marks(path).map((mark) => mark.value),
          picker: picker ? picker.textContent.trim() : null,
          empty: picker ? picker.querySelector('.picker-empty') !== null : null,
          optional: frame(path)?.querySelector('.field-optional') !== null,
          disabled: (input ?? marks(path)[0])?.disabled ?? false,
        }
      }),
    /** Types several fields one after the other. */
    type: async (texts) => {
      for (const [path, text] of Object.entries(texts)) {
        if (typed(path)) type(path, text)
        await calm()
      }
    },
    /** Types what is wrong, reads the message, and puts back what stood there. */
    breakTyped: async (wrong) => {
      const said = {}
      for (const [path, text] of Object.entries(wrong)) {
        if (!typed(path)) continue
        const before = typed(path).value
        type(path, text)
        await calm()
        said[path] = problem(path)
        type(path, before)
        await calm()
      }
      return said
    },
    /** Takes every mark of a question away, reads the message, and sets them again. */
    breakMarked: async (paths) => {
      const said = {}
      for (const path of paths) {
        const before = marks(path).filter((mark) => mark.checked).map((mark) => mark.value)
        for (const value of before) marks(path).find((mark) => mark.value === value)?.click()
        await calm()
        said[path] = problem(path)
        for (const value of before) marks(path).find((mark) => mark.value === value)?.click()
        await calm()
      }
      return said
    },
    /** What stands out to the right of the screen, or is wider than the frame that shows it. */
    tooWide: () => {
      const right = document.documentElement.clientWidth + 1
      const name = (each) => `${each.tagName.toLowerCase()}.${each.className} ${each.textContent.trim().slice(0, 30)}`
      const out = [...document.querySelectorAll('main *, #app *')].filter((each) => each.getBoundingClientRect().right > right)
      const cut = [...document.querySelectorAll('.option, .button, .field-label, .computed-value, .unit, .picker, h2, h3')].filter(
        (each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0,
      )
      return [...new Set([...out, ...cut].map(name))]
    },
    problems: () =>
      [...document.querySelectorAll('.field-problem')].map((each) => `${each.closest('[data-path]')?.dataset.path ?? ''} ${each.textContent.trim()}`),
  }
})()
