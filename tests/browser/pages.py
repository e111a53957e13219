"""The least that a caregiver's page and its service worker can be."""

from __future__ import annotations

from pathlib import Path

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>family</title>
<body><button name="remind">提醒我</button><button name="stop">不再提醒</button>
<script src="/assets/family.js"></script></body></html>"""

SCRIPT = """
const token = location.hash.slice(1)
const own = globalThis.trustedTypes?.createPolicy('own', { createScriptURL: url => url })
const worker = own ? own.createScriptURL('/sw.js') : '/sw.js'
const call = (method, path, body) => fetch('/api/v1' + path, {
  method, body: body && JSON.stringify(body),
  headers: { Authorization: 'Family ' + token, 'Content-Type': 'application/json' },
}).then(answer => { if (!answer.ok) throw new Error(answer.status); return answer })
const say = state => { document.body.dataset.state = state }
const registered = navigator.serviceWorker.register(worker, { scope: '/family/' })
  .then(() => navigator.serviceWorker.ready)
const opened = call('GET', '/family').then(answer => answer.json())
Promise.all([registered, opened]).then(() => say('open'), error => say(String(error)))
const told = work => () => work().catch(error => say(String(error)))
document.querySelector('[name=remind]').onclick = told(async () => {
  const { push } = await opened
  const { pushManager } = await registered
  const one = await pushManager.subscribe(
    { userVisibleOnly: true, applicationServerKey: push.public_key })
  const { endpoint, keys } = one.toJSON()
  await call('POST', '/family/push', { endpoint, keys, language: 'zh-CN' })
  say('reminded')
})
document.querySelector('[name=stop]').onclick = told(async () => {
  const { pushManager } = await registered
  const one = await pushManager.getSubscription()
  await call('DELETE', '/family/push', { endpoint: one.endpoint })
  say('open')
})
"""

WORKER = """
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(clients.claim()))
self.addEventListener('push', event => {
  const { id, title, body, url } = event.data.json()
  event.waitUntil(registration.showNotification(title, { body, tag: id, data: { url } }))
})
"""


def write_pages(folder: Path) -> Path:
    """Write them as a build would, and give the folder."""
    (folder / "family").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>landing</title>")
    (folder / "family" / "index.html").write_text(PAGE)
    (folder / "assets" / "family.js").write_text(SCRIPT)
    (folder / "sw.js").write_text(WORKER)
    return folder
