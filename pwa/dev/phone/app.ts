/**
 * The doctor's phone without its glass: the very actions that the screens call, for tests of faults against a
 * real server (tests/faults). `main.ts` gives it a browser's surroundings and kills it.
 */
import { followSession, setPassword, signedIn, signIn } from '../../src/accounts/actions'
import { connect } from '../../src/api/server'
import type { Answers, Subject } from '../../src/api/wire'
import { begin, standing } from '../../src/capture/actions/begin'
import { exchange, exchangeAll, send } from '../../src/capture/actions/exchange'
import { open, openDraft, save, setAnswer } from '../../src/capture/actions/fill'
import { finish } from '../../src/capture/actions/finish'
import { gaps } from '../../src/capture/actions/numbers'
import { choosePin, followSignIn, forgotPin, leave, lockNow, retryStopped, start, unlock, wiped } from '../../src/capture/actions/open'
import { consequences } from '../../src/capture/actions/plan'
import { db, facts, now, stage } from '../../src/capture/actions/phone'
import { queue } from '../../src/capture/actions/queue'
import { theWorld, world } from '../../src/capture/actions/world'

const VERSION = 'test'
let wentWrong: unknown = null

export async function boot(): Promise<void> {
  connect('capture')
  followSession()
  await start()
  followSignIn(VERSION, (error) => {
    wentWrong = error
  })
}

/** @param next the own password, where a one-time one was given */
export async function enter(login: string, password: string, next: string | null): Promise<void> {
  await signIn('capture', login, password)
  if (next !== null) await setPassword(next)
}

export async function pin(digits: string): Promise<void> {
  if (stage.value === 'choose_pin') await choosePin(digits)
  else if (stage.value === 'locked') await unlock(digits)
  else throw new Error(`no PIN is asked for: ${stage.value}`)
}

/** Begins, fills and finishes a form. @returns id of the envelope */
export async function visit(form: string, subject: Subject, answers: Answers): Promise<string> {
  const id = await begin({ form, subject, ...standing(subject) })
  const opened = await openDraft(id)
  if (opened !== 'open') throw new Error(`the draft is ${opened}`)
  for (const [field, value] of Object.entries(answers)) setAnswer(field, value)
  await save()
  const at = open.value
  if (!at) throw new Error('no form is open')
  await finish(at, await consequences(at), VERSION)
  return id
}

/** Nothing is under way that an earlier command began. */
export async function idle(): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    if (exchange.busy !== null) quiet = 0
    await new Promise((resolve) => { setTimeout(resolve, 15) })
  }
}

export { exchangeAll as round, forgotPin, leave, lockNow as lock, retryStopped as retry, send }

export async function state(): Promise<object> {
  const lines = (await queue()).map(({ id, seq, state, tries, trouble, receipt, readable }) => ({
    id, seq, state, tries, trouble, readable, status: receipt?.status ?? null, reason: receipt?.reason ?? null,
  }))
  const rows = await db.outbox.toArray()
  const sha = new Map(rows.map((row) => [row.id, row.envelope.sha256]))
  return {
    stage: stage.value,
    problem: exchange.problem,
    queue: exchange.queue,
    wiped: wiped.value,
    signed_in: signedIn.value?.account.login ?? null,
    device_id: facts.value?.device_id ?? null,
    skew_ms: facts.value?.skew_ms ?? null,
    gaps: gaps.value,
    people: world.value ? theWorld().people.residents.size : null,
    stored: { residents: await db.residents.count(), drafts: await db.drafts.count(), history: await db.history.count(), keys: (await db.keys.toArray()).map((key) => key.name) },
    wrong: wentWrong instanceof Error ? wentWrong.message : null,
    lines: lines.map((line) => ({ ...line, sha256: sha.get(line.id) })),
    now: now(),
  }
}

/** A record whose position may still come: it is not sent with the others. */
export async function hold(id: string): Promise<void> {
  await db.outbox.update(id, { hold_until: now() + 50_000 })
}

/** What the browser does when somebody clears its data: everything is gone, also what holds the cookies. */
export async function clearBrowser(): Promise<void> {
  await db.delete()
}

/** Somebody of this phone, as its lists know them. */
export function residents(): object[] {
  return [...theWorld().people.residents.values()].map(({ id, programmes, sex, birth_date, village_code, household_id }) => ({
    id, programmes, sex, birth_date, village_code, household_id, kind: 'resident',
  }))
}

