/**
 * `/api/v1` for `npm run dev`: an invented county in memory, so that every screen can be looked at
 * without the server. Phone: `doctor`. Desk: `reviewer`, `supervisor` (code 123456) or `first` (first day), any
 * password. Family: /family/#demo-demo-demo-demo, the same with late,
 * today, done, and #ended-ended-ended. A real server instead:
 * SUIFANG_SERVER=http://127.0.0.1:8000 npm run dev
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin, ViteDevServer } from 'vite'
import type { Json } from '../src/api/wire'
import type * as Phone from './fake/phone'
import type * as Routes from './fake/routes'

async function read(request: IncomingMessage): Promise<{ [name: string]: Json }> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString()
  return text === '' ? {} : (JSON.parse(text) as { [name: string]: Json })
}

async function handle(server: ViteDevServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { answer } = (await server.ssrLoadModule('/dev/fake/routes.ts')) as typeof Routes
  const url = new URL(request.url ?? '/', 'http://dev')
  const { answerPhone } = (await server.ssrLoadModule('/dev/fake/phone.ts')) as typeof Phone
  const asked = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body: await read(request),
    login: /fake=([a-z]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null,
    device: Boolean(request.headers['x-device']),
    family: /^Family (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
    born: [request.headers['x-birth-date']].flat()[0] ?? null,
  }
  const told = (await answerPhone(asked)) ?? answer(asked)
  response.statusCode = told.status
  if (told.login !== undefined) {
    response.setHeader('Set-Cookie', `fake=${told.login ?? ''}; Path=/; HttpOnly; SameSite=Strict${told.login ? '' : '; Max-Age=0'}`)
  }
  if (told.status === 204) {
    response.end()
    return
  }
  response.setHeader('Content-Type', told.status >= 400 ? 'application/problem+json' : 'application/json')
  response.end(JSON.stringify(told.body))
}

export function fakeApi(): Plugin {
  return {
    name: 'suifang-fake-api',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use('/api/v1', (request, response, next) => {
        handle(server, request, response).catch(next)
      })
    },
  }
}
