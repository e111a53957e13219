/** Opening and locking: first sign-in, the PIN, the first download, the automatic lock. */
import { ref, watch } from 'vue'
import { dropSession, enrolDevice, signedIn, signOut } from '../../accounts/actions'
import { session } from '../../api/server'
import type { Session } from '../../api/wire'
import type { DeviceFacts, Wiped } from '../../device/model'
import { deviceName } from '../../device/rules'
import * as device from '../../device/store'
import { devicePublicKey } from '../../kernel/device_key'
import { countHomes, downloaded } from '../../sync/store'
import { unsent } from '../../outbox/rules/pace'
import { countQueue, exchange, exchangeAll, send, startExchanging, whenShutOut } from './exchange'
import { aloneFor, askToPersist, db, examine, facts, holdVault, now, proof, putAwayAll, stage, stirred, vaultOrNull } from './phone'
import type * as World from './world'

/** Everything behind the PIN: its code is fetched while the doctor signs in or types. */
const behindThePin = (): Promise<typeof World> => import('./world')

async function forgetWorld(): Promise<void> {
  ;(await behindThePin()).forgetWorld()
}

/** Wrong PINs left, after a wrong one. */
export const pinLeft = ref<number | null>(null)

/** Why there are no residents on this phone; shown at the sign-in. */
export const wiped = ref<Wiped | null>(null)

/** The doctor signs in because the PIN is forgotten: nothing was erased yet. */
export const pinForgotten = ref(false)

export async function start(): Promise<void> {
  if (!(await examine())) return
  facts.value = await device.deviceFacts(db)
  session().signWith(proof)
  session().onEnded((reason) => void ended(reason))
  whenShutOut((reason) => void ended(reason))
  watch(signedIn, keepToOneDoctor, { flush: 'sync' })
  const lock = await device.lockState(db)
  wiped.value = await device.whyWiped(db)
  stage.value = facts.value && lock === 'locked' ? 'locked' : 'welcome'
  for (const event of ['pointerdown', 'keydown', 'scroll'] as const) {
    window.addEventListener(event, () => stirred(lockNow), { passive: true })
  }
  startExchanging()
}

/** After signing in: this phone is enrolled, or recognised, and a PIN is asked for. */
export async function enrol(current: Session, code: string, appVersion: string): Promise<void> {
  const pair = await device.signingKey(db)
  const enrolled = await enrolDevice({
    enrolment_code: code,
    public_key: await devicePublicKey(pair),
    name: deviceName(navigator.userAgent),
    app_version: appVersion,
  })
  const known: DeviceFacts = {
    device_id: enrolled.device_id,
    account: current.account,
    config: enrolled.config,
    skew_ms: now() - Date.parse(enrolled.config.server_time),
    last_contact_at: enrolled.config.server_time,
    contact_ms: now(),
  }
  await device.enrolled(db, known)
  facts.value = known
}

export function wantPin(): void {
  pinForgotten.value = false
  wiped.value = null
  stage.value = 'choose_pin'
}

export async function choosePin(pin: string): Promise<void> {
  holdVault(await device.setFirstPin(db, pin))
  await askToPersist()
  await enter()
}

export async function unlock(pin: string): Promise<void> {
  const result = await device.tryPin(db, pin)
  if ('vault' in result) {
    pinLeft.value = null
    holdVault(result.vault)
    await enter()
    return
  }
  pinLeft.value = result.left
  if (result.left > 0) return
  // A session that this page still holds is not the password of whoever guesses here.
  dropSession()
  wiped.value = 'pin'
  stage.value = 'welcome'
}

/** Another way in than the PIN: account and password. Nothing is erased before they were right. */
export function forgotPin(): void {
  dropSession()
  pinForgotten.value = true
  stage.value = 'welcome'
}

export function rememberedPin(): void {
  pinForgotten.value = false
  pinLeft.value = null
  stage.value = 'locked'
}

/** Behind the PIN lie one doctor's residents: nobody else's session may fetch or show anything here. */
function keepToOneDoctor(current: Session | null): void {
  const stranger = current !== null && facts.value !== null && current.account.id !== facts.value.account.id
  if (stranger && stage.value !== 'welcome') dropSession()
}

/**
 * The server ended this phone's session. A phone that was withdrawn may be in a stranger's hand: keys first, then
 * what they opened. A closed account stays closed here until somebody signs in. What waits is sealed and goes on.
 */
export async function ended(reason: string): Promise<void> {
  if (reason === 'device_revoked' && wiped.value === null) {
    wiped.value = 'revoked'
    dropSession()
    holdVault(null)
    stage.value = 'welcome'
    await device.wipeWorkingData(db, 'revoked')
    await forgetWorld()
    await send()
  } else if (reason === 'account_disabled') {
    await bar(true)
    if (stage.value === 'open' || stage.value === 'download') await putAwayAll()
    holdVault(null)
    if (stage.value !== 'welcome') stage.value = 'stopped'
    await forgetWorld()
  }
}

async function bar(barred: boolean): Promise<void> {
  if (!facts.value || (facts.value.barred ?? false) === barred) return
  facts.value = { ...facts.value, barred }
  await device.writeDeviceFacts(db, facts.value)
}

async function enter(): Promise<void> {
  if ((aloneFor().state === 'stop' || facts.value?.barred) && !(await exchangeAll())) {
    holdVault(null)
    stage.value = 'stopped'
    return
  }
  await (await behindThePin()).loadWorld()
  await countQueue()
  stirred(lockNow)
  if (await downloaded(db)) {
    stage.value = 'open'
    void exchangeAll()
    return
  }
  stage.value = 'download'
  await download()
}

/** What of the first download is here: enough to begin with, once there are homes and forms. */
export async function begun(): Promise<{ homes: number; people: number } | null> {
  const homes = await countHomes(db)
  return homes.households > 0 && homes.forms > 0 ? { homes: homes.households, people: homes.residents } : null
}

/** Works with what is here; the rest goes on behind. */
export async function startEarly(): Promise<void> {
  await (await behindThePin()).loadWorld()
  stage.value = 'open'
  stirred(lockNow)
}

const AGAIN_MS = 2000

/** The first download; cut off, it goes on by itself where it was, until it is complete. */
export async function download(): Promise<void> {
  if (await exchangeAll()) {
    if (stage.value === 'download') stage.value = 'open'
    return
  }
  // Without a session nothing changes by waiting.
  if (exchange.problem === 'signed_out') return
  window.setTimeout(() => {
    if (vaultOrNull() && (stage.value === 'download' || stage.value === 'open')) void download()
  }, AGAIN_MS)
}

/** Locks at once. A form that is open is saved first, and opens at the same page after the PIN. */
export function lockNow(): void {
  if (!vaultOrNull() || stage.value !== 'open') return
  void putAwayAll().then(() => {
    holdVault(null)
    pinLeft.value = null
    stage.value = 'locked'
    return forgetWorld()
  })
}

/** After a sign-in, or on the doctor's word: the PIN opens when the server has answered. */
export async function retryStopped(): Promise<void> {
  if (signedIn.value) await bar(false)
  if (facts.value?.barred) await exchangeAll()
  else stage.value = 'locked'
}

/** Refused while something is unsent. What stays afterwards: sealed records of the last 30 days. */
export async function leave(): Promise<'unsent' | 'left'> {
  await countQueue()
  if (unsent(exchange.queue) > 0) return 'unsent'
  await putAwayAll()
  holdVault(null)
  await forgetWorld()
  await device.forgetAccount(db)
  facts.value = null
  // Before the sign-in is shown: it goes on by itself with a session that it finds.
  dropSession()
  stage.value = 'welcome'
  try {
    await signOut('capture')
  } catch {
    // Without a network the server is not told; the keys are gone from this phone all the same.
  }
  return 'left'
}

/** This phone still holds unsent records of another doctor: nobody else may use it before they are sent. */
export const heldByOther = ref(false)

async function welcome(current: Session, appVersion: string): Promise<void> {
  const known = facts.value?.account.id
  if (known !== undefined && known !== current.account.id) {
    await countQueue()
    heldByOther.value = unsent(exchange.queue) > 0
    if (heldByOther.value) return
    await device.forgetAccount(db)
    facts.value = null
  }
  if (known === current.account.id && !current.needs.includes('device')) {
    // The PIN was forgotten: what it locked cannot be opened by any other.
    if ((await device.lockState(db)) === 'locked') await device.wipeWorkingData(db, 'scope')
    wantPin()
    return
  }
  if (current.enrolment_code === undefined) return
  await enrol(current, current.enrolment_code, appVersion)
  wantPin()
}

/** Follows the sign-in on the welcome screen to the PIN: the same doctor again, or a phone to enrol. */
export function followSignIn(appVersion: string, told: (error: unknown) => void): void {
  watch(
    signedIn,
    (current) => {
      if (stage.value === 'welcome' && current && !current.needs.includes('new_password')) welcome(current, appVersion).catch(told)
    },
    { immediate: true },
  )
}

/** @throws WrongPin when the present PIN is wrong */
export async function changePin(present: string, next: string): Promise<void> {
  await device.replacePin(db, present, next)
}
