"""What should be told to whom: pure functions from facts to plans."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holiday, Holidays
from backend.reminders.model import (
    CHAT,
    DIGEST,
    FAMILY,
    REACTION,
    RETURNED,
    URGENT,
    WEB_PUSH,
    WEEKLY,
    WORKER,
    Closing,
    DueDose,
    ReminderPlan,
    Workload,
)
from backend.reminders.rules.chats import chat_id
from backend.reminders.rules.hours import digest_window, family_window

STEPS = (-7, -1, 7, 30)
"""Days from a dose's due date on which its family is told: four times, then no more.

Source: immunization.md §6; 'stop after 4', followup-rules §0.
"""

VACCINATION = "vaccination"
URGENT_LIFE = timedelta(hours=24)
RETURNED_LIFE = timedelta(days=3)


def digest(account_id: str, area_code: str, work: Workload, now: datetime) -> ReminderPlan | None:
    """A worker's morning digest; nothing when nothing waits, or at another time of the day."""
    window = digest_window(now)
    if window is None or work.total + work.before_holiday == 0:
        return None
    due_at, expires_at = window
    message = {
        "kind": DIGEST,
        "overdue": work.overdue,
        "due": work.due,
        "returned": work.returned,
    }
    if work.holiday is not None and work.before_holiday:
        message["before_holiday"] = work.before_holiday
        message["holiday"] = [work.holiday.first.isoformat(), work.holiday.last.isoformat()]
    return ReminderPlan(
        addressee_kind=WORKER,
        addressee_id=account_id,
        reason=DIGEST,
        occurrence=local_date(due_at).isoformat(),
        area_code=area_code,
        due_at=due_at,
        expires_at=expires_at,
        message=message,
    )


def urgent(account_id: str, task_id: str, area_code: str, now: datetime) -> ReminderPlan:
    """An emergency (E3), told to township staff at once (followup-rules §0 'Escalation').

    One task is one reminder, however often its submission is corrected.
    """
    return ReminderPlan(
        addressee_kind=WORKER,
        addressee_id=account_id,
        reason=f"{URGENT}:{task_id}",
        occurrence="E3",
        area_code=area_code,
        due_at=now,
        expires_at=now + URGENT_LIFE,
        message={"kind": URGENT},
    )


def reaction(account_id: str, reaction_id: str, area_code: str, now: datetime) -> ReminderPlan:
    """A reaction that cannot wait, told by a family: to whoever is near and to the clinic."""
    return ReminderPlan(
        addressee_kind=WORKER,
        addressee_id=account_id,
        reason=f"{REACTION}:{reaction_id}",
        occurrence="E3",
        area_code=area_code,
        due_at=now,
        expires_at=now + URGENT_LIFE,
        message={"kind": REACTION},
    )


def chat(chat_code: str, about: str, reason: str, area_code: str, now: datetime) -> ReminderPlan:
    """What an account was told at once, told to the chat of its area too.

    :param chat_code: the area whose chat it is
    :param about: ``urgent`` or ``reaction``
    :param area_code: the village it happened in
    """
    return _to_chat(chat_code, about, reason, "E3", area_code, now, now + URGENT_LIFE)


def weekly(chat_code: str, now: datetime) -> ReminderPlan | None:
    """The week's arrears, on Monday at the hours of the digest; nothing at other times."""
    window = digest_window(now)
    if window is None or local_date(now).weekday() != 0:
        return None
    day = local_date(now).isoformat()
    return _to_chat(chat_code, WEEKLY, WEEKLY, day, chat_code, *window)


def _to_chat(
    chat_code: str,
    about: str,
    reason: str,
    occurrence: str,
    area_code: str,
    due_at: datetime,
    expires_at: datetime,
) -> ReminderPlan:
    return ReminderPlan(
        addressee_kind=CHAT,
        addressee_id=chat_id(chat_code),
        reason=reason,
        occurrence=occurrence,
        area_code=area_code,
        due_at=due_at,
        expires_at=expires_at,
        message={"kind": CHAT, "about": about, "chat": chat_code},
        first_rung=CHAT,
    )


def returned(
    account_id: str, submission_id: str, version_id: str, area_code: str, now: datetime
) -> ReminderPlan:
    """A submission that the township sent back, told to its doctor at once."""
    return ReminderPlan(
        addressee_kind=WORKER,
        addressee_id=account_id,
        reason=f"{RETURNED}:{submission_id}",
        occurrence=version_id,
        area_code=area_code,
        due_at=now,
        expires_at=now + RETURNED_LIFE,
        message={"kind": RETURNED},
    )


def closing(holiday: Holiday | None, next_clinic: date | None) -> Closing | None:
    """What a family is told of a holiday that lasts or comes; nothing where the clinic is there.

    :param next_clinic: the clinic's own first day from the holiday's beginning on, where one is set
    """
    if holiday is None or (next_clinic is not None and next_clinic <= holiday.last):
        return None
    return Closing(holiday.first, holiday.last, next_clinic or holiday.opens_on)


def asked_to_come(
    doses: Iterable[DueDose], holidays: Holidays, open_in: Holiday | None = None
) -> list[DueDose]:
    """Doses by the day on which a child can come for them, which their steps are counted from.

    Only the asking moves: a dose is due when it is due, the specification counts days.

    :param open_in: a holiday in which the clinic is there
    """
    return [
        dose
        if open_in is not None and holidays.on(dose.due) == open_in
        else replace(dose, due=holidays.open_day(dose.due))
        for dose in doses
    ]


def reached_step(due: date, today: date) -> int | None:
    """The latest step that has come; nothing before the first."""
    return max((step for step in STEPS if due + timedelta(days=step) <= today), default=None)


def steps_to_tell(
    doses: Iterable[DueDose],
    told: Collection[tuple[str, int]],
    consented_on: date,
    today: date,
) -> tuple[tuple[str, int], ...]:
    """The doses of a child to be told about today, each with its step.

    Only the latest step counts, so an outage is followed by one message and not by all that were
    missed. A step that had passed when the family consented is not told: they were looking at it.

    :param told: (dose id, step) of what was told before
    """
    found = []
    for dose in doses:
        step = reached_step(dose.due, today)
        if step is None or (dose.dose_id, step) in told:
            continue
        if dose.due + timedelta(days=step) > consented_on:
            found.append((dose.dose_id, step))
    return tuple(sorted(found))


def vaccination(
    child_id: str,
    area_code: str,
    steps: tuple[tuple[str, int], ...],
    now: datetime,
    first_rung: str = WEB_PUSH,
    *,
    holidays: Holidays = NO_HOLIDAYS,
    closing: Closing | None = None,
    is_open: bool = False,
) -> ReminderPlan:
    """One message to a child's family for everything of that day.

    :param steps: (dose id, step) as :func:`steps_to_tell` gives them; the lock screen names none
    :param closing: a holiday that they should know of before they set out
    :param is_open: it is a holiday and the clinic is there: no rung waits for its end
    """
    due_at, expires_at = family_window(now, holidays)
    message: dict[str, Any] = {
        "kind": FAMILY,
        "steps": [[dose_id, step] for dose_id, step in steps],
    }
    if closing is not None:
        days = (closing.first, closing.last, closing.opens_on)
        message["closed"] = [day.isoformat() for day in days]
    if is_open:
        message["open"] = True
    return ReminderPlan(
        addressee_kind=FAMILY,
        addressee_id=child_id,
        reason=VACCINATION,
        occurrence=local_date(due_at).isoformat(),
        area_code=area_code,
        due_at=due_at,
        expires_at=expires_at,
        message=message,
        first_rung=first_rung,
    )


def told_steps(message: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """The steps that a vaccination message stands for."""
    return tuple((str(dose_id), int(step)) for dose_id, step in message.get("steps", []))


def still_wanted(message: Mapping[str, Any], doses: Iterable[DueDose], today: date) -> bool:
    """Whether a planned message still has a reason: one of its doses is still to be given."""
    ahead = {dose.dose_id: dose.due for dose in doses}
    return any(
        dose_id in ahead and ahead[dose_id] + timedelta(days=step) <= today
        for dose_id, step in told_steps(message)
    )


def due_of(message: Mapping[str, Any], doses: Iterable[DueDose]) -> tuple[DueDose, ...]:
    """The doses that a message stands for and that are still to be given."""
    named = {dose_id for dose_id, _step in told_steps(message)}
    return tuple(dose for dose in doses if dose.dose_id in named)
