"""The built pages: three entries, the service worker, and files that never change."""

from __future__ import annotations

import html
import mimetypes
from http import HTTPStatus
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, request, send_file
from werkzeug.security import safe_join

from backend.api.headers import DESK_CSP
from backend.api.house import house
from backend.api.policy import anonymous
from backend.api.problems import problem, sentence
from backend.api.routing import declare

blueprint = APIBlueprint("pages", __name__, enable_openapi=False)

ENTRIES = ("capture", "desk", "family")
_COMPRESSED = (("br", ".br"), ("gzip", ".gz"))


def page(path: str = "") -> Response:
    """A file of the build, or the page of the entry that the address belongs to."""
    if path == "api" or path.startswith("api/"):
        return problem("not_found")
    built = house().settings.pwa
    if not (built / "index.html").is_file():
        return _sentence_page("pages_missing", HTTPStatus.SERVICE_UNAVAILABLE)
    if path == "sw.js" and house().settings.worker_off.exists():
        return _no_worker()
    entry = path.partition("/")[0]
    file = _file(built, path)
    if file is None and entry in ENTRIES and "." not in path:
        file = _file(built, f"{entry}/index.html")
    if file is None:
        return _sentence_page("page_not_found", HTTPStatus.NOT_FOUND)
    answer = _send(file)
    # File names below assets/ hold a hash of their content; everything else is asked for anew.
    answer.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if entry == "assets" else "no-cache"
    )
    if entry == "desk":
        answer.headers["Content-Security-Policy"] = DESK_CSP
    return answer


_NO_WORKER = """self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name)
  await self.registration.unregister()
})()))
"""


def _no_worker() -> Response:
    """A worker that throws away the kept pages and goes; records it never touches."""
    headers = {"Cache-Control": "no-cache"}
    return Response(_NO_WORKER, content_type="text/javascript; charset=utf-8", headers=headers)


def _file(built: Path, path: str) -> Path | None:
    found = safe_join(str(built), path) if path else str(built)
    if found is None:
        return None
    file = Path(found)
    if file.is_dir():
        file = file / "index.html"
    return file if file.is_file() and not file.name.startswith(".") else None


def _send(file: Path) -> Response:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".webmanifest":
        kind = "application/manifest+json"
    for coding, suffix in _COMPRESSED:
        packed = file.with_name(file.name + suffix)
        if request.accept_encodings[coding] and packed.is_file():
            answer = send_file(packed, mimetype=kind, conditional=True, etag=True)
            answer.headers["Content-Encoding"] = coding
            break
    else:
        answer = send_file(file, mimetype=kind, conditional=True, etag=True)
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _sentence_page(code: str, status: HTTPStatus) -> Response:
    texts = {language: html.escape(text) for language, text in sentence(code).items()}
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{texts['zh-CN']}</title>"
        f'<p>{texts["zh-CN"]}</p><p lang="en">{texts["en"]}</p></html>'
    )
    return Response(body, status=status, content_type="text/html; charset=utf-8")


declare(anonymous(), page)
blueprint.add_url_rule("/", "landing", page, methods=["GET"])
blueprint.add_url_rule("/<path:path>", "page", page, methods=["GET"])
