"""The door: reading a request's body, and refusing what should not come in (S17, S31)."""

from __future__ import annotations

import zlib
from typing import Any
from urllib.parse import urlsplit

from flask import g, request

from backend.kernel import strict_json
from backend.kernel.errors import Refusal

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request's body, both as it travels and after inflation."""

_SAFE_METHODS = ("GET", "HEAD")


def raw_body() -> bytes:
    """The body as it travelled, before inflation: what a device signs (0004)."""
    return request.get_data(cache=True, parse_form_data=False)


def body_bytes() -> bytes:
    """The body, inflated where it came as gzip.

    :raises Refusal: ``too_large``, ``bad_encoding``, ``not_json``
    """
    if "body_bytes" not in g:
        g.body_bytes = _inflate(raw_body(), request.headers.get("Content-Encoding", ""))
    return bytes(g.body_bytes)


def json_body() -> Any:
    """The body as JSON of the strict kind.

    :raises Refusal: ``not_json``, ``not_readable``, and what :func:`body_bytes` raises
    """
    if request.mimetype != "application/json":
        raise Refusal("not_json")
    try:
        return strict_json.read(body_bytes())
    except strict_json.BadJson as error:
        raise Refusal("not_readable", reason=str(error)) from None


def _inflate(data: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return data
    if encoding != "gzip":
        raise Refusal("bad_encoding", encoding=encoding[:20])
    inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        # One byte more than allowed tells a bomb without inflating it.
        plain = inflater.decompress(data, MAX_BODY + 1)
    except zlib.error:
        raise Refusal("bad_encoding", encoding=encoding) from None
    if len(plain) > MAX_BODY:
        raise Refusal("too_large", limit=MAX_BODY)
    if not inflater.eof or inflater.unused_data:
        raise Refusal("bad_encoding", encoding=encoding)
    return plain


def refuse_other_origins() -> None:
    """Before every request that changes something: it must come from our own pages.

    Browsers name the origin of such requests; programs that are no browsers name none and carry
    no cookies. Cookies are SameSite=Strict besides, and bodies must be JSON.

    :raises Refusal: ``not_same_origin``
    """
    if request.method in _SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refusal("not_same_origin")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Refusal("not_same_origin")
