"""What an answer of a push service means, and what becomes of the reminder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from backend.reminders.model import (
    ACCEPTED,
    FAILED,
    GONE,
    MERGED,
    NOT_DELIVERED,
    PLANNED,
    REACTION,
    REFUSED,
    SENT,
    THROTTLED,
    UNREACHABLE,
    URGENT,
    WEB_PUSH,
    Handling,
    Outcome,
    Reminder,
)

BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240))
"""Rest after the first, second, ... round in which an address could not be reached."""

MOST_ATTEMPTS = 8
MOST_REFUSALS = 3
LONGEST_WAIT = timedelta(hours=12)
_TEMPORARY = (THROTTLED, NOT_DELIVERED)


def read_answer(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """An HTTP answer as an outcome (RFC 8030 §5, §7.3, §8.4).

    404 and 410 say that the address is no more; 429 when to come back; 5xx and 408 are worth
    another try; everything else would be answered the same way again.
    """
    if status in (200, 201, 202):
        return Outcome(ACCEPTED, status)
    if status in (404, 410):
        return Outcome(GONE, status)
    if status == 429:
        return Outcome(THROTTLED, status, _retry_at(retry_after, now))
    if status == 408 or 500 <= status <= 599:
        return Outcome(NOT_DELIVERED, status, _retry_at(retry_after, now))
    return Outcome(REFUSED, status)


def _retry_at(text: str | None, now: datetime) -> datetime | None:
    """RFC 9110 §10.2.3: seconds or a date; never further away than we would wait anyway."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text):
        wait = timedelta(seconds=int(text))
    else:
        try:
            instant = parsedate_to_datetime(text)
        except ValueError:
            return None
        wait = instant.replace(tzinfo=instant.tzinfo or UTC) - now
    return now + max(timedelta(), min(wait, LONGEST_WAIT))


@dataclass(frozen=True)
class Settlement:
    """What a reminder becomes after a round.

    :param rest_until: not to be taken up before; nothing when it is finished
    :param channel: the rung that reached them, once one did
    """

    state: str
    rest_until: datetime | None = None
    channel: str | None = None


def settle(reminder: Reminder, outcomes: Iterable[Outcome], now: datetime) -> Settlement:
    """Decide over a reminder from the last outcome of each of its addresses.

    Addresses that took it are not tried again; while another may still be reached it rests.
    Without any address left the people must be told in another way: ``unreachable``.
    """
    kinds = list(outcomes)
    waiting = [outcome for outcome in kinds if outcome.kind in _TEMPORARY]
    until = rest(reminder, waiting, now) if waiting else None
    if until is not None:
        return Settlement(PLANNED, until)
    if any(outcome.kind in (ACCEPTED, MERGED) for outcome in kinds):
        return Settlement(SENT, channel=WEB_PUSH)
    return Settlement(FAILED if waiting else UNREACHABLE)


def rest(reminder: Reminder, waiting: Iterable[Outcome], now: datetime) -> datetime | None:
    """Until when a message rests before it is tried again; nothing when that is too late."""
    if reminder.attempts >= MOST_ATTEMPTS:
        return None
    pause = BACKOFF[min(reminder.attempts, len(BACKOFF)) - 1]
    asked = [outcome.retry_at for outcome in waiting if outcome.retry_at is not None]
    until = max([now + pause, *asked])
    return until if until < reminder.expires_at else None


def ends_address(outcome: Outcome, refusals_before: int) -> str | None:
    """Why an address is given up after this outcome, or nothing."""
    if outcome.kind == GONE:
        return "gone"
    if outcome.kind == REFUSED and refusals_before + 1 >= MOST_REFUSALS:
        return "refused"
    return None


def handling(reminder: Reminder, topic: str, now: datetime) -> Handling:
    """How long a message lives at the push service, and whether it may wake a phone.

    It lives no longer than it is worth: a family's ends at 20:00, so that a phone that is switched
    on at night stays silent.
    """
    left = int((reminder.expires_at - now).total_seconds())
    return Handling(
        max(0, left), "high" if reminder.kind in (URGENT, REACTION) else "normal", topic
    )
