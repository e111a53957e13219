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
  /** @returns whether anything is offered otherwise than before */
  putOffers(offered: FormList): Promise<boolean>
  missingBundles(): Promise<FormRef[]>
  putBundle(ref: FormRef, body: unknown): Promise<void>
  noteContact(serverTime: string): Promise<void>
}

export interface Progress {
  readonly done: number
  readonly total: number
}

/** `news`: something on this phone is otherwise than before the round. */
export type Pulled = { readonly changes: number; readonly news: boolean } & ({ readonly ok: true } | { readonly ok: false; readonly why: Failure })

/** How handing in ended, as far as it matters here. */
export type Pushed = { readonly kind: string; readonly why?: Failure }

/**
 * @param push hands in what is unsent; called first, and again when the server had lost something
 */
export async function pull(server: Server, phone: Phone, push: () => Promise<Pushed>, tell: (progress: Progress) => void): Promise<Pulled> {
  // Who heard nothing from the network just now would wait for it a second time. A server that takes nothing may still give.
  if ((await push()).why === 'network') return { ok: false, why: 'network', changes: 0, news: false }
  const answered = await phone.answered()
  const at = await phone.place()
  let changes = 0
  let news = false
  // Before the very first page: with forms and the first homes the doctor can begin.
  if (at.cursor === null) {
    const first = await fetchBundles(server, phone)
    news ||= first.news
    if (!first.ok) return { ...first, changes, news }
  }
  let answer = await ask(server, phone, at.cursor)
  for (let first = true; ; first = false) {
    if (!answer.ok) return { ok: false, why: answer.why, changes, news }
    const page = answer.value
    if (first && at.epoch !== null && page.epoch !== at.epoch) {
      const offered = await offerAgain(server, phone)
      if (!offered.ok) return { ...offered, changes, news }
      await push()
    }
    // The next page travels while this one is written down: on a slow line and a slow phone both take their time.
    const [next] = await Promise.all([page.more ? ask(server, phone, page.cursor) : null, phone.applyPage(page)])
    changes += page.changes.length
    news ||= page.changes.length > 0 || page.reset
    tell({ done: changes, total: changes + page.remaining })
    if (next === null) break
    answer = next
  }
  await phone.dropAnswered(answered)
  const fetched = await fetchBundles(server, phone)
  news ||= answered.length > 0 || fetched.news
  return fetched.ok ? { ok: true, changes, news } : { ok: false, why: fetched.why, changes, news }
}

/** The server's time is noted when it comes, not when its page is written down. */
async function ask(server: Server, phone: Phone, cursor: string | null): Promise<Answer<SyncPage>> {
  const answer = await server.page(cursor)
  if (answer.ok) await phone.noteContact(answer.value.server_time)
  return answer
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

type Fetched = { readonly news: boolean } & ({ readonly ok: true } | { readonly ok: false; readonly why: Failure })

async function fetchBundles(server: Server, phone: Phone): Promise<Fetched> {
  const offered = await server.offers()
  if (!offered.ok) return { ok: false, why: offered.why, news: false }
  let news = await phone.putOffers(offered.value)
  for (const ref of await phone.missingBundles()) {
    const answer = await server.bundle(ref)
    if (!answer.ok) return { ok: false, why: answer.why, news }
    await phone.putBundle(ref, answer.value)
    news = true
  }
  return { ok: true, news }
}
