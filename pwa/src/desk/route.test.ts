import { afterEach, describe, expect, it, vi } from 'vitest'
import { go, readRoute, route, writeRoute } from './route'

const ID = '018f0000-03fc-7000-8000-000096771e93'

describe('the address of the desk', () => {
  it.each([
    ['', 'review', null],
    ['#/tasks', 'tasks', null],
    [`#/review/${ID}`, 'review', ID],
    ['#/nowhere', 'review', null],
    ['#/review/../../api', 'review', null],
    ['#/review/1', 'review', null],
  ] as const)('%s', (hash, place, id) => {
    expect(readRoute(hash)).toEqual({ place, id })
  })

  it('is written as it is read', () => {
    expect(readRoute(writeRoute({ place: 'people', id: ID }))).toEqual({ place: 'people', id: ID })
  })

  describe('going on through a list', () => {
    const address = { hash: '' }
    const replaceState = vi.fn()

    function standAt(hash: string): void {
      address.hash = hash
      route.value = readRoute(hash)
      vi.stubGlobal('location', address)
      vi.stubGlobal('history', { replaceState })
    }
    afterEach(() => {
      replaceState.mockClear()
      vi.unstubAllGlobals()
    })

    it('opens the next line in place of the last', () => {
      standAt('#/review')
      go({ place: 'review', id: ID }, 'replace')
      expect(replaceState).toHaveBeenCalledWith(null, '', `#/review/${ID}`)
      expect(route.value).toEqual({ place: 'review', id: ID })
    })

    it('does not fetch back somebody who left while the list was on its way', () => {
      standAt('#/review')
      address.hash = '#/forms' // pressed; the browser tells of it a moment later
      go({ place: 'review', id: ID }, 'replace')
      expect(replaceState).not.toHaveBeenCalled()
      expect(route.value).toEqual({ place: 'review', id: null })
    })
  })
})
