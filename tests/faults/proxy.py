"""A TCP proxy between a phone and the server that does what networks do.

A connection goes through the weather of the moment when it was opened; the bytes are never looked
at. ``proxy.rain(cut_up=700)`` for all that come, ``proxy.showers([...])`` for the next ones, one
each; ``proxy.clear()`` ends it. Whatever is open when the weather changes is torn.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CHUNK = 16_384
PORTAL = b"<!doctype html><title>Wi-Fi</title><form>Please sign in to the hotel</form>"


def answer(status: str, body: bytes, *headers: str) -> bytes:
    """A whole HTTP answer, as somebody on the way gives it."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Weather:
    """What happens to one connection.

    :param latency_s: each way, before the first byte
    :param bytes_per_s: in each direction
    :param cut_up: bytes of the request that get through before the connection is reset
    :param cut_down: bytes of the answer that get through before it is reset
    :param silent: the request is taken, nothing is ever answered, nothing reaches the server
    :param swallow: the server does the work; its answer is lost with the connection
    :param instead: somebody on the way answers in the server's place
    :param twice: the whole request reaches the server a second time
    :param garble: the answer's body is not what its headers say
    """

    latency_s: float = 0.0
    bytes_per_s: float | None = None
    cut_up: int | None = None
    cut_down: int | None = None
    silent: bool = False
    swallow: bool = False
    instead: bytes | None = None
    twice: bool = False
    garble: bytes | None = None


FINE = Weather()


@dataclass
class FaultProxy:
    """The proxy.

    :param origin: where phones connect to
    :param seen: connections so far
    :param carried: bytes so far, both ways
    :param heard: the requests that were carried ``twice``, since the weather changed
    """

    target: tuple[str, int]
    origin: str = ""
    seen: int = 0
    carried: int = 0
    heard: list[bytes] = field(default_factory=list)
    _weather: Weather = FINE
    _next: deque[Weather] = field(default_factory=deque)
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: threading.Event = field(default_factory=threading.Event)

    def rain(self, **how: object) -> None:
        """The same weather for every connection from now on."""
        with self._lock:
            self._weather, self._next = Weather(**how), deque()  # type: ignore[arg-type]
            self.heard = []
        self._tear()

    def showers(self, one_each: Iterable[Weather]) -> None:
        """A weather for each of the next connections; fine after them."""
        with self._lock:
            self._weather, self._next = FINE, deque(one_each)
        self._tear()

    def clear(self) -> None:
        """Fine weather."""
        self.rain()

    def hang_up(self) -> None:
        """Tear what is open; the weather stays."""
        self._tear()

    def _tear(self) -> None:
        with self._lock:
            torn, self._open = self._open, set()
        for one in torn:
            _reset(one)

    def serve(self, door: socket.socket) -> None:
        """Take connections until the proxy is closed."""
        while not self._closed.is_set():
            try:
                phone, _ = door.accept()
            except OSError:
                return
            with self._lock:
                self.seen += 1
                weather = self._next.popleft() if self._next else self._weather
                self._open.add(phone)
            threading.Thread(target=self._carry, args=(phone, weather), daemon=True).start()

    def close(self) -> None:
        """Nobody gets through any more."""
        self._closed.set()
        self._tear()

    def _carry(self, phone: socket.socket, weather: Weather) -> None:
        try:
            time.sleep(weather.latency_s)
            if weather.instead is not None:
                _hear(phone)
                phone.sendall(weather.instead)
                _close(phone)
                return
            if weather.silent:
                while phone.recv(CHUNK):
                    pass
                return
            server = socket.create_connection(self.target, timeout=60)
            with self._lock:
                self._open.add(server)
            heard = bytearray()
            up = threading.Thread(
                target=self._pump,
                args=(phone, server, weather.cut_up, weather, heard),
                daemon=True,
            )
            up.start()
            self._answer(server, phone, weather)
            if weather.twice:
                self.heard.append(bytes(heard))
                self.repeat(bytes(heard))
        except OSError:
            _reset(phone)
        finally:
            with self._lock:
                self._open.discard(phone)

    def _answer(self, server: socket.socket, phone: socket.socket, weather: Weather) -> None:
        if weather.swallow:
            server.recv(1)  # the first byte of the answer: the work was done
            _reset(phone)
            _close(server)
            return
        if weather.garble is not None:
            server.recv(CHUNK)
            phone.sendall(weather.garble)
            _close(phone)
            _close(server)
            return
        self._pump(server, phone, weather.cut_down, weather, bytearray())

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        cut: int | None,
        weather: Weather,
        heard: bytearray,
    ) -> None:
        left = cut
        try:
            while left is None or left > 0:
                data = source.recv(CHUNK if left is None else min(CHUNK, left))
                if not data:
                    with contextlib.suppress(OSError):
                        sink.shutdown(socket.SHUT_WR)
                    return
                if weather.bytes_per_s:
                    time.sleep(len(data) / weather.bytes_per_s)
                heard += data if weather.twice else b""
                sink.sendall(data)
                self.carried += len(data)
                left = None if left is None else left - len(data)
        except OSError:
            pass
        _reset(source)
        _reset(sink)

    def repeat(self, request: bytes) -> bytes:
        """Send a request as it was heard once more, past the weather; the whole answer."""
        told = b""
        with socket.create_connection(self.target, timeout=60) as server:
            server.sendall(request)
            while data := server.recv(CHUNK):
                told += data
        return told


def _hear(phone: socket.socket) -> None:
    """Take the head of the request; a captive portal reads no further."""
    phone.settimeout(5)
    heard = b""
    while b"\r\n\r\n" not in heard:
        data = phone.recv(CHUNK)
        if not data:
            return
        heard += data


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def _reset(one: socket.socket) -> None:
    """End a connection as a dead network does: without a word."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def fault_proxy(port: int) -> Iterator[FaultProxy]:
    """A proxy before the server on this port; it ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        proxy = FaultProxy(("127.0.0.1", port))
        proxy.origin = f"http://127.0.0.1:{door.getsockname()[1]}"
        thread = threading.Thread(target=proxy.serve, args=(door,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.close()
            _close(door)
            thread.join(timeout=5)
