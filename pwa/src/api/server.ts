/** The server as this page knows it: an entry connects once, actions ask. */
import { Client } from './client'
import { SessionKeeper } from './session'
import type { Entry } from './wire'

interface Connection {
  client: Client
  session: SessionKeeper | null
}

let connection: Connection | null = null

/** Connects an entry with sign-in. The family's page has none: `connectOpen`. */
export function connect(entry: Entry): SessionKeeper {
  const fetcher: typeof fetch = (...args) => globalThis.fetch(...args)
  const session = new SessionKeeper(entry, new Client(fetcher))
  use({ client: new Client(fetcher, session), session })
  return session
}

export function connectOpen(): void {
  use({ client: new Client((...args) => globalThis.fetch(...args)), session: null })
}

/** Also for tests, with a fake. */
export function use(next: Connection | null): void {
  connection = next
}

export function server(): Client {
  if (!connection) throw new Error('The entry has not connected yet')
  return connection.client
}

export function session(): SessionKeeper {
  if (!connection?.session) throw new Error('This entry has no sign-in')
  return connection.session
}
