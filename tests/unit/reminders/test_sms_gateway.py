"""What each answer of an SMS gateway means: above all, whether the message was taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from backend.reminders.channels import sms_gateway
from backend.reminders.channels.sms_gateway import SmsGateway
from backend.reminders.model import Outcome, ShortMessage
from tests.fakes.sms_server import SmsServer, running_sms_server

KEY = bytes(range(32))
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MESSAGE = ShortMessage("r1", "13900000001", "family.now", {"clinic": "青石镇卫生院"})


def gateway(url: str, key: bytes = KEY) -> SmsGateway:
    return SmsGateway(url, key, {"family.now": "SMS_2"}, 5, lambda: NOW)


@pytest.fixture
def server() -> Iterator[SmsServer]:
    with running_sms_server(KEY) as running:
        yield running


def test_a_template_and_its_parameters_signed(server: SmsServer) -> None:
    assert gateway(server.url).send(MESSAGE) == Outcome("accepted", 200, cost_fen=5)
    assert server.taken == [
        {
            "id": "r1",
            "to": "13900000001",
            "template": "SMS_2",
            "params": {"clinic": "青石镇卫生院"},
        }
    ]


def test_another_key_is_refused(server: SmsServer) -> None:
    assert gateway(server.url, bytes(32)).send(MESSAGE) == Outcome("refused", 401)
    assert server.taken == []


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"accepted": false}', Outcome("refused", 200)),
        (429, b"{}", Outcome("throttled", 429)),
        (503, b"{}", Outcome("failed", 503)),
        (408, b"{}", Outcome("failed", 408)),
        (400, b"{}", Outcome("refused", 400)),
        (404, b"{}", Outcome("refused", 404)),
        # It may have been taken: it is paid for in the figures, and never sent again.
        (500, b"oops", Outcome("unknown", 500, cost_fen=5)),
        (200, b"<html>please log in</html>", Outcome("unknown", 200, cost_fen=5)),
        (200, b'{"accepted": "yes"}', Outcome("unknown", 200, cost_fen=5)),
        (200, b"[]", Outcome("unknown", 200, cost_fen=5)),
        (302, b"", Outcome("unknown", 302, cost_fen=5)),
    ],
)
def test_answers_are_understood(
    server: SmsServer, status: int, body: bytes, outcome: Outcome
) -> None:
    server.answer = lambda _message: (status, body)
    assert gateway(server.url).send(MESSAGE) == outcome


def test_a_cut_connection_may_have_taken_it(server: SmsServer) -> None:
    server.answer = lambda _message: None
    assert gateway(server.url).send(MESSAGE) == Outcome("unknown", detail="lost")


def test_a_silent_gateway_may_have_taken_it(
    server: SmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms_gateway, "READ_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert gateway(url).send(MESSAGE) == Outcome("unknown", detail="lost")


def test_where_nobody_listens_it_was_certainly_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    outcome = gateway(f"http://127.0.0.1:{port}/").send(MESSAGE)
    assert outcome == Outcome("failed", detail="unreachable")


def test_a_message_without_a_template_is_not_sent(server: SmsServer) -> None:
    unknown = ShortMessage("r1", "13900000001", "family.soon", {})
    assert gateway(server.url).send(unknown) == Outcome("refused", detail="no_template")
    assert server.taken == []


def test_the_word_of_a_holiday_goes_where_a_template_is_registered_for_it(
    server: SmsServer,
) -> None:
    told = {"clinic": "卫生院", "days": "10月1日至7日", "opens": "10月8日"}
    message = ShortMessage("r1", "13900000001", "family.now_closed", told)
    both = {"family.now": "SMS_2", "family.now_closed": "SMS_3"}
    assert SmsGateway(server.url, KEY, both, 5, lambda: NOW).send(message).kind == "accepted"
    assert gateway(server.url).send(message).kind == "accepted"
    with_it, without = server.taken
    assert (with_it["template"], with_it["params"]) == ("SMS_3", told)
    assert (without["template"], without["params"]) == ("SMS_2", {"clinic": "卫生院"})
