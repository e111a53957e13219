/** One round with the server: push, then pull page by page, then the forms and rules that are missing. */
import type { FormList, FormRef, SyncPage } from '../api/wire'
import type { Place } from './store'

export type Failure = 'network' | 'busy' | 'signed_out'
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: Failure }

export interface Server {
  page(cursor: string | null): Promise<Answer<SyncPage>>
  known(ids: readonly string[]): Promise<Answer<readonly string[]>>
  /** All forms and rules offered now, and the policies of the doctor's areas. */
  offers(): Promise<Answer<FormList>>
  bundle(ref: FormRef): Promise<Answer<unknown>>
}

/** The phone's side: `sync/store`, `outbox/store` and `forms/store` with the database filled in. */
export interface Phone {
  place(): Promise<Place>
  applyPage(page: SyncPage): Promise<Place>
  sentIds(): Promise<string[]>
  reopen(ids: readonly string[]): Promise<void>
  answered(): Promise<string[]>
  dropAnswered(ids: readonly string[]): Promise<void>
  putOffers(offered: FormList): Promise<void>
  missingBundles(): Promise<FormRef[]>
  putBundle(ref: FormRef, body: unknown): Promise<void>
  noteContact(serverTime: string): Promise<void>
}

export interface Progress {
  readonly done: number
  readonly total: number
}

export type Pulled = { readonly ok: true; readonly changes: number } | { readonly ok: false; readonly why: Failure; readonly changes: number }

/** How handing in ended, as far as it matters here. */
export type Pushed = { readonly kind: string; readonly why?: Failure }

/**
 * @param push hands in what is unsent; called first, and again when the server had lost something
 */
export async function pull(server: Server, phone: Phone, push: () => Promise<Pushed>, tell: (progress: Progress) => void): Promise<Pulled> {
  // Who heard nothing from the network just now would wait for it a second time. A server that takes nothing may still give.
  if ((await push()).why === 'network') return { ok: false, why: 'network', changes: 0 }
  const answered = await phone.answered()
  let at = await phone.place()
  let changes = 0
  // Before the very first page: with forms and the first homes the doctor can begin.
  if (at.cursor === null) {
    const first = await fetchBundles(server, phone)
    if (!first.ok) return { ...first, changes }
  }
  for (let first = true; ; first = false) {
    const answer = await server.page(at.cursor)
    if (!answer.ok) return { ok: false, why: answer.why, changes }
    const page = answer.value
    if (first && at.epoch !== null && page.epoch !== at.epoch) {
      const offered = await offerAgain(server, phone)
      if (!offered.ok) return { ...offered, changes }
      await push()
    }
    await phone.noteContact(page.server_time)
    at = await phone.applyPage(page)
    changes += page.changes.length
    tell({ done: changes, total: changes + page.remaining })
    if (!page.more) break
  }
  await phone.dropAnswered(answered)
  const fetched = await fetchBundles(server, phone)
  return fetched.ok ? { ok: true, changes } : { ...fetched, changes }
}

/** The server was restored: give back what it no longer has of the last 30 days. */
async function offerAgain(server: Server, phone: Phone): Promise<{ ok: true } | { ok: false; why: Failure }> {
  const ids = await phone.sentIds()
  const missing: string[] = []
  for (let i = 0; i < ids.length; i += 200) {
    const part = ids.slice(i, i + 200)
    const answer = await server.known(part)
    if (!answer.ok) return { ok: false, why: answer.why }
    const known = new Set(answer.value)
    missing.push(...part.filter((id) => !known.has(id)))
  }
  await phone.reopen(missing)
  return { ok: true }
}

async function fetchBundles(server: Server, phone: Phone): Promise<{ ok: true } | { ok: false; why: Failure }> {
  const offered = await server.offers()
  if (!offered.ok) return { ok: false, why: offered.why }
  await phone.putOffers(offered.value)
  for (const ref of await phone.missingBundles()) {
    const answer = await server.bundle(ref)
    if (!answer.ok) return { ok: false, why: answer.why }
    await phone.putBundle(ref, answer.value)
  }
  return { ok: true }
}
