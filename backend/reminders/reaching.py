"""What becomes of a message after it went out: receipts, visits, calls, slips, the climb, STOP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.kernel.vault import Vault
from backend.reminders import owing
from backend.reminders.model import (
    CALL,
    FAMILY,
    NO_ANSWER,
    RESIDENT,
    SHOWN,
    SLIP,
    SMS,
    STOP,
    UNREACHABLE,
    WEB_PUSH,
    Attempt,
    DueDose,
    Outcome,
    Reach,
    Reminder,
)
from backend.reminders.numbers import can_sms, digest_of, mobile, numbers_of
from backend.reminders.rules import ladder
from backend.reminders.rules.planning import due_of, still_wanted
from backend.reminders.service import Forecast, stop_everything, stop_sms
from backend.reminders.store import attempts, lists, reminders
from backend.residents import service as residents
from backend.residents.model import ACTIVE, Resident


def shown(session: Session, reminder_id: str, now: datetime) -> bool:
    """A phone says that it showed the message; false when that was known already."""
    return _confirm(session, reminder_id, WEB_PUSH, now)


def delivered(session: Session, reminder_id: str, now: datetime) -> bool:
    """The SMS gateway says that the message arrived; false when they were known to be reached."""
    return _confirm(session, reminder_id, SMS, now)


def _confirm(session: Session, reminder_id: str, rung: str, now: datetime) -> bool:
    if not reminders.confirm(session, reminder_id, rung, now):
        return False
    attempts.record(session, Attempt(reminder_id, rung, None, now, Outcome(SHOWN)))
    return True


def seen(session: Session, child_id: str, now: datetime) -> int:
    """A caregiver looked at the plan: better than any receipt. How many messages that settles."""
    return reminders.confirm_seen(session, FAMILY, child_id, now)


def climb(
    session: Session,
    vault: Vault,
    has_gateway: bool,
    now: datetime,
    limit: int,
    holidays: Holidays = NO_HOLIDAYS,
) -> int:
    """Take messages one rung up whose rung was not confirmed in its time; how many."""
    due = reminders.due_to_climb(session, now, limit)
    texted = can_sms(session, vault, [one.addressee_id for one in due]) if has_gateway else set()
    for one in due:
        place = ladder.climb(one.rung, one.message, one.addressee_id in texted, now, holidays)
        reminders.place(session, [one.id], None, place, now)
    return len(due)


def settled_otherwise(
    session: Session, vault: Vault, waiting: Sequence[Reminder], forecast: Forecast, now: datetime
) -> int:
    """Take off the lists whoever was vaccinated, died or moved meanwhile; how many."""
    children = _children(session, vault, waiting)
    ahead = forecast(session, list(children.values()), now)
    over = [
        one.id
        for one in waiting
        if one.addressee_id not in children
        or not still_wanted(one.message, ahead.get(one.addressee_id, ()), local_date(now))
    ]
    return reminders.cancel_ids(session, over, now) if over else 0


def _children(session: Session, vault: Vault, found: Sequence[Reminder]) -> dict[str, Resident]:
    known = residents.by_ids(session, vault, [one.addressee_id for one in found])
    return {
        key: child
        for key, child in known.items()
        if child.status == ACTIVE and child.merged_into is None
    }


@dataclass(frozen=True)
class Waiting:
    """A family that waits for a person: a call, or a slip.

    :param number: mobile number of its caregivers; nothing where the register has none
    :param doses: what it is about
    :param calls: tries by telephone so far, oldest first
    """

    reminder: Reminder
    child: Resident
    number: str | None
    doses: tuple[DueDose, ...]
    calls: tuple[Attempt, ...]


def waiting(
    session: Session,
    vault: Vault,
    ranges: Sequence[tuple[str, str]],
    rung: str,
    forecast: Forecast,
    now: datetime,
    after: tuple[datetime, str] | None,
    limit: int,
) -> tuple[list[Waiting], Reminder | None]:
    """A page of those who wait on a rung, and its last row where there may be more.

    Whoever was vaccinated this morning is left out: the clinic's entry is newer than our list.
    """
    found = lists.on_rung(session, ranges, rung, after, limit)
    children = _children(session, vault, found)
    ahead = forecast(session, list(children.values()), now)
    numbers = numbers_of(session, vault, children.values())
    tried = attempts.of(session, [one.id for one in found])
    items = [
        Waiting(
            one,
            children[one.addressee_id],
            numbers.get(one.addressee_id),
            due_of(one.message, ahead.get(one.addressee_id, ())),
            tuple(each for each in tried.get(one.id, ()) if each.channel == CALL),
        )
        for one in found
        if one.addressee_id in children
        and still_wanted(one.message, ahead.get(one.addressee_id, ()), local_date(now))
    ]
    return items, found[-1] if len(found) == limit else None


def one_of(session: Session, reminder_id: str) -> Reminder:
    """A family's message. :raises Refusal: ``not_found``"""
    found = reminders.by_id(session, reminder_id)
    if found is None or found.addressee_kind != FAMILY:
        raise Refusal("not_found")
    return found


def waiting_on(found: Reminder, rung: str) -> Reminder:
    """The same, if it waits for a person on this rung. :raises Refusal: ``reminder_settled``"""
    if found.state != UNREACHABLE or found.rung != rung:
        raise Refusal("reminder_settled", state=found.state)
    return found


def note_call(
    session: Session, reminder: Reminder, outcome: str, account_id: str, now: datetime
) -> None:
    """Write down what a call came to, and go on from there.

    :param outcome: one of ``CALL_OUTCOMES``; ``stop`` ends every reminder of the family at once
    """
    before = attempts.of(session, [reminder.id]).get(reminder.id, [])
    calls = 1 + sum(one.channel == CALL and one.outcome.kind == NO_ANSWER for one in before)
    attempts.record(
        session,
        Attempt(reminder.id, CALL, None, now, Outcome(outcome), made_by=account_id),
    )
    place = ladder.after_call(outcome, calls, reminder.message, now)
    if place is not None:
        reminders.place(session, [reminder.id], None, place, now)
    if outcome == STOP:
        stop_everything(session, reminder.addressee_id, now)


def note_slip(
    session: Session, reminder: Reminder, outcome: str, account_id: str, now: datetime
) -> None:
    """Write down that the printed slip was handed over."""
    attempts.record(
        session, Attempt(reminder.id, SLIP, None, now, Outcome(outcome), made_by=account_id)
    )
    reminders.place(session, [reminder.id], None, ladder.after_slip(outcome), now)


def stop_by_number(session: Session, vault: Vault, number: str, now: datetime) -> int:
    """Somebody answered an SMS with T: no more to this number, whatever it was about; how many
    people it was for."""
    plain = mobile(number)
    if plain is None:
        return 0
    texted = set(attempts.texted(session, digest_of(vault, plain)))
    texted |= {(RESIDENT, one) for one in owing.of_number(session, vault, plain)}
    for kind, addressee_id in texted:
        (stop_sms if kind == FAMILY else owing.stop)(session, addressee_id, now)
    return len(texted)


def reach(
    session: Session, ranges: Sequence[tuple[str, str]], since: datetime, until: datetime
) -> tuple[list[Reach], dict[str, int]]:
    """How far each rung reached with the families' messages of a time, and how many ended how."""
    return (
        lists.reach(session, ranges, since, until),
        lists.outcome_of_all(session, ranges, since, until),
    )
