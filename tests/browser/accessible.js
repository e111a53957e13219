// What a test asks of a screen (accessible.py). axe is loaded before.
(() => {
  const USED = 'button, a[href], input, select, textarea, summary'
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })

  const violations = async () => {
    const { violations: found } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // Its 24 px count what a bar covers just now; `small` measures 44 of the whole.
      rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: false } },
    })
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
  }

  // A control inside of its label is hit by a tap on the label.
  const small = (target) =>
    [...document.querySelectorAll(USED)]
      .filter((one) => shown(one) && one.ariaHidden !== 'true')
      .map((one) => ({ one, box: (one.closest('label') ?? one).getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < target - 0.5 || box.height < target - 0.5))
      .map(({ one, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`)

  // A group of radio buttons is one stop.
  const name = (one) => (one.type === 'radio' ? `radio ${one.name}` : [...document.querySelectorAll('*')].indexOf(one))

  const stops = () => {
    const root = document.querySelector('dialog[open]') ?? document.body
    const all = [...root.querySelectorAll(`${USED}, [tabindex="0"]`)]
    return new Set(all.filter((one) => !one.disabled && one.tabIndex >= 0 && shown(one)).map(name)).size
  }

  const marked = (one) => {
    const { outlineStyle, boxShadow } = getComputedStyle(one)
    return outlineStyle !== 'none' || boxShadow !== 'none'
  }

  const focused = () => {
    const one = document.activeElement
    if (!one || one === document.body) return null
    const label = one.closest('label')
    return { at: name(one), seen: marked(one) || (label !== null && marked(label)), html: one.outerHTML.slice(0, 100) }
  }

  window.looking = { violations, small, stops, focused }
})()
