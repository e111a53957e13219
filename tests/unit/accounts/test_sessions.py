"""What using a refresh token means, as a truth table (S09, S11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from backend.accounts.model import Entry, SignInSession
from backend.accounts.rules import sessions

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SECRET = bytes(range(32))
ID = "01a20100-0000-7000-8000-000000000001"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def held(
    entry: Entry = "capture",
    age: timedelta = MINUTE,
    started: timedelta | None = None,
    revoked: bool = False,
) -> SignInSession:
    return SignInSession(
        id=ID,
        account_id="a",
        device_id="phone" if entry == "capture" else None,
        entry=entry,
        salt=b"salt",
        generation=5,
        started_at=NOW - (started or age),
        rotated_at=NOW - age,
        revoked_at=NOW if revoked else None,
    )


@pytest.mark.parametrize(
    ("session", "generation", "device", "use"),
    [
        # the newest token
        (held(), 5, "phone", "rotate"),
        (held(age=60 * DAY - MINUTE), 5, "phone", "rotate"),
        (held(age=60 * DAY), 5, "phone", "idle"),
        (held(started=180 * DAY - MINUTE), 5, "phone", "rotate"),
        (held(started=180 * DAY), 5, "phone", "absolute"),
        (held("desk"), 5, None, "rotate"),
        (held("desk", age=29 * MINUTE), 5, None, "rotate"),
        (held("desk", age=30 * MINUTE), 5, None, "idle"),
        (held("desk", started=12 * HOUR), 5, None, "absolute"),
        # the one before, whose answer got lost
        (held(age=9 * MINUTE), 4, "phone", "repeat"),
        (held(age=10 * MINUTE), 4, "phone", "reused"),
        (held("desk", age=59 * timedelta(seconds=1)), 4, None, "repeat"),
        (held("desk", age=MINUTE), 4, None, "reused"),
        # older ones were stolen, by the one who uses them or from the one who does not
        (held(), 3, "phone", "reused"),
        (held(), 1, "phone", "reused"),
        # from before a restore: ours, though the database forgot
        (held(), 6, "phone", "rotate"),
        (held(), 40, "phone", "rotate"),
        # not from its phone: nothing happens to the session
        (held(), 5, None, "no_device"),
        (held(), 5, "another", "no_device"),
        (held(), 1, None, "no_device"),
        # ended before
        (held(revoked=True), 5, "phone", "ended"),
        (held(revoked=True), 1, None, "ended"),
        # the server's clock jumped back: nobody is signed out (fault 40)
        (held(age=-DAY), 5, "phone", "rotate"),
    ],
)
def test_uses(session: SignInSession, generation: int, device: str | None, use: str) -> None:
    assert sessions.judge(session, generation, device, NOW) == use


def test_a_token_is_made_and_read() -> None:
    text = sessions.derive(SECRET, held(), 5)
    token = sessions.parse(text)
    assert token is not None
    assert (token.session_id, token.generation) == (ID, 5)
    assert sessions.genuine(SECRET, held(), token)


def test_a_token_holds_for_its_secret_session_generation_and_salt_alone() -> None:
    token = sessions.parse(sessions.derive(SECRET, held(), 5))
    assert token is not None
    assert not sessions.genuine(bytes(32), held(), token)
    assert not sessions.genuine(SECRET, replace(held(), salt=b"other"), token)
    assert not sessions.genuine(SECRET, held(), replace(token, generation=6))
    other = replace(held(), id=ID[:-1] + "2")
    assert not sessions.genuine(SECRET, other, token)


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b.c", f"{ID}.5", f"{ID}.-1.x", f"{ID}.٥.x", f"{ID}.1e3.x", f"{ID}.1.x.y",
     f"{ID.upper()}.1.x", f"{ID}.{'9' * 10}.x"],
)  # fmt: skip
def test_what_cannot_be_a_token_is_none(text: str) -> None:
    assert sessions.parse(text) is None


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    token = sessions.parse(f"{ID}.5.{text}")
    if token is not None:
        sessions.genuine(SECRET, held(), token)
