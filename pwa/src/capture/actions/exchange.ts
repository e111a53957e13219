/** Everything between this phone and the server while it is open: sending, fetching, and what is known of it. */
import { reactive } from 'vue'
import { resume } from '../../accounts/actions'
import { NetworkError, ProblemError } from '../../api/problems'
import { server, session } from '../../api/server'
import type { Envelope, FormList, FormRef, KnownResponse, PartTaken, Receipt, SubmitResponse, SyncPage } from '../../api/wire'
import type { PartDelivery, PartPlace } from '../../attachments/model'
import { PictureSender } from '../../attachments/send'
import * as attachments from '../../attachments/store'
import * as forms from '../../forms/store'
import type { Bytes } from '../../kernel/bytes'
import type { Delivery, QueueState } from '../../outbox/model'
import { isHeld } from '../../outbox/rules/pace'
import { Sender, sendRound, type Round, type Timers } from '../../outbox/send'
import { deliveryOf, postEnvelopes, shutOutBy } from '../../outbox/sending'
import * as outbox from '../../outbox/store/queue'
import { askToBeWoken } from '../../sw/register'
import { pull, type Answer, type Failure, type Progress } from '../../sync/pull'
import * as sync from '../../sync/store'
import { checkNumbers } from './numbers'
import { savesData } from './saver'
import { db, facts, noteContact, now, proof, stage, unlocked, vaultOrNull } from './phone'

/** What the screens look at is fetched when the phone is opened, not before: a locked one only sends. */
async function readAnew(): Promise<void> {
  if (vaultOrNull()) await (await import('./world')).loadWorld()
}

/** A new day has other work even where nothing came. */
async function readAnewOnNewDay(): Promise<void> {
  if (vaultOrNull() && !(await import('./world')).isOfToday()) await readAnew()
}

export interface Exchange {
  /** Null: not known yet. Nothing good is said before it is. */
  queue: QueueState | null
  busy: 'sending' | 'receiving' | null
  problem: Failure | null
  progress: Progress | null
  /** Bytes of the picture that is being sent. */
  picture: Progress | null
}

/**
 * The server's time at the last contact: how long something sent is kept is counted by it. By the phone's own clock,
 * set to 1970 and put right, all of it would be 50 years old.
 */
function serverNow(): number {
  const told = Date.parse(facts.value?.last_contact_at ?? '')
  return Number.isNaN(told) ? now() : told
}

export const exchange = reactive<Exchange>({ queue: null, busy: null, problem: null, progress: null, picture: null })

export async function countQueue(): Promise<void> {
  exchange.queue = await outbox.queueState(db)
}

function failureOf(error: unknown): Failure {
  if (error instanceof ProblemError) return error.status === 401 || error.status === 403 ? 'signed_out' : 'busy'
  if (error instanceof NetworkError) return 'network'
  throw error
}

function submit(envelopes: readonly Envelope[], withSession: boolean): Promise<SubmitResponse> {
  return postEnvelopes(server(), envelopes, proof, withSession)
}

let shutOut: (reason: string) => void = () => undefined

/** Called when a receipt says that this phone was withdrawn or its account closed: it may have no session to hear it by. */
export function whenShutOut(listener: (reason: string) => void): void {
  shutOut = listener
}

function hearReceipts(envelopes: readonly Envelope[], body: SubmitResponse): void {
  const why = shutOutBy(facts.value?.device_id ?? '', envelopes, body)
  // Taken while the account was closed, and asked for again later: whoever is signed in knows better.
  if (why === 'device_revoked' || (why !== null && !session().current)) shutOut(why)
}

/** With the session where there is one; else, or when it is over, by the device's signature alone. */
async function post(envelopes: readonly Envelope[]): Promise<Delivery> {
  try {
    const body = await submitEitherWay(envelopes)
    hearReceipts(envelopes, body)
    return { kind: 'answered', body }
  } catch (error) {
    return deliveryOf(error)
  }
}

async function submitEitherWay(envelopes: readonly Envelope[]): Promise<SubmitResponse> {
  if (!session().current) return submit(envelopes, false)
  try {
    return await submit(envelopes, true)
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return submit(envelopes, false)
    throw error
  }
}

/** Runs only where no other tab does; without Web Locks this page is alone as far as it can know. */
async function alone(name: string, work: () => Promise<void>): Promise<boolean> {
  const locks = (navigator as Partial<Navigator>).locks
  if (!locks) {
    await work()
    return true
  }
  return locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return false
    await work()
    return true
  })
}

const timers: Timers = { set: (work, ms) => window.setTimeout(work, ms), clear: (handle) => window.clearTimeout(handle) }

const queue = {
  waiting: () => outbox.waiting(db),
  claim: (ids: readonly string[]) => outbox.claim(db, ids),
  settle: (receipt: Receipt) => outbox.settle(db, vaultOrNull(), receipt, serverNow()),
  noteTrouble: (id: string, code: string) => outbox.noteTrouble(db, id, code),
  noteContact,
}

export const sender = new Sender(
  () => sendRound(queue, { now, post, alone: (work) => alone('suifang-outbox', work) }),
  Math.random,
  timers,
  (round) => void told(round),
)

async function told(round: Round): Promise<void> {
  if (round.kind === 'failed') exchange.problem = round.why
  else if (round.kind === 'done') exchange.problem = null
  await countQueue()
  if (round.kind !== 'elsewhere' && round.settled > 0) await readAnew()
  // What was sent comes back as history; inside of a whole round that follows anyway.
  if (round.kind === 'done' && round.settled > 0 && vaultOrNull() && exchange.busy !== 'receiving') void exchangeAll()
  // The records are with the server: now their pictures.
  if (round.kind === 'done' && (exchange.queue?.pictures ?? 0) > 0 && !savesData()) void pictureSender.nudge()
}

/** By the phone's signature alone: what is sealed can be sent while the phone is locked or signed out. */
async function putPart(place: PartPlace, part: Bytes): Promise<PartDelivery> {
  const path = `/attachments/${place.sha256}`
  const headers = await proof('PUT', `/api/v1${path}`, part)
  const query = { sealed_sha256: place.sealedSha256, key_id: place.keyId, size: place.size, offset: place.offset }
  try {
    const call = { method: 'PUT', path, query, octets: part, headers, timeoutMs: 60_000, session: false } as const
    return { kind: 'taken', ...(await server().json<PartTaken>(call, ['received', 'complete'])) }
  } catch (error) {
    if (error instanceof NetworkError) return { kind: 'network' }
    if (!(error instanceof ProblemError)) throw error
    // Only what is wrong with this very picture is final.
    if (error.code.startsWith('attachment_') && error.status !== 429) return { kind: 'refused', code: error.code }
    return { kind: 'busy', retryAfterMs: error.retryAfter === null ? null : error.retryAfter * 1000 }
  }
}

const pictures = new PictureSender(
  {
    waiting: () => attachments.waitingPictures(db),
    sealed: (sha256) => attachments.sealedBytes(db, sha256),
    noteTry: (row) => attachments.noteTry(db, row),
    settle: async (sha256) => {
      await attachments.settlePicture(db, sha256, serverNow())
      await countQueue()
    },
    refuse: (sha256, code) => attachments.refusePicture(db, sha256, code, serverNow()),
  },
  {
    now,
    put: putPart,
    envelopeWaits: async () => (await outbox.waiting(db)).some((row) => !isHeld(row, now()) && row.trouble === null),
    alone: (work) => alone('suifang-pictures', work),
    progress: (done, total) => {
      exchange.picture = { done, total }
    },
  },
)

const pictureSender = new Sender(
  () => pictures.round(),
  Math.random,
  timers,
  () => {
    exchange.picture = null
    void countQueue()
  },
)

/** Hands in what waits. Also while locked: what waits is sealed. */
export async function send(): Promise<void> {
  if (!facts.value) return
  exchange.busy ??= 'sending'
  // Whatever becomes of this page: the browser tries again when there is a network.
  void askToBeWoken((navigator as Partial<Navigator>).serviceWorker)
  try {
    await sender.nudge()
  } finally {
    if (exchange.busy === 'sending') exchange.busy = null
  }
}

/** The button: a whole round, and the photos too, whatever the data saver says. */
export async function exchangeNow(): Promise<void> {
  await exchangeAll()
  if ((exchange.queue?.pictures ?? 0) > 0) void pictureSender.nudge()
}

async function ask<T>(work: () => Promise<T>): Promise<Answer<T>> {
  if (!session().current) return { ok: false, why: 'signed_out' }
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, why: failureOf(error) }
  }
}

function bundlePath(ref: FormRef): string {
  const kind = ref.kind === 'form' ? '/forms' : `/rules/${ref.kind}`
  return `${kind}/${ref.key}/${String(ref.version)}`
}

const remote = {
  page: (cursor: string | null) =>
    ask(() => server().get<SyncPage>('/sync', ['epoch', 'cursor', 'changes', 'more', 'remaining'], { cursor })),
  known: (ids: readonly string[]) =>
    ask(async () => {
      const answer = await server().post<KnownResponse>('/submissions/known', { ids }, ['known', 'missing_attachments'])
      await attachments.reopenPictures(db, answer.missing_attachments)
      return answer.known
    }),
  offers: () => ask(() => server().get<FormList>('/forms', ['items', 'policies'])),
  bundle: (ref: FormRef) => ask(() => server().get<object>(bundlePath(ref), [])),
}

const local = {
  place: () => sync.place(db),
  applyPage: (page: SyncPage) => sync.applyPage(db, unlocked(), page),
  sentIds: () => outbox.sentIds(db),
  reopen: (ids: readonly string[]) => outbox.reopen(db, ids),
  answered: () => sync.answeredEnvelopes(db),
  dropAnswered: (ids: readonly string[]) => sync.dropAnsweredLayers(db, ids),
  putOffers: (offered: FormList) => forms.putOffers(db, offered),
  missingBundles: () => forms.missingBundles(db),
  putBundle: (ref: FormRef, body: unknown) => forms.putBundle(db, ref.kind, ref.key, ref.version, ref.sha256, body),
  noteContact,
}

async function takeUpSession(): Promise<void> {
  if (session().current || !facts.value) return
  try {
    await resume()
  } catch (error) {
    // No network, or no session: what waits goes by the device's signature, the rest waits.
    failureOf(error)
  }
}

/** A round does not fail over this question: it is asked again with the next one. */
async function numbersLack(): Promise<boolean> {
  try {
    return await checkNumbers()
  } catch (error) {
    failureOf(error)
    return false
  }
}

/** One whole round: hand in, fetch, forms and rules. Returns whether it came to its end. */
export async function exchangeAll(): Promise<boolean> {
  if (!facts.value) return false
  if (!vaultOrNull()) {
    await send()
    return false
  }
  let ok = false
  await alone('suifang-sync', async () => {
    exchange.busy = 'receiving'
    try {
      await takeUpSession()
      const pulled = await pull(remote, local, () => sender.nudge(), (progress) => {
        exchange.progress = progress
      })
      ok = pulled.ok
      exchange.problem = pulled.ok ? null : pulled.why
      // A first download that was cut off goes on in a moment, and no screen looks at what it brought so far.
      if (pulled.ok || stage.value !== 'download') await (pulled.news ? readAnew() : readAnewOnNewDay())
      if (ok) {
        await outbox.prune(db, serverNow())
        await attachments.prunePictures(db, serverNow())
        if (await numbersLack()) await sender.nudge()
      }
    } finally {
      exchange.busy = null
      exchange.progress = null
      await countQueue()
    }
  })
  return ok
}

const EVERY_MS = 5 * 60_000

/** App start, visible again, back online, every five minutes, and what the browser does behind our back. */
export function startExchanging(): void {
  const go = (): void => void exchangeAll()
  window.addEventListener('online', go)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') go()
  })
  window.setInterval(go, EVERY_MS)
  void countQueue()
  go()
}
