import { afterEach, expect, it } from 'vitest'
import { Client } from '../api/client'
import { use } from '../api/server'
import { listCounted } from './actions'

afterEach(() => use(null))

it('asks for the people of the part that was pressed, not of the whole screen', async () => {
  const asked: string[] = []
  const answer = (address: RequestInfo | URL): Promise<Response> => {
    asked.push(new URL(address instanceof Request ? address.url : address, 'http://desk.test').search)
    return Promise.resolve(Response.json({ items: [], next_cursor: null }))
  }
  use({ client: new Client(answer), session: null })
  const screen = { year: 2026, month: 11, basis: 'all' as const, by: 'village', area: null }
  await listCounted({ indicator: 'fd_rate', part: 'unmet', area: '990123100201', worker: null }, screen, null)
  const found = Object.fromEntries(new URLSearchParams(asked[0]))
  expect(found).toEqual({ indicator: 'fd_rate', part: 'unmet', area: '990123100201', year: '2026', month: '11', basis: 'all', limit: '100' })
})
