"""Events go to public https addresses and to nothing else (S29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.reminders.channels.guarded import GuardedSession
from backend.reminders.model import NOT_DELIVERED, Outcome
from backend.webhooks.rules.trying import BACKOFF, Settlement, settle
from backend.webhooks.sender import WebhookSender
from tests.fakes.tls_server import TlsServer, running_tls_server

HOST = "his.example"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEADERS = {"webhook-id": "w1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsServer]:
    with running_tls_server(tmp_path, HOST) as server:
        yield server


def send(session: GuardedSession) -> Outcome:
    return WebhookSender(lambda: NOW, session)(f"https://{HOST}/suifang", b'{"a":1}', HEADERS)


def test_an_event_arrives_with_its_headers(tls: TlsServer) -> None:
    there = GuardedSession(
        lambda _h, _p: [("127.0.0.1", tls.port)], lambda _ip: True, trusted=tls.certificate
    )
    tls.answer = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    assert send(there) == Outcome("accepted", 204)
    (request,) = tls.requests
    assert request.startswith(b"POST /suifang HTTP/1.1\r\n")
    assert b"webhook-id: w1\r\n" in request
    assert request.endswith(b'\r\n\r\n{"a":1}')


def test_a_name_that_leads_inside_is_not_connected_to(tls: TlsServer) -> None:
    inside = GuardedSession(lambda _h, _p: [("127.0.0.1", tls.port)], trusted=tls.certificate)
    assert send(inside) == Outcome("refused", detail="address_not_public")
    assert tls.connections == 0


def test_a_certificate_of_another_name_is_not_believed(tls: TlsServer) -> None:
    there = GuardedSession(lambda _h, _p: [("127.0.0.1", tls.port)], lambda _ip: True)
    assert send(there) == Outcome(NOT_DELIVERED, detail="tls")


@pytest.mark.parametrize(
    ("attempts", "outcome", "expected"),
    [
        (1, Outcome("accepted", 204), Settlement("delivered")),
        (1, Outcome("refused", 401), Settlement("planned", NOW + BACKOFF[0])),
        (2, Outcome("gone", 404), Settlement("planned", NOW + BACKOFF[1])),
        (8, Outcome(NOT_DELIVERED, 503), Settlement("planned", NOW + BACKOFF[7])),
        (9, Outcome(NOT_DELIVERED, 503), Settlement("failed")),
        (1, Outcome("gone", 410), Settlement("failed", ends=True)),
        (1, Outcome("refused", detail="address_not_public"), Settlement("failed")),
        (
            1,
            Outcome("throttled", 429, NOW + BACKOFF[4]),
            Settlement("planned", NOW + BACKOFF[4]),
        ),
    ],
)
def test_what_an_answer_means(attempts: int, outcome: Outcome, expected: Settlement) -> None:
    assert settle(attempts, outcome, NOW) == expected
