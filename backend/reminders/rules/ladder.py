"""From rung to rung: which is next, how long each has, and what a person's report makes of it.

A message climbs when the rung below is not confirmed within its time. It stays one message: for the
four a dose may bring, and for the one a day. Source: followup-rules §0 gives the numbers of
messages; the times of the rungs are ours [engineering].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.reminders.model import (
    CALL,
    CONFIRMED,
    FAILED,
    FOLLOWUP,
    HANDED_OVER,
    LADDER,
    NO_ANSWER,
    PLANNED,
    REACHED,
    SENT,
    SLIP,
    SMS,
    STOP,
    UNREACHABLE,
    WEB_PUSH,
    WRONG_NUMBER,
)
from backend.reminders.rules.hours import end_of_work, family_window
from backend.reminders.rules.planning import told_steps

TIME = {
    WEB_PUSH: timedelta(hours=4),
    SMS: timedelta(hours=24),
    CALL: timedelta(days=3),
    SLIP: timedelta(days=14),
}
"""How long a rung has to be confirmed. Four hours of a day's twelve leave the afternoon for an SMS;
a doctor sits down to telephone within three days, and is in the village within two weeks."""

CALLED_FROM = -1
"""The step from which a doctor is asked to telephone. A week before the day nobody is: the next
step comes by itself, and time is what doctors lack."""

MOST_CALLS = 3


@dataclass(frozen=True)
class Place:
    """Where a message stands now.

    :param due_at: from when the rung may be tried; nothing where only a person goes on
    :param climb_at: when it goes on unless confirmed; nothing where it ends
    """

    state: str
    rung: str
    due_at: datetime | None = None
    expires_at: datetime | None = None
    climb_at: datetime | None = None
    channel: str | None = None


def start(first_rung: str, due_at: datetime) -> Place:
    """Where a new message stands: ready to be sent, or on the call list at once."""
    if first_rung == CALL:
        return Place(UNREACHABLE, CALL, climb_at=due_at + TIME[CALL])
    return Place(PLANNED, first_rung)


def next_rung(rung: str, message: Mapping[str, Any], can_sms: bool) -> str | None:
    """The rung above; nothing at the top.

    :param can_sms: a gateway is set, the family agreed to it, and a number is known
    """
    if message.get("kind") == FOLLOWUP:
        return None  # the task itself stands on the doctor's list
    for above in LADDER[LADDER.index(rung) + 1 :]:
        if above == SMS and not can_sms:
            continue
        if above in (CALL, SLIP) and not _is_worth_a_call(message):
            return None
        return above
    return None


def _is_worth_a_call(message: Mapping[str, Any]) -> bool:
    return any(step >= CALLED_FROM for _dose, step in told_steps(message))


def after_sending(rung: str, message: Mapping[str, Any], can_sms: bool, now: datetime) -> Place:
    """It went out and is not confirmed yet."""
    climbs = next_rung(rung, message, can_sms) is not None
    return Place(SENT, rung, climb_at=now + TIME[rung] if climbs else None, channel=rung)


def climb(
    rung: str,
    message: Mapping[str, Any],
    can_sms: bool,
    now: datetime,
    holidays: Holidays = NO_HOLIDAYS,
) -> Place:
    """The rung did not reach them, or not in time: the next, in the hours of families.

    A doctor's list does not run out on a holiday: it stands until the first working day is over.
    """
    holiday = holidays.on(local_date(now))
    if holiday is not None and rung in (CALL, SLIP):
        return Place(UNREACHABLE, rung, climb_at=end_of_work(holiday.opens_on))
    above = next_rung(rung, message, can_sms)
    if above is None and message.get("kind") == FOLLOWUP:
        return Place(FAILED, rung, channel=rung)
    if above is None:
        return Place(SENT, rung, channel=rung) if rung in (WEB_PUSH, SMS) else Place(FAILED, rung)
    if above == SMS:
        quiet = NO_HOLIDAYS if message.get("open") else holidays
        return Place(PLANNED, SMS, *family_window(now, quiet))
    return Place(UNREACHABLE, above, climb_at=now + TIME[above])


def put_off(now: datetime, holidays: Holidays = NO_HOLIDAYS) -> Place:
    """The number was told of something else today: the SMS goes on the next day of families."""
    return Place(PLANNED, SMS, *family_window(end_of_work(local_date(now)), holidays))


def after_call(outcome: str, calls: int, message: Mapping[str, Any], now: datetime) -> Place | None:
    """What a call makes of it; nothing when it stays on the list.

    :param outcome: one of ``CALL_OUTCOMES``
    :param calls: how often they were called, this time included
    """
    if outcome in (REACHED, STOP):
        return Place(CONFIRMED, CALL, channel=CALL)
    if outcome == WRONG_NUMBER or (outcome == NO_ANSWER and calls >= MOST_CALLS):
        return climb(CALL, message, False, now)
    return None


def after_slip(outcome: str) -> Place:
    """A slip was handed over."""
    return Place(CONFIRMED if outcome == HANDED_OVER else FAILED, SLIP, channel=SLIP)
