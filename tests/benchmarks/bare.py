"""The floor of the web server: the same requests, read and answered, and nothing done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

ANSWER = b'{"receipts": [{"status": "stored", "submission_id": "%s"}]}' % (b"0" * 400)


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Read the whole body, answer as much as a receipt."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))]
    start_response("200 OK", headers)
    return [ANSWER]
