"""An SMS gateway on the loopback that keeps what it is given, and fails as a test says."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

TAKEN = (200, b'{"accepted": true}')


@dataclass
class SmsServer:
    """The running gateway.

    :param answer: status and body for a message; nothing: the connection is cut after it was read
    :param taken: messages it took, also those whose answer was lost
    """

    key: bytes
    url: str = ""
    answer: Callable[[dict[str, Any]], tuple[int, bytes] | None] = lambda _message: TAKEN
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    on_taken: Callable[[dict[str, Any]], None] = lambda _message: None


def _handler(server: SmsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            expected = hmac.new(server.key, body, sha256).hexdigest()
            if not hmac.compare_digest(expected, self.headers.get("X-Suifang-Signature", "")):
                self._say(401, b"{}")
                return
            message = orjson.loads(body)
            answer = server.answer(message)
            if answer is None or answer[0] in (200, 500):  # 500: taken, and then it broke
                server.taken.append(message)
                server.on_taken(message)
            else:
                server.refused += 1
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            self._say(*answer)

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            return

    return Handler


@contextmanager
def running_sms_server(key: bytes) -> Iterator[SmsServer]:
    """A gateway on a free port of the loopback, for the length of a ``with`` block."""
    server = SmsServer(key)
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    listening.daemon_threads = True
    server.url = f"http://127.0.0.1:{listening.server_port}/send"
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(timeout=5)
