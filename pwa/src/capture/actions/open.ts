/** Opening and locking: first sign-in, the PIN, the first download, the automatic lock. */
import { ref, watch } from 'vue'
import { enrolDevice, signedIn, signOut } from '../../accounts/actions'
import { session } from '../../api/server'
import type { Session } from '../../api/wire'
import type { DeviceFacts } from '../../device/model'
import * as device from '../../device/store'
import { devicePublicKey } from '../../kernel/device_key'
import { downloaded } from '../../sync/store'
import { unsent } from '../../outbox/rules/pace'
import { countQueue, exchange, exchangeAll, startExchanging } from './exchange'
import { aloneFor, askToPersist, db, examine, facts, holdVault, now, proof, putAwayAll, stage, stirred, vaultOrNull } from './phone'

/** Everything behind the PIN: its code is fetched while the doctor signs in or types. */
const behindThePin = (): Promise<typeof import('./world')> => import('./world')

async function forgetWorld(): Promise<void> {
  ;(await behindThePin()).forgetWorld()
}

/** Wrong PINs left, after a wrong one. */
export const pinLeft = ref<number | null>(null)

export async function start(): Promise<void> {
  if (!(await examine())) return
  facts.value = await device.deviceFacts(db)
  session().signWith(proof)
  const lock = await device.lockState(db)
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
  await device.writeDeviceFacts(db, known)
  facts.value = known
}

/** A name the township recognises in its list of phones. */
export function deviceName(userAgent: string): string {
  const model = /Android[^;]*;\s*([^;)]+?)(?:\s+Build|\))/.exec(userAgent)?.[1]
  return (model ?? (/iPhone|iPad/.exec(userAgent)?.[0] ?? 'Web')).slice(0, 60)
}

export function wantPin(): void {
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
  if (result.left === 0) stage.value = 'welcome'
}

async function enter(): Promise<void> {
  if (aloneFor().state === 'stop' && !(await exchangeAll())) {
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

/** The first download; can be tried again until it is complete. */
export async function download(): Promise<void> {
  if (await exchangeAll()) stage.value = 'open'
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

export async function retryStopped(): Promise<void> {
  stage.value = 'locked'
  await exchangeAll()
}

/** Refused while something is unsent. What stays afterwards: sealed records of the last 30 days. */
export async function leave(): Promise<'unsent' | 'left'> {
  await countQueue()
  if (unsent(exchange.queue) > 0) return 'unsent'
  await putAwayAll()
  holdVault(null)
  stage.value = 'welcome'
  await forgetWorld()
  await device.forgetAccount(db)
  facts.value = null
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
