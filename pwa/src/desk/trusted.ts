/**
 * The desk's one `default` Trusted Types policy. Leaflet and Element Plus write these few literals as
 * HTML while they load; everything else is refused, as on the other entries.
 */

interface Factory {
  createPolicy(name: 'default', rules: { createHTML(html: string): string }): unknown
}

const LITERALS = new Set(['', '<svg/>', '<v:shape adj="1"/>'])

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
factory?.createPolicy('default', {
  createHTML(html) {
    if (!LITERALS.has(html)) throw new TypeError('This HTML is not on the list of the desk')
    return html
  },
})
