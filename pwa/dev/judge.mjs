/** Answers questions on standard input, a line each, with the phone's engines (judge.ts). */
import { createInterface } from 'node:readline'
import { createServer } from 'vite'

const root = new URL('..', import.meta.url).pathname
const server = await createServer({
  root, configFile: false, logLevel: 'error', appType: 'custom', optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
})
await server.ssrLoadModule('/src/kernel/growth_loaded.ts')
const { answer } = await server.ssrLoadModule('/dev/judge.ts')
for await (const line of createInterface({ input: process.stdin })) {
  let told
  try {
    told = { ok: answer(JSON.parse(line)) }
  } catch (error) {
    told = { error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
await server.close()
