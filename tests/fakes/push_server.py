"""A push service on the loopback: what Mozilla's autopush is to Firefox, and what we POST to.

Browsers hold a WebSocket (``hello``, ``register``, ``notification``, ``ack``); we POST encrypted
messages to the address it gave them. ``answers`` lets a test say what the next POSTs get.
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


@dataclass(frozen=True)
class Post:
    """One message as it arrived."""

    channel: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushServer:
    """The running server.

    :param origin: where messages are posted to
    :param socket_url: where browsers connect to
    :param connections: how many were made to post over
    :param answers: status and headers of the next POSTs; 201 when there is none left
    """

    origin: str = ""
    socket_url: str = ""
    posts: list[Post] = field(default_factory=list)
    acks: list[str] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    on_post: Callable[[Post], None] = lambda _post: None
    connections: int = 0
    acked: threading.Event = field(default_factory=threading.Event)
    _browsers: dict[str, ServerConnection] = field(default_factory=dict)

    def endpoint(self, channel: str) -> str:
        """The push address of a channel."""
        return f"{self.origin}/push/{channel}"

    def take(self, post: Post) -> tuple[int, dict[str, str]]:
        """Answer a POST, and hand the message to the browser that holds the channel."""
        self.posts.append(post)
        self.on_post(post)
        answer = self.answers.popleft() if self.answers else (201, {})
        browser = self._browsers.get(post.channel)
        if answer[0] == 201 and browser is not None:
            data = base64.urlsafe_b64encode(post.body).rstrip(b"=").decode()
            browser.send(
                json.dumps(
                    {
                        "messageType": "notification",
                        "channelID": post.channel,
                        "version": str(uuid.uuid4()),
                        "data": data,
                        "headers": {"encoding": post.headers.get("content-encoding", "")},
                    }
                )
            )
        return answer

    def speak(self, browser: ServerConnection) -> None:
        """Follow one browser until it leaves."""
        try:
            for text in browser:
                said = json.loads(text)
                answer = self._answer(browser, said)
                if answer is not None:
                    browser.send(json.dumps(answer))
        except ConnectionClosed:
            return

    def _answer(self, browser: ServerConnection, said: dict[str, Any]) -> dict[str, Any] | None:
        match said.get("messageType"):
            case "hello":
                uaid = said.get("uaid") or uuid.uuid4().hex
                return {"messageType": "hello", "uaid": uaid, "status": 200, "use_webpush": True}
            case "register":
                channel = said["channelID"]
                self._browsers[channel] = browser
                address = {"status": 200, "pushEndpoint": self.endpoint(channel)}
                return {"messageType": "register", "channelID": channel, **address}
            case "unregister":
                self._browsers.pop(said["channelID"], None)
                gone = {"channelID": said["channelID"], "status": 200}
                return {"messageType": "unregister", **gone}
            case "ack":
                self.acks += [update["version"] for update in said["updates"]]
                self.acked.set()
                return None
            case None:
                return {}  # the browser's ping
            case _:
                return None


def _handler(server: PushServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            server.connections += 1
            super().setup()

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # the sender died while sending: nothing was delivered
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra = server.take(Post(self.path.rpartition("/")[2], headers, body))
            self.send_response(status)
            for name, value in {"content-length": "0", **extra}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    return Handler


@contextmanager
def running_push_server() -> Iterator[PushServer]:
    """A push server on two free ports of the loopback, for the length of a ``with`` block."""
    server = PushServer()
    posts = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    posts.daemon_threads = True
    with serve(server.speak, "127.0.0.1", 0) as sockets:
        server.origin = f"http://127.0.0.1:{posts.server_port}"
        server.socket_url = f"ws://127.0.0.1:{sockets.socket.getsockname()[1]}/"
        threads = [
            threading.Thread(target=posts.serve_forever, args=(0.02,)),
            threading.Thread(target=sockets.serve_forever),
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            posts.shutdown()
            posts.server_close()
            sockets.shutdown()
            for thread in threads:
                thread.join(timeout=5)
