/** Opening links, bringing their plans up to date, and reminders to this phone. */
import { computed, ref, shallowRef } from 'vue'
import { hasCode, NetworkError, ProblemError } from '../api/problems'
import { server } from '../api/server'
import type { FamilyView } from '../api/wire'
import { turnPushOff, turnPushOn, type PushOwner } from '../reminders/actions'
import { readLinks, writeLinks, type Link } from './store'

/**
 * What the page can show. `kept`: the last plan, without network; `not_yet`: the link is not known (the
 * doctor's phone has not been online); `ended`: it was taken back.
 */
export type Standing = 'loading' | 'fresh' | 'kept' | 'not_yet' | 'ended' | 'failed' | 'none'

const VIEW: readonly (keyof FamilyView)[] = ['child', 'clinic', 'doses', 'next', 'push', 'today']

export const links = shallowRef<readonly Link[]>([])
export const current = ref<string | null>(null)
export const standing = ref<Standing>('loading')
export const failure = shallowRef<unknown>(null)

const link = computed(() => links.value.find((each) => each.token === current.value) ?? null)
export const view = computed(() => link.value?.view ?? null)
export const seenAt = computed(() => link.value?.seenAt ?? null)

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
    keep({ token, view: found, seenAt: now })
    if (token === current.value) standing.value = 'fresh'
  } catch (error) {
    if (token !== current.value) return
    failure.value = error
    standing.value = afterFailure(error, token)
  }
}

function afterFailure(error: unknown, token: string): Standing {
  if (hasCode(error, 'link_ended')) {
    keep({ token, view: null, seenAt: null }) // what may not be seen any more is not kept either
    return 'ended'
  }
  if (hasCode(error, 'link_not_known') && !view.value) return 'not_yet'
  if (view.value) return 'kept'
  return error instanceof NetworkError ? 'failed' : 'not_yet'
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
  return { path: '/family/push', headers: { Authorization: `Family ${token}` } }
}

/** A link that is new stands first; one that is known keeps its plan. */
function remember(fresh: Link): void {
  const known = links.value.find((each) => each.token === fresh.token)
  links.value = [known ?? fresh, ...links.value.filter((each) => each.token !== fresh.token)]
  writeLinks(links.value)
}

function keep(updated: Link): void {
  links.value = links.value.map((each) => (each.token === updated.token ? updated : each))
  writeLinks(links.value)
}

function setSubscribed(subscribed: boolean): void {
  const known = link.value
  if (!known?.view) return
  keep({ ...known, view: { ...known.view, push: { ...known.view.push, subscribed } } })
}
