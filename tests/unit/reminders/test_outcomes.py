"""What an answer of a push service means, and what becomes of the reminder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.reminders.model import Outcome, Reminder
from backend.reminders.rules.outcomes import (
    MOST_ATTEMPTS,
    Settlement,
    ends_address,
    handling,
    read_answer,
    settle,
)

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 10:00 in China
EVENING = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def reminder(attempts: int = 1, kind: str = "family") -> Reminder:
    return Reminder(
        id="r1",
        addressee_kind="family",
        addressee_id="c1",
        reason="vaccination",
        occurrence="2026-03-10",
        area_code="431103101201",
        due_at=NOW,
        expires_at=EVENING,
        message={"kind": kind},
        state="planned",
        attempts=attempts,
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "accepted"),
        (201, "accepted"),
        (202, "accepted"),
        (204, "refused"),
        (301, "refused"),
        (307, "refused"),
        (400, "refused"),
        (401, "refused"),
        (403, "refused"),
        (404, "gone"),
        (408, "failed"),
        (410, "gone"),
        (413, "refused"),
        (429, "throttled"),
        (500, "failed"),
        (503, "failed"),
    ],
)
def test_every_status_has_a_meaning(status: int, kind: str) -> None:
    assert read_answer(status, None, NOW) == Outcome(kind, status)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Tue, 10 Mar 2026 02:05:00 GMT", 300),
        ("Tue, 10 Mar 2026 01:00:00 GMT", 0),  # past: at once
        ("999999999", 12 * 3600),  # nobody makes us wait for ever
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_honoured_within_reason(text: str, seconds: int | None) -> None:
    outcome = read_answer(429, text, NOW)
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert outcome.retry_at == expected


def test_accepted_is_sent() -> None:
    assert settle(reminder(), [Outcome("accepted"), Outcome("gone")], NOW) == Settlement(
        "sent", channel="web_push"
    )


def test_told_for_a_sister_today_counts_as_sent() -> None:
    assert settle(reminder(), [Outcome("merged")], NOW) == Settlement("sent", channel="web_push")


def test_no_address_left_is_unreachable() -> None:
    assert settle(reminder(), [], NOW) == Settlement("unreachable")
    assert settle(reminder(), [Outcome("gone"), Outcome("refused")], NOW) == Settlement(
        "unreachable"
    )


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (6, 240), (7, 240)])
def test_what_failed_rests_longer_each_time(attempts: int, minutes: int) -> None:
    settled = settle(reminder(attempts), [Outcome("failed"), Outcome("accepted")], NOW)
    assert settled == Settlement("planned", NOW + timedelta(minutes=minutes))


def test_a_throttled_address_is_left_alone_as_long_as_it_asked() -> None:
    until = NOW + timedelta(minutes=45)
    assert settle(reminder(), [Outcome("throttled", 429, until)], NOW) == Settlement(
        "planned", until
    )


def test_nothing_is_sent_after_it_has_lost_its_worth() -> None:
    late = EVENING - timedelta(seconds=30)
    assert settle(reminder(), [Outcome("failed")], late) == Settlement("failed")
    far = [Outcome("throttled", 429, EVENING + timedelta(hours=1))]
    assert settle(reminder(), far, NOW) == Settlement("failed")


def test_it_is_given_up_after_so_many_rounds() -> None:
    assert settle(reminder(MOST_ATTEMPTS), [Outcome("failed")], NOW) == Settlement("failed")
    both = [Outcome("failed"), Outcome("accepted")]
    assert settle(reminder(MOST_ATTEMPTS), both, NOW) == Settlement("sent", channel="web_push")


def test_when_an_address_is_given_up() -> None:
    assert ends_address(Outcome("gone"), 0) == "gone"
    assert ends_address(Outcome("refused"), 1) is None
    assert ends_address(Outcome("refused"), 2) == "refused"
    assert ends_address(Outcome("failed"), 50) is None
    assert ends_address(Outcome("accepted"), 2) is None


def test_a_family_message_dies_at_the_push_service_before_the_night() -> None:
    assert handling(reminder(), "t", NOW).ttl_s == 10 * 3600
    assert handling(reminder(), "t", EVENING + timedelta(hours=1)).ttl_s == 0


def test_only_an_emergency_wakes_a_phone() -> None:
    assert handling(reminder(), "t", NOW).urgency == "normal"
    assert handling(reminder(kind="urgent"), "t", NOW).urgency == "high"
