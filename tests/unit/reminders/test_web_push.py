"""The sender against hostile and against honest push services on the loopback (S29, fault 62)."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import http_ece
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from backend.kernel.sealing import b64
from backend.reminders.channels import guarded
from backend.reminders.channels.guarded import GuardedSession
from backend.reminders.channels.web_push import WebPushSender
from backend.reminders.model import Handling, Outcome, PushMessage, Subscription
from tests.fakes.push_server import PushServer, running_push_server
from tests.fakes.tls_server import TlsServer, running_tls_server

HOST = "updates.push.services.mozilla.com"
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
BROWSER_KEY = ec.derive_private_key(20260310, ec.SECP256R1())
AUTH = bytes(range(16))
VAPID = (20260311).to_bytes(32, "big")
OTHER_VAPID = (20260312).to_bytes(32, "big")
MESSAGE = PushMessage("m1", "family", "预防接种提醒", "孩子的接种时间到了，打开查看", "/family/")
HANDLING = Handling(3600, "normal", "topic-1")
TO = Subscription(
    id="s1",
    owner_kind="family_link",
    owner_id="l1",
    endpoint=f"https://{HOST}/wpush/v2/abc",
    p256dh=b64(
        BROWSER_KEY.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    ),
    auth=b64(AUTH),
    language="zh-CN",
)


def sender(session: GuardedSession, test_origin: str | None = None) -> WebPushSender:
    return WebPushSender(
        {"": VAPID, "26b": OTHER_VAPID},
        "mailto:ops@example.org",
        (HOST,),
        lambda: NOW,
        test_origin=test_origin,
        session=session,
    )


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsServer]:
    with running_tls_server(tmp_path, HOST) as server:
        yield server


@pytest.fixture
def service() -> Iterator[PushServer]:
    with running_push_server() as server:
        yield server


def to_loopback(tls: TlsServer) -> GuardedSession:
    """A session whose resolver leads to the loopback, where that is allowed."""
    return GuardedSession(
        lambda _host, _port: [("127.0.0.1", tls.port)], lambda _ip: True, trusted=tls.certificate
    )


def test_the_browser_alone_can_read_what_is_sent(service: PushServer) -> None:
    to = replace(TO, endpoint=service.endpoint("abc"))
    assert sender(GuardedSession(test_origin=service.origin), service.origin).send(
        to, MESSAGE, HANDLING
    ) == Outcome("accepted", 201)
    (post,) = service.posts
    assert "接种".encode() not in post.body
    plain = http_ece.decrypt(post.body, private_key=BROWSER_KEY, auth_secret=AUTH)
    assert orjson.loads(plain) == {
        "id": "m1",
        "kind": "family",
        "title": "预防接种提醒",
        "body": "孩子的接种时间到了，打开查看",
        "url": "/family/",
        "receipt": "",
    }
    assert (post.headers["ttl"], post.headers["urgency"]) == ("3600", "normal")
    assert post.headers["topic"] == "topic-1"
    assert Vapid02.verify(post.headers["authorization"])


def test_every_service_gets_a_proof_made_out_to_itself(service: PushServer) -> None:
    # pywebpush writes the audience into the claims it is given; a shared dict would leak it.
    with running_push_server() as other:
        for server in (service, other):
            sender(GuardedSession(test_origin=server.origin), server.origin).send(
                replace(TO, endpoint=server.endpoint("x")), MESSAGE, HANDLING
            )
        audiences = [audience(server) for server in (service, other)]
        assert audiences == [service.origin, other.origin]


def test_a_subscription_keeps_the_key_it_was_made_with(service: PushServer) -> None:
    session = GuardedSession(test_origin=service.origin)
    rotated = sender(session, service.origin)
    to = replace(TO, endpoint=service.endpoint("x"))
    for key_id in ("", "26b", ""):
        assert rotated.send(replace(to, key_id=key_id), MESSAGE, HANDLING).kind == "accepted"
    keys = [post.headers["authorization"].rpartition("k=")[2] for post in service.posts]
    assert keys[0] == keys[2] != keys[1]
    gone = rotated.send(replace(to, key_id="never"), MESSAGE, HANDLING)
    assert gone == Outcome("refused", detail="key_lost")


def audience(server: PushServer) -> str:
    token = server.posts[0].headers["authorization"].partition("t=")[2].partition(",")[0]
    claims = token.split(".")[1]
    padded = claims + "=" * (-len(claims) % 4)
    return str(orjson.loads(base64.urlsafe_b64decode(padded))["aud"])


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (410, {}, Outcome("gone", 410)),
        (404, {}, Outcome("gone", 404)),
        (429, {"Retry-After": "60"}, Outcome("throttled", 429, NOW + timedelta(seconds=60))),
        (429, {}, Outcome("throttled", 429)),
        (408, {}, Outcome("failed", 408)),
        (500, {}, Outcome("failed", 500)),
        (502, {}, Outcome("failed", 502)),
        (503, {"Retry-After": "9"}, Outcome("failed", 503, NOW + timedelta(seconds=9))),
        (400, {}, Outcome("refused", 400)),
        (401, {}, Outcome("refused", 401)),
        (403, {}, Outcome("refused", 403)),
        (413, {}, Outcome("refused", 413)),
        (200, {}, Outcome("accepted", 200)),
        (202, {}, Outcome("accepted", 202)),
    ],
)
def test_answers_are_understood(
    service: PushServer, status: int, headers: dict[str, str], outcome: Outcome
) -> None:
    service.answers.append((status, headers))
    to = replace(TO, endpoint=service.endpoint("abc"))
    session = GuardedSession(test_origin=service.origin)
    assert sender(session, service.origin).send(to, MESSAGE, HANDLING) == outcome


def test_tls_speaks_to_the_name_and_the_socket_goes_to_the_address(tls: TlsServer) -> None:
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING) == Outcome("accepted", 201)
    assert tls.requests[0].startswith(b"POST /wpush/v2/abc HTTP/1.1\r\n")
    assert f"host: {HOST}\r\n".encode() in tls.requests[0].lower()


def test_a_certificate_for_another_name_is_not_believed(tmp_path: Path) -> None:
    with running_tls_server(tmp_path, "other.example") as server:
        assert sender(to_loopback(server)).send(TO, MESSAGE, HANDLING) == Outcome(
            "failed", detail="tls"
        )
        assert server.requests == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_fault_62_a_name_that_leads_inside_is_never_connected(
    tls: TlsServer, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    dialled = watch_dialling(monkeypatch)
    session = GuardedSession(lambda _h, _p: [(address, tls.port)], trusted=tls.certificate)
    assert sender(session).send(TO, MESSAGE, HANDLING) == Outcome(
        "refused", detail="address_not_public"
    )
    assert dialled == [] and tls.connections == 0


def test_fault_62_one_inner_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialled = watch_dialling(monkeypatch)
    session = GuardedSession(lambda _h, _p: [("142.250.72.10", 443), ("127.0.0.1", 443)])
    assert sender(session).send(TO, MESSAGE, HANDLING).detail == "address_not_public"
    assert dialled == []


def test_fault_62_the_name_is_asked_once_and_that_very_address_is_dialled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialled = watch_dialling(monkeypatch)
    answers = iter([[("142.250.72.10", 443)], [("127.0.0.1", 443)]])
    session = GuardedSession(lambda _h, _p: next(answers))
    assert sender(session).send(TO, MESSAGE, HANDLING) == Outcome("failed", detail="unreachable")
    assert dialled == [("142.250.72.10", 443)]
    # The rebinding answer, given to the second question, is refused and not dialled.
    assert sender(session).send(TO, MESSAGE, HANDLING).detail == "address_not_public"
    assert dialled == [("142.250.72.10", 443)]


def watch_dialling(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Let nothing out, and note what would have been dialled."""
    dialled: list[tuple[str, int]] = []

    def dial(address: tuple[str, int], *_args: object, **_kwargs: object) -> socket.socket:
        dialled.append(address)
        raise OSError("no route in a test")

    monkeypatch.setattr(guarded, "create_connection", dial)
    return dialled


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://{name}/1",
        "https://127.0.0.1:{port}/1",
        "https://localhost:{port}/1",
        "https://x@{name}/1",
        "https://{name}:{port}/1",
        "https://intranet.example/1",
    ],
)
def test_fault_62_an_address_kept_from_laxer_days_is_checked_again_at_sending(
    tls: TlsServer, endpoint: str
) -> None:
    to = replace(TO, endpoint=endpoint.format(name=HOST, port=tls.port))
    assert sender(to_loopback(tls)).send(to, MESSAGE, HANDLING).kind == "refused"
    assert tls.connections == 0


def test_fault_62_the_session_itself_knows_no_plain_http_and_no_other_port(tls: TlsServer) -> None:
    session = to_loopback(tls)
    for url in (f"http://127.0.0.1:{tls.port}/", f"https://{HOST}:{tls.port}/"):
        with pytest.raises(guarded.ForbiddenAddress):
            session.post(url, data=b"", headers={})
    assert tls.connections == 0


def test_fault_62_redirects_are_not_followed(tls: TlsServer, tmp_path: Path) -> None:
    tls.answer = b"HTTP/1.1 307 x\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING) == Outcome("refused", 307)
    assert tls.connections == 1


def test_proxies_of_the_environment_are_ignored(
    tls: TlsServer, service: PushServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING).kind == "accepted"
    to = replace(TO, endpoint=service.endpoint("abc"))
    session = GuardedSession(test_origin=service.origin)
    assert sender(session, service.origin).send(to, MESSAGE, HANDLING).kind == "accepted"


@pytest.mark.parametrize("head", [b"400 x", b"307 x\r\nLocation: https://127.0.0.1/"])
def test_of_a_long_answer_only_16_kb_are_read(tls: TlsServer, head: bytes) -> None:
    body = b"x" * (32 * 1024 * 1024)
    tls.answer = b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (head, len(body)) + body
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING).kind == "refused"
    assert tls.sent < len(body) // 2


def test_a_dripping_answer_is_given_up(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "READ_S", 0.4)
    tls.answer = b"HTTP/1.1 201 x\r\nContent-Length: 500\r\n\r\n" + b"y" * 500
    tls.drip_s = 0.01
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING) == Outcome(
        "failed", detail="timeout"
    )


def test_a_dripping_head_is_given_up_too(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "READ_S", 0.4)
    tls.answer = b"HTTP/1.1 201 x\r\n" + b"x: y\r\n" * 90 + b"\r\n"
    tls.drip_s = 0.01
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING).detail == "timeout"


def test_a_connection_is_kept_while_the_other_side_keeps_it(service: PushServer) -> None:
    session = GuardedSession(test_origin=service.origin)
    to = replace(TO, endpoint=service.endpoint("abc"))
    for _ in range(3):
        assert sender(session, service.origin).send(to, MESSAGE, HANDLING).kind == "accepted"
    assert service.connections == 1
    service.answers.append((201, {"connection": "close"}))
    for _ in range(2):
        assert sender(session, service.origin).send(to, MESSAGE, HANDLING).kind == "accepted"
    assert service.connections == 2


def test_a_silent_service_is_given_up(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "READ_S", 0.2)
    tls.drip_s = 2
    assert sender(to_loopback(tls)).send(TO, MESSAGE, HANDLING) == Outcome(
        "failed", detail="timeout"
    )


def test_an_unknown_name_is_a_failure_that_may_pass() -> None:
    def unknown(_host: str, _port: int) -> list[tuple[str, int]]:
        raise socket.gaierror("no such name")

    outcome = sender(GuardedSession(unknown)).send(TO, MESSAGE, HANDLING)
    assert outcome == Outcome("failed", detail="unreachable")


def test_unusable_keys_are_refused_without_a_connection(tls: TlsServer) -> None:
    to = replace(TO, p256dh="A" * 87)
    assert sender(to_loopback(tls)).send(to, MESSAGE, HANDLING) == Outcome(
        "refused", detail="keys_unusable"
    )
    assert tls.connections == 0
