/** Hand-made answers for tests of calls. */
import type { Json, Problem, Text } from './wire'

export interface Asked {
  method: string
  url: string
  headers: Record<string, string>
  body: Json
}

/** A server in a function; `asked` remembers every call. */
export function server(answer: (asked: Asked) => Response | Promise<Response>): { fetch: typeof fetch; asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    fetch: async (url, init) => {
      const call: Asked = {
        method: init?.method ?? 'GET',
        url: typeof url === 'string' ? url : url instanceof URL ? url.href : url.url,
        headers: (init?.headers ?? {}) as Record<string, string>,
        body: typeof init?.body === 'string' ? (JSON.parse(init.body) as Json) : null,
      }
      asked.push(call)
      return answer(call)
    },
  }
}

export function reply(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  if (status === 204) return new Response(null, { status })
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } })
}

export function problem(code: string, status: number, title: Text = { 'zh-CN': code, en: code }): Problem {
  return { type: `urn:suifang:problem:${code}`, title, status, code, details: {}, request_id: 'r1' }
}
