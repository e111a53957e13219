"""The only way out: an HTTP session for addresses that strangers gave us (S29, fault 62).

``requests`` alone would connect to any address, follow redirects, obey proxies of the environment
and read without end. Here a host is resolved once, every address it gives must be public, the
socket goes to that very address (a second answer of the DNS changes nothing), and the certificate
is checked against the name.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from backend.reminders.rules.endpoints import is_public

CONNECT_S = 3.0
READ_S = 10.0
LONGEST_ANSWER = 16 * 1024
_MOST_ADDRESSES = 3

Resolve = Callable[[str, int], list[tuple[str, int]]]
"""Name and port in, addresses and ports to connect to out."""


class ForbiddenAddress(Exception):
    """A name resolved to an address that is not of the public internet."""


class AnswerTooSlow(requests.exceptions.ReadTimeout):
    """The whole answer did not arrive in time, however steadily it dripped."""


def resolve(host: str, port: int) -> list[tuple[str, int]]:
    """Ask the system's resolver. :raises OSError: the name is not known"""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[4][0]), port) for address in found))


class GuardedSession(requests.Session):
    """Posts to public https addresses on port 443 and to nothing else.

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
        super().__init__()
        self.trust_env = False  # no proxy, no .netrc, no CA bundle from the environment
        self.verify = trusted or True
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.adapters.clear()
        self.mount("https://", _PinnedAdapter(lookup, may_connect))
        if test_origin is not None:
            self.mount(f"{test_origin}/", HTTPAdapter(max_retries=0))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No answer leads anywhere; ``allow_redirects=False`` alone would read its whole body."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send as we do it, whatever the caller asked for."""
        kwargs.update(
            allow_redirects=False,
            stream=True,
            timeout=(CONNECT_S, READ_S),
            proxies={},
            verify=self.verify,
            cert=None,
        )
        response = super().send(request, **kwargs)
        response._content = _first_bytes(response)
        response._content_consumed = True
        return response


def _first_bytes(response: requests.Response) -> bytes:
    """At most 16 kB of the answer, within the read time; the rest is never read."""
    end = time.monotonic() + READ_S
    data = b""
    while len(data) < LONGEST_ANSWER:
        part = response.raw.read1(LONGEST_ANSWER - len(data), decode_content=False)
        if not part:
            response.raw.release_conn()
            return data
        data += part
        if time.monotonic() > end:
            response.raw.close()
            raise AnswerTooSlow("the answer dripped")
    response.raw.close()
    return data


class _PinnedAdapter(HTTPAdapter):
    def __init__(self, lookup: Resolve, may_connect: Callable[[str], bool]) -> None:
        self._pool_class = _pinned_pool(lookup, may_connect)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": self._pool_class}


def _pinned_pool(lookup: Resolve, may_connect: Callable[[str], bool]) -> type[HTTPSConnectionPool]:
    class PinnedConnection(HTTPSConnection):
        """Connects to the address that was checked; TLS still speaks to the name."""

        def _new_conn(self) -> socket.socket:
            if self.port != 443:
                raise ForbiddenAddress(f"port {self.port}")
            try:
                found = lookup(self.host, 443)
            except OSError as error:
                raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
            if not found or not all(may_connect(address) for address, _port in found):
                raise ForbiddenAddress(self.host)
            last: OSError | None = None
            for target in found[:_MOST_ADDRESSES]:
                try:
                    return create_connection(
                        target, self.timeout, socket_options=self.socket_options
                    )
                except OSError as error:
                    last = error
            raise NewConnectionError(self, f"{self.host} cannot be reached") from last

    class PinnedPool(HTTPSConnectionPool):
        ConnectionCls = PinnedConnection

    return PinnedPool
