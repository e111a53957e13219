"""The only way out: posting to addresses that strangers gave us (S29, fault 62).

A library for HTTP would connect to any address, follow redirects, obey proxies of the environment
and read without end, and each of these would have to be switched off. Built of the standard
library, nothing of it is there. A host is resolved once for a connection, every address it gives
must be public, the socket goes to that very address (a second answer of the DNS changes nothing),
and the certificate is checked against the name.
"""

from __future__ import annotations

import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from socket import create_connection
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import certifi
from requests.exceptions import ConnectionError as NoConnection, ReadTimeout, SSLError
from urllib3.util.wait import wait_for_read

from backend.reminders.rules.endpoints import is_public

CONNECT_S = 3.0
READ_S = 10.0
LONGEST_ANSWER = 16 * 1024
_MOST_ADDRESSES = 3
_MOST_KEPT = 16
_VISIBLE = re.compile(r"[!-~]+")
_LINE = re.compile(r"[ -~]+")

Resolve = Callable[[str, int], list[tuple[str, int]]]
"""Name and port in, addresses and ports to connect to out."""


class ForbiddenAddress(Exception):
    """An address that is not https on port 443, or leads to a place outside the public internet."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    :param content: at most 16 kB of the body, as it travelled
    """

    status_code: int
    headers: Message
    content: bytes


def resolve(host: str, port: int) -> list[tuple[str, int]]:
    """Ask the system's resolver. :raises OSError: the name is not known"""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[4][0]), port) for address in found))


class GuardedSession:
    """Posts to public https addresses on port 443 and to nothing else. Not for several threads.

    :param lookup: the resolver
    :param may_connect: which addresses are allowed
    :param test_origin: ``http://127.0.0.1:PORT`` of a push server for tests, reached plainly
    :param trusted: a CA file instead of the public ones
    """

    def __init__(
        self,
        lookup: Resolve = resolve,
        may_connect: Callable[[str], bool] = is_public,
        test_origin: str | None = None,
        trusted: str | None = None,
    ) -> None:
        self._lookup = lookup
        self._may_connect = may_connect
        self._test_origin = test_origin
        self._context = ssl.create_default_context(cafile=trusted or certifi.where())
        self._kept: dict[str, socket.socket] = {}

    def post(self, url: str, *, data: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once. The whole answer has 10 seconds; 16 kB of it are read, and it leads nowhere.

        :raises ForbiddenAddress: nothing was connected
        :raises requests.RequestException: timed out, not trusted, or no connection
        """
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        if not _VISIBLE.fullmatch(target):
            raise ForbiddenAddress("an address of visible ASCII letters is expected")
        request = _request(parts.hostname or "", target, data, headers)
        try:
            answer, kept = _exchange(self._socket(parts), request)
        except TimeoutError as error:
            raise ReadTimeout(str(error)) from error
        except ssl.SSLError as error:
            raise SSLError(str(error)) from error
        except (OSError, HTTPException) as error:
            raise NoConnection(type(error).__name__) from error
        if kept is not None:
            self._keep(f"{parts.scheme}://{parts.netloc}", kept)
        return answer

    def close(self) -> None:
        """Give the connections back."""
        for each in self._kept.values():
            each.close()
        self._kept.clear()

    def _socket(self, parts: SplitResult) -> socket.socket:
        origin = f"{parts.scheme}://{parts.netloc}"
        kept = self._kept.pop(origin, None)
        if kept is not None:
            if not wait_for_read(kept, 0):
                return kept
            kept.close()  # whoever has something to say between two posts says that it has gone
        if origin == self._test_origin:
            return create_connection((parts.hostname, parts.port), CONNECT_S)
        if parts.scheme != "https" or parts.port not in (None, 443) or not parts.hostname:
            raise ForbiddenAddress("not an https address on port 443")
        return self._dial(parts.hostname)

    def _dial(self, host: str) -> ssl.SSLSocket:
        found = self._lookup(host, 443)
        if not found or not all(self._may_connect(address) for address, _port in found):
            raise ForbiddenAddress(host)
        last: OSError | None = None
        for target in found[:_MOST_ADDRESSES]:
            try:
                plain = create_connection(target, CONNECT_S)
            except OSError as error:
                last = error
                continue
            with suppress(OSError):
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                return self._context.wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
        raise NoConnection(f"{host} cannot be reached") from last

    def _keep(self, origin: str, kept: socket.socket) -> None:
        self._kept[origin] = kept
        while len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept))).close()


def _request(host: str, target: str, data: bytes, headers: Mapping[str, str]) -> bytes:
    """Head and body in one piece: two would be two packets."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(_LINE.fullmatch, lines)):
        raise ValueError("a header holds more than its line")
    head = [f"POST {target} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    head += [f"Content-Length: {len(data)}", *lines, "", ""]
    return "\r\n".join(head).encode("ascii") + data


def _exchange(sock: socket.socket, request: bytes) -> tuple[Answer, socket.socket | None]:
    """The answer, and the socket where another post may follow on it."""
    may_keep = False
    try:
        sock.settimeout(READ_S)
        sock.sendall(request)
        until = _Until(sock, time.monotonic() + READ_S)
        with HTTPResponse(cast(socket.socket, until), method="POST") as response:
            response.begin()
            content = response.read(LONGEST_ANSWER)
            may_keep = response.isclosed() and not response.will_close
        answer = Answer(response.status, response.headers, content)
        return answer, sock if may_keep else None
    finally:
        if not may_keep:
            sock.close()


class _Until(io.RawIOBase):
    """Reads from a socket until an instant, however steadily it drips."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._end = end

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What ``HTTPResponse`` asks of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer dripped")
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)
