"""Long answers travel as gzip: over a slow line a first download is an eighth of its size."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

from backend.api.headers import is_api

WORTH_BYTES = 1400
"""What fits into one packet is sent as it is."""
LEVEL = 5
"""Above it a page of changes takes twice the processor time for a hundredth less."""


def init_packing(app: Flask) -> None:
    """Compress what the API answers to a GET, for whoever understands gzip.

    Guessing a secret by the size of compressed answers needs a browser that asks in somebody's name
    at a stranger's bidding. Every GET here is opened by a header that only our own pages can send.
    """

    @app.after_request
    def _pack(answer: Response) -> Response:
        if _worth_it(answer):
            answer.set_data(gzip.compress(answer.get_data(), LEVEL, mtime=0))
            answer.headers["Content-Encoding"] = "gzip"
            answer.vary.add("Accept-Encoding")
            _weaken(answer)
        return answer


def _worth_it(answer: Response) -> bool:
    return (
        is_api()
        and request.method == "GET"
        and answer.status_code == 200
        and answer.mimetype == "application/json"
        and not answer.is_streamed
        and "Content-Encoding" not in answer.headers
        and bool(request.accept_encodings["gzip"])
        and (answer.content_length or 0) > WORTH_BYTES
    )


def _weaken(answer: Response) -> None:
    """The same content in other bytes (RFC 9110, 8.8.3.3)."""
    tag, weak = answer.get_etag()
    if tag is not None and not weak:
        answer.set_etag(tag, weak=True)
