/** Opening links, bringing their plans up to date, and reminders to this phone. */
import { computed, ref, shallowRef } from 'vue'
import { hasCode, NetworkError, ProblemError } from '../api/problems'
import { server } from '../api/server'
import type { Day } from '../api/wire'
import type { CalendarRequest, FamilyView, FeedTells, ReactionRequest, ReactionTold } from '../api/wire_family'
import { b64, hex, utf8 } from '../kernel/bytes'
import { locale } from '../locales/locale'
import { turnPushOff, turnPushOn, type PushOwner } from '../reminders/actions'
import { readLinks, writeLinks, type Link } from './store'

/**
 * What the page can show. `kept`: the last plan, without network; `not_yet`: the link is not known (the
 * doctor's phone has not been online); `birth`: the child's birth date is asked; `ended`: it was taken back.
 */
export type Standing = 'loading' | 'fresh' | 'kept' | 'not_yet' | 'birth' | 'ended' | 'failed' | 'none'

const VIEW: readonly (keyof FamilyView)[] = ['child', 'clinic', 'doses', 'next', 'push', 'today', 'checks', 'questions', 'sms']
const BIRTH: readonly string[] = ['birth_date_needed', 'birth_date_wrong']

export const links = shallowRef<readonly Link[]>([])
export const current = ref<string | null>(null)
export const standing = ref<Standing>('loading')
export const failure = shallowRef<unknown>(null)

const link = computed(() => links.value.find((each) => each.token === current.value) ?? null)
export const view = computed(() => link.value?.view ?? null)
export const seenAt = computed(() => link.value?.seenAt ?? null)
/** The address a calendar program reads, while this phone knows it. */
export const feedPath = computed(() => (link.value?.feed && view.value?.feed ? `/api/v1/family/calendar/${link.value.feed}.ics` : null))

/** @param token of the address the page was opened with; without one, the link used last */
export async function open(token: string | null): Promise<void> {
  links.value = readLinks()
  if (token !== null) remember({ token, view: null, seenAt: null })
  await show(token ?? links.value[0]?.token ?? null)
}

export async function show(token: string | null): Promise<void> {
  current.value = token
  if (token === null) {
    standing.value = 'none'
    return
  }
  standing.value = view.value ? 'kept' : 'loading'
  await refresh()
}

/** Asks the server for the plan of the link on show. */
export async function refresh(now: number = Date.now()): Promise<void> {
  const token = current.value
  if (token === null) return
  failure.value = null
  try {
    const found = await server().json<FamilyView>({ method: 'GET', path: '/family', headers: owner(token).headers }, VIEW)
    change(token, { view: found, seenAt: now })
    if (token === current.value) standing.value = 'fresh'
  } catch (error) {
    if (token !== current.value) return
    failure.value = error
    standing.value = afterFailure(error, token)
  }
}

function afterFailure(error: unknown, token: string): Standing {
  if (hasCode(error, 'link_ended')) {
    change(token, { view: null, seenAt: null, born: undefined, feed: undefined }) // what may not be seen is not kept either
    return 'ended'
  }
  if (error instanceof ProblemError && BIRTH.includes(error.code)) return 'birth'
  if (hasCode(error, 'too_many_attempts') && !view.value) return 'birth'
  if (hasCode(error, 'link_not_known') && !view.value) return 'not_yet'
  if (view.value) return 'kept'
  return error instanceof NetworkError ? 'failed' : 'not_yet'
}

/** The second half of the key. What is wrong with it stands in `failure`. */
export async function tellBirthDate(born: Day): Promise<void> {
  if (current.value === null) return
  change(current.value, { born })
  await refresh()
}

/** @throws NetworkError, ProblemError nothing was sent, or it is not known whether: the same report may be sent again */
export async function tellReaction(report: ReactionRequest): Promise<ReactionTold | null> {
  const token = current.value
  if (token === null || !view.value) return null
  const call = { method: 'POST', path: '/family/reactions', body: report, headers: owner(token).headers } as const
  const told = await server().json<ReactionTold>(call, ['id', 'urgent', 'state'])
  amend(token, (seen) => ({ reactions: [told, ...seen.reactions.filter((each) => each.id !== told.id)] }))
  return told
}

/** @throws NetworkError, ProblemError */
export async function wantSms(wanted: boolean): Promise<void> {
  const token = current.value
  if (token === null) return
  await server().done({ method: 'PUT', path: '/family/sms', body: { wanted }, headers: owner(token).headers })
  amend(token, (seen) => ({ sms: { ...seen.sms, wanted } }))
}

/**
 * A calendar to subscribe to in place of the one there was; nothing ends it.
 *
 * @throws NetworkError, ProblemError
 */
export async function setFeed(tells: FeedTells | null): Promise<void> {
  const token = current.value
  if (token === null) return
  const feed = b64(crypto.getRandomValues(new Uint8Array(18)))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(feed)))
  const body: CalendarRequest = { tells, token_sha256: hex(digest), language: locale.value }
  await server().done({ method: 'PUT', path: '/family/calendar', body, headers: owner(token).headers })
  change(token, { feed: tells === null ? undefined : feed })
  amend(token, () => ({ feed: tells }))
}

/** @throws PushError, NetworkError, ProblemError */
export async function remindMe(): Promise<void> {
  if (current.value === null || !view.value) return
  await turnPushOn(owner(current.value), view.value.push.public_key, sharedBesides(current.value))
  setSubscribed(true)
}

/**
 * Off for this child. The browser has one address for all children: while another one is reminded the
 * address stays, and only the server can leave this child out.
 *
 * @throws NetworkError, ProblemError the server was not told; nothing comes any more unless it is shared
 */
export async function stopReminding(): Promise<void> {
  if (current.value === null) return
  const shared = sharedBesides(current.value)
  if (!shared) setSubscribed(false)
  await turnPushOff(owner(current.value), shared)
  setSubscribed(false)
}

/**
 * Removes the link on show from this phone, and its reminders.
 *
 * @throws NetworkError, ProblemError reminders of this child would go on: the link is kept, try again
 */
export async function forget(): Promise<void> {
  const gone = current.value
  if (gone !== null) await silence(gone)
  links.value = links.value.filter((each) => each.token !== gone)
  writeLinks(links.value)
  await show(links.value[0]?.token ?? null)
}

/** No link is removed while messages about its child could still come. */
async function silence(token: string): Promise<void> {
  const shared = sharedBesides(token)
  try {
    await turnPushOff(owner(token), shared)
  } catch (error) {
    const ended = error instanceof ProblemError && error.status === 401 // the link, and its reminders with it
    const deaf = !shared && (error instanceof ProblemError || error instanceof NetworkError) // the address has ended here
    if (!ended && !deaf) throw error
  }
}

/** Whether this browser's address serves another child as well. */
function sharedBesides(token: string): boolean {
  return links.value.some((each) => each.token !== token && each.view?.push.subscribed === true)
}

function owner(token: string): PushOwner & { headers: Record<string, string> } {
  const born = links.value.find((each) => each.token === token)?.born
  return { path: '/family/push', headers: { Authorization: `Family ${token}`, ...(born ? { 'X-Birth-Date': born } : {}) } }
}

/** A link that is new stands first; one that is known keeps its plan. */
function remember(fresh: Link): void {
  const known = links.value.find((each) => each.token === fresh.token)
  links.value = [known ?? fresh, ...links.value.filter((each) => each.token !== fresh.token)]
  writeLinks(links.value)
}

function change(token: string, what: Partial<Link>): void {
  links.value = links.value.map((each) => (each.token === token ? { ...each, ...what } : each))
  writeLinks(links.value)
}

/** What she has just done shows at once, before the server is asked again. */
function amend(token: string, what: (seen: FamilyView) => Partial<FamilyView>): void {
  const seen = links.value.find((each) => each.token === token)?.view
  if (seen) change(token, { view: { ...seen, ...what(seen) } })
}

function setSubscribed(subscribed: boolean): void {
  if (current.value !== null) amend(current.value, ({ push }) => ({ push: { ...push, subscribed } }))
}
