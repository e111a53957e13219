"""The second rung: an SMS by a gateway, at most once.

A push may go twice and is shown once. An SMS that goes twice rings twice and is paid twice, so it
is written down *before* it goes: killed in between, it is not sent, and the call list takes over
when its day has passed. It is tried again only where the gateway certainly did not take it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from backend.kernel.errors import frames_of
from backend.reminders.doors import Doors
from backend.reminders.looking import Known
from backend.reminders.model import (
    ACCEPTED,
    CLOSED,
    FOLLOWUP,
    MERGED,
    NOT_DELIVERED,
    PLANNED,
    SENDING,
    SENT,
    SMS,
    THROTTLED,
    UNKNOWN,
    Attempt,
    Outcome,
    ShortMessage,
)
from backend.reminders.numbers import digest_of
from backend.reminders.rules import ladder
from backend.reminders.rules.hours import start_of_day
from backend.reminders.rules.outcomes import rest
from backend.reminders.rules.texts import closing_said, soon_or_now
from backend.reminders.store import attempts, reminders

SMS_LANGUAGE = "zh-CN"
"""Templates are registered in one language."""

log = logging.getLogger("suifang.reminders")


class SendSms(Protocol):
    """Hands one message to the gateway, and raises for nothing it meets.

    An outcome ``failed`` or ``throttled`` promises that the gateway did not take it.
    """

    def __call__(self, message: ShortMessage) -> Outcome: ...


@dataclass(frozen=True)
class Texting:
    """:param send: the gateway; nothing where there is none"""

    doors: Doors
    send: SendSms | None

    def deliver(self, known: Known, holder: str) -> None:
        """One message, from writing it down to what became of it."""
        if self.send is None or known.number is None:
            self._climb(known, holder)
            return
        begun = self.doors.transact(lambda session: self._begin(session, known, holder))
        if begun is None:
            return
        outcome = self._hand_over(self.send, known)
        self.doors.transact(lambda session: self._end(session, known, begun, outcome))

    def _climb(self, known: Known, holder: str) -> None:
        now = self.doors.clock()
        place = ladder.climb(SMS, known.reminder.message, False, now)
        self.doors.transact(
            lambda session: reminders.place(session, [known.reminder.id], holder, place, now)
        )

    def _begin(self, session: Session, known: Known, holder: str) -> str | None:
        """Written down as sent; nothing when there is nothing to send any more."""
        now = self.doors.clock()
        reminder, digest = known.reminder, digest_of(self.doors.vault, known.number or "")
        if not reminders.is_held(session, reminder.id, holder, now):
            return None
        # Asked here and not before: another worker may have told a sister or brother this moment.
        told = attempts.kinds_told(session, digest, start_of_day(now), reminder.id)
        merged = reminder.addressee_kind in told
        if told and not merged:  # one message a day, and this one says something else
            place = ladder.put_off(now, self.doors.holidays)
            reminders.place(session, [reminder.id], holder, place, now)
            return None
        place = ladder.after_sending(SMS, reminder.message, False, now)
        if merged:
            place = ladder.Place(SENT, SMS, channel=SMS)
        if not reminders.place(session, [reminder.id], holder, place, now):
            return None
        outcome = Outcome(MERGED if merged else SENDING)
        tried = attempts.record(
            session, Attempt(reminder.id, SMS, None, now, outcome, to_digest=digest)
        )
        return None if merged else tried

    def _hand_over(self, send: SendSms, known: Known) -> Outcome:
        told = known.reminder.message
        closing = closing_said(told, SMS_LANGUAGE)
        place = "village" if known.reminder.kind == FOLLOWUP else "clinic"
        message = ShortMessage(
            id=known.reminder.id,
            to=known.number or "",
            template=f"{known.reminder.kind}.{soon_or_now(told)}{CLOSED if closing else ''}",
            params={place: known.place, **(closing or {})},
        )
        try:
            return send(message)
        except Exception as error:
            log.error("sms %s: %s at %s", known.reminder.id, type(error).__name__, frames_of(error))
            return Outcome(UNKNOWN, detail=type(error).__name__)

    def _end(self, session: Session, known: Known, tried: str, outcome: Outcome) -> None:
        now, reminder = self.doors.clock(), known.reminder
        attempts.finish(session, tried, outcome)
        if outcome.kind in (ACCEPTED, UNKNOWN):
            return
        until = (
            rest(reminder, [outcome], now) if outcome.kind in (THROTTLED, NOT_DELIVERED) else None
        )
        if until is not None:
            place = ladder.Place(PLANNED, SMS, until, reminder.expires_at)
            reminders.place(session, [reminder.id], None, place, now, attempts=reminder.attempts)
        else:
            place = ladder.climb(SMS, reminder.message, False, now)
            reminders.place(session, [reminder.id], None, place, now)
