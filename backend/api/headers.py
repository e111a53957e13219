"""Headers of every answer: what a browser may load, keep and tell (S18, S19, S21, S22)."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

from backend.kernel.ids import new_id

log = logging.getLogger("suifang.access")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
DESK_CSP = f"{CSP}; trusted-types default dompurify vue"
"""The desk's map and chart libraries write HTML: one ``default`` policy judges all of it."""

_FIXED = {
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}


def is_api() -> bool:
    """True when this request is for the API and not for a page."""
    return request.path.startswith("/api/")


def init_headers(app: Flask) -> None:
    """Give every request an id, every answer its headers, and the log one line."""

    @app.before_request
    def _begin() -> None:
        g.request_id = new_id()
        g.began = time.perf_counter()

    @app.after_request
    def _headers(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.request_id
        for name, value in _FIXED.items():
            answer.headers[name] = value
        answer.headers.setdefault("Content-Security-Policy", CSP)
        if is_api():
            answer.headers.setdefault("Cache-Control", "no-store")
        _log(answer)
        return answer


def _log(answer: Response) -> None:
    # The rule and not the path: paths and queries hold names and ids (S43).
    log.info(
        "%s %s %d %.1fms",
        request.method,
        request.url_rule.rule if request.url_rule else "-",
        answer.status_code,
        1000 * (time.perf_counter() - g.began),
        extra={"request_id": g.request_id},
    )
