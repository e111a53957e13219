/** Finalising the open form: one transaction, then the outbox does the rest. */
import { computed, shallowRef } from 'vue'
import type { Answers, Fix, Json } from '../../api/wire'
import { namedPictures } from '../../attachments/rules/named'
import { refsOf, sealPictures } from '../../attachments/store'
import { browserName, deviceName } from '../../device/rules'
import { signingKey } from '../../device/store'
import { makeSeal, sealBytes, type Seal } from '../../kernel/sealing'
import { b64, randomBytes, sha256Hex, utf8 } from '../../kernel/bytes'
import { addLateFix, finalise } from '../../outbox/store/finalise'
import { HOLD_MS } from '../../outbox/rules/pace'
import { familyLink, grantOf } from '../../submissions/rules/family'
import { workerId } from './begin'
import { countQueue, send } from './exchange'
import { close, open, saveWhatIsTyped, type OpenForm } from './fill'
import type { Consequences } from './plan'
import { db, facts, now, unlocked } from './phone'
import { lateFix, position } from './position'
import { noteFinished } from './sitting'
import { layOver, theWorld, today } from './world'

export interface Finished {
  readonly envelopeId: string
  readonly form: OpenForm['form']
  readonly draft: OpenForm['draft']
  readonly consequences: Consequences
  /** Mothers' links: shown now, kept nowhere. */
  readonly links: readonly { readonly childName: string; readonly url: string }[]
}

/** What was finished last; shown until the doctor goes on. */
export const finished = shallowRef<Finished | null>(null)

const noted = shallowRef<readonly { readonly draft: string; readonly at: string; readonly number: string }[]>([])

/** Calls to the clinic or to 120 from the form that is open. */
export const calls = computed(() => noted.value.filter((call) => call.draft === open.value?.draft.id))

export function noteCall(number: string): void {
  const draft = open.value?.draft.id
  if (draft !== undefined) noted.value = [...noted.value, { draft, at: new Date(now()).toISOString(), number }].slice(-5)
}

interface Link {
  readonly childId: string
  readonly childName: string
  readonly token: string
}

function makeLinks(at: OpenForm, planned: Consequences): Link[] {
  const kind = at.form.bundle.form.family_link
  const residents = theWorld().people.residents
  const children =
    kind === 'children' ? planned.children.map((child) => ({ id: child.id, name: child.name }))
    : kind === 'subject' ? [{ id: at.draft.subject.id, name: residents.get(at.draft.subject.id)?.name ?? '' }]
    : []
  return children.map((child) => ({ childId: child.id, childName: child.name, token: b64(randomBytes(32)) }))
}

/** What goes with a record besides the answers: the doctor reads the same in `Taken.vue`. */
export function evidence(at: OpenForm, appVersion: string, planned: Consequences): Record<string, Json> {
  const urgent = planned.judgements.some((j) => j.referral === 'urgent')
  return {
    app: appVersion,
    phone: deviceName(navigator.userAgent),
    browser: browserName(navigator.userAgent),
    pages: { ...at.draft.seconds },
    ...(at.draft.usual ? { usual: [...at.draft.usual] } : {}),
    ...(calls.value.length > 0 ? { calls: calls.value.map(({ at, number }): Answers => ({ at, number })) } : {}),
    ...(urgent ? { urgent_referral_shown: true } : {}),
  }
}

interface Ahead {
  readonly publicKey: string
  readonly seal: Promise<Seal>
  readonly pair: Promise<CryptoKeyPair>
}

let ahead: Ahead | null = null

const makeAhead = (publicKey: string): Ahead => ({ publicKey, seal: makeSeal(publicKey), pair: signingKey(db) })

/** Makes the seal and reads the signing key while the doctor reads what follows from the visit. */
export function prepareToFinish(): void {
  const publicKey = facts.value?.config.seal.public_key
  ahead = publicKey === undefined ? null : makeAhead(publicKey)
}

/** What was made ahead; a seal is good for one record. */
function takeAhead(publicKey: string): Ahead {
  const ready = ahead?.publicKey === publicKey ? ahead : makeAhead(publicKey)
  ahead = null
  return ready
}

/**
 * Saves for good. When this returns the record is on disk, and only then may the screen say so.
 *
 * @throws QuotaExceededError and others of the database: nothing was changed, the form stays open
 */
export async function finish(at: OpenForm, planned: Consequences, appVersion: string): Promise<void> {
  const phone = facts.value
  if (!phone) throw new Error('this phone is not enrolled')
  await saveWhatIsTyped()
  const links = makeLinks(at, planned)
  const grants = await Promise.all(links.map(async (link) => grantOf(link.childId, await sha256Hex(utf8(link.token)), today())))
  const named = namedPictures(at.form.bundle, at.evaluation.answers)
  const key = phone.config.seal
  const attachments = named.length > 0 ? await refsOf(db, named) : []
  const { seal, pair } = takeAhead(key.public_key)
  const row = await finalise(
    db,
    unlocked(),
    {
      draft: at.draft,
      answers: at.evaluation.answers,
      confirmed: at.confirmed,
      position: position.value,
      nowMs: now(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      skewMs: phone.skew_ms,
      lastContactAt: phone.last_contact_at,
      deviceId: phone.device_id,
      workerId: workerId(),
      grants,
      attachments,
      evidence: evidence(at, appVersion, planned),
    },
    planned.effects,
    key,
    await pair,
    await sealPictures(db, unlocked(), attachments, key, phone.device_id, sealBytes),
    seal,
  )
  finished.value = {
    envelopeId: row.id,
    form: at.form,
    draft: at.draft,
    consequences: planned,
    links: links.map(({ childName, token }) => ({ childName, url: familyLink(window.location.origin, token) })),
  }
  const { fix } = position.value
  watchOn(row.id, key.public_key)
  layOver(planned.effects, at.draft.id, at.draft.base?.submission_id ?? null)
  void goOn(at, fix)
}

/** What the screen need not wait for: the record is on disk. */
async function goOn(at: OpenForm, fix: Fix | null): Promise<void> {
  await noteFinished(at.draft, at.evaluation.answers, fix)
  await countQueue()
  await send()
}

/** Nobody waits for the position: it may still come before the record is sent. */
function watchOn(id: string, publicKey: string): void {
  const pending = position.value.state === 'pending'
  close(pending)
  if (!pending) return
  lateFix((fix) => {
    void addLateFix(db, id, fix, publicKey).then(() => send())
  }, HOLD_MS)
}
