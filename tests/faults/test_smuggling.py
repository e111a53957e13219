"""Fault 65: requests that say two things about where they end, and heads without end.

Raw sockets against a real gunicorn, as nginx or a stranger inside the house would reach it. What is
doubtful is refused and the line closed, so that nothing behind it is ever taken for a request.
"""

from __future__ import annotations

import re
import socket

import pytest

from tests.faults.server import Server, Township

SECOND = b"GET /api/v1/health/live HTTP/1.1\r\nHost: suifang\r\n\r\n"
LONG_HEAD = 8190
"""gunicorn's limit for the first line and for each header, in bytes."""
REFUSED = {b"400", b"414", b"415", b"431", b"501", b"505"}


def post(*headers: bytes, body: bytes = b"") -> bytes:
    """A posting with these headers, and behind it a second request."""
    head = (b"POST /api/v1/auth/login HTTP/1.1", b"Host: suifang", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + body + SECOND


def get(*headers: bytes, path: bytes = b"/api/v1/health/live") -> bytes:
    """A question with these headers, and behind it a second one."""
    head = (b"GET " + path + b" HTTP/1.1", b"Host: suifang", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + SECOND


CHUNKED = b"Transfer-Encoding: chunked"
DOUBTFUL = {
    "length and chunks": post(b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"),
    "chunks and length": post(CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n"),
    "two lengths": post(b"Content-Length: 5", b"Content-Length: 0", body=b"aaaaa"),
    "two lengths in one": post(b"Content-Length: 5, 0", body=b"aaaaa"),
    "a length with a sign": post(b"Content-Length: +5", body=b"aaaaa"),
    "a length below nought": post(b"Content-Length: -5", body=b"aaaaa"),
    "a length that is no number": post(b"Content-Length: 0x5", body=b"aaaaa"),
    "an unknown coding": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunked and then something": post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"),
    "chunked twice": post(CHUNKED, CHUNKED, body=b"0\r\n\r\n"),
    "a blank before the colon": post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n"),
    "a folded header": post(b"X-Some: a", b" Content-Length: 5", body=b"aaaaa"),
    "a bare return in a header": post(b"X-Some: a\rContent-Length: 5", body=b"aaaaa"),
    "nought in a header": get(b"X-Some: a\x00b"),
    "a header without a name": get(b": nobody"),
    "a chunk that is no number": post(CHUNKED, body=b"0x5\r\naaaaa\r\n0\r\n\r\n"),
    "a chunk below nought": post(CHUNKED, body=b"-1\r\n\r\n"),
    "an endless header": get(b"X-Some: " + b"a" * (LONG_HEAD + 1)),
    "headers without end": get(*(b"X-%d: a" % no for no in range(101))),
    "an endless first line": get(path=b"/" + b"a" * LONG_HEAD),
    "no version that we speak": b"GET / HTTP/9.9\r\nHost: suifang\r\n\r\n" + SECOND,
    "no sentence of HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n" + SECOND,
}


@pytest.fixture
def server(strained: Township) -> Server:
    return strained.server


def told(server: Server, sent: bytes) -> tuple[bytes, bool]:
    """All that comes back, and whether the server closed the line by itself."""
    heard = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        try:
            line.sendall(sent)
            while more := line.recv(65536):
                heard += more
        except TimeoutError:
            return heard, False
        except ConnectionError:  # closed before it had read everything
            return heard, True
    return heard, True


def test_fault_65_what_is_plain_is_answered_one_after_the_other(server: Server) -> None:
    """Or the tests below would prove nothing."""
    last = SECOND.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    heard, is_closed = told(server, get() + last)
    assert (heard.count(b"HTTP/1.1 200"), is_closed) == (3, True)


@pytest.mark.parametrize("doubt", DOUBTFUL)
def test_fault_65_what_is_doubtful_is_refused_and_the_line_closed(
    doubt: str, server: Server
) -> None:
    heard, is_closed = told(server, DOUBTFUL[doubt])
    assert is_closed, "left open for whoever comes next"
    answers = re.findall(rb"HTTP/1\.1 (\d+)", heard)
    assert answers, "closed without a word"
    assert set(answers) <= REFUSED, "the second request was answered"
    assert b"Traceback" not in heard
