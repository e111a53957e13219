/**
 * One phone as a process: commands in as lines of JSON, answers out. Its database outlives the app, which can be
 * killed and started anew.
 */
import 'fake-indexeddb/auto'
import { createInterface } from 'node:readline'
import type * as App from './app'
import { connectTo, copyCookies, forgetCookies, furnish, putCookies, Life, lives, turnClock } from './surroundings'

furnish()
const file = process.argv[2] ?? ''
let count = 0
let life = new Life()
let app: typeof App

/** A fresh copy of the app: nothing of the former life is in its memory. */
async function live(): Promise<void> {
  life.kill()
  life = new Life()
  count += 1
  await lives.run(life, async () => {
    app = (await import(`${file}?life=${String(count)}`)) as typeof App
    await app.boot()
  })
}

type Words = readonly never[]
const commands: Record<string, (...words: Words) => unknown> = {
  connect: (url: string) => { connectTo(url) },
  clock: (ms: number) => { turnClock(ms) },
  forget_cookies: () => { forgetCookies() },
  cookies: () => copyCookies(),
  put_cookies: (kept: [string, string][]) => { putCookies(kept) },
  hold: (id: string) => app.hold(id),
  clear_browser: async () => {
    await app.clearBrowser()
    forgetCookies()
  },
  live,
  kill: () => { life.kill() },
  die: (when: 'before' | 'after') => { life.dies = when },
  enter: (login: string, password: string, next: string | null) => app.enter(login, password, next),
  pin: (digits: string) => app.pin(digits),
  // Goes on by itself: the next command looks how far it is.
  pin_soon: (digits: string) => { void app.pin(digits) },
  visit: (form: string, subject: Parameters<typeof App.visit>[1], answers: Parameters<typeof App.visit>[2]) => app.visit(form, subject, answers),
  round: async () => {
    await app.idle()
    return app.round()
  },
  send: async () => {
    await app.idle()
    await app.send()
  },
  lock: () => { app.lock() },
  forgot: () => { app.forgotPin() },
  retry: () => app.retry(),
  leave: () => app.leave(),
  state: () => app.state(),
  residents: () => app.residents(),
  rest: (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms) }),
}

/** A life that ended under the command gives no answer: the command counts as ended too. */
async function answered(work: Promise<unknown>, of: Life): Promise<unknown> {
  let watch: NodeJS.Timeout | undefined
  const killed = new Promise<string>((resolve) => {
    watch = setInterval(() => {
      if (of.isOver()) resolve('killed')
    }, 5)
  })
  try {
    return await Promise.race([work, killed])
  } finally {
    clearInterval(watch)
  }
}

async function obey(line: string): Promise<object> {
  const [name, ...words] = JSON.parse(line) as [string, ...unknown[]]
  const of = life
  try {
    const work = lives.run(life, () => Promise.resolve(commands[name]?.(...(words as never[]))))
    return { ok: (await (name === 'live' ? work : answered(work, of))) ?? null }
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error) }
  }
}

process.on('unhandledRejection', (error) => {
  process.stderr.write(`unhandled: ${String(error)}\n`)
})
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(line))}\n`)
}
process.exit(0)
