"""What a township's staff are told in their group chat: emergencies at once, arrears on Mondays.

The desk has no service worker, so without a chat a reviewer learns of an emergency by looking. A
message names villages, doctors and numbers; never a patient.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.followups import service as followups
from backend.geo import service as geo
from backend.geo.rules import bounds, covers_any
from backend.kernel.clock import local_date
from backend.kernel.errors import frames_of
from backend.kernel.sentences import Sentences
from backend.reminders.doors import Doors
from backend.reminders.looking import Known
from backend.reminders.model import (
    CHAT,
    NOT_DELIVERED,
    SENT,
    WEEKLY,
    Attempt,
    Outcome,
    Reminder,
)
from backend.reminders.rules import planning
from backend.reminders.rules.outcomes import settle
from backend.reminders.rules.texts import ChatLine, chat_text
from backend.reminders.store import attempts, lists, reminders

log = logging.getLogger("suifang.reminders")

MOST_LINES = 20
"""Villages that a weekly message names; the desk has them all."""


class SendChat(Protocol):
    """Posts a text into the chat of an area, and raises for nothing it meets."""

    def __call__(self, area_code: str, text: str) -> Outcome: ...


def plan(session: Session, areas: Collection[str], now: datetime) -> int:
    """Make what these areas' chats are to be told and have not been; how many were made."""
    plans = []
    for code in sorted(areas):
        urgent = lists.urgent_since(session, [bounds(code)], now - planning.URGENT_LIFE)
        plans += [planning.chat(code, *told, now) for told in urgent]
        weekly = planning.weekly(code, now)
        if weekly is not None and any(
            one.week for one in followups.arrears(session, [code], local_date(now))
        ):
            plans.append(weekly)
    return reminders.plan(session, plans, now)


def lines(session: Session, area_code: str, now: datetime) -> list[ChatLine]:
    """What is late for a week and more, village by village, the worst first."""
    found = [one for one in followups.arrears(session, [area_code], local_date(now)) if one.week]
    found.sort(key=lambda one: (-one.month, -one.week, one.village_code))
    shown = found[:MOST_LINES]
    names = geo.names(session, {one.village_code for one in shown})
    doctors = [
        one
        for one in accounts.accounts_in(session, [bounds(area_code)])
        if one.role == "worker" and one.disabled_at is None
    ]
    return [
        ChatLine(
            names[one.village_code].name if one.village_code in names else one.village_code,
            tuple(d.name for d in doctors if covers_any(d.areas, one.village_code)),
            one.week,
            one.month,
        )
        for one in shown
    ]


@dataclass(frozen=True)
class Chatting:
    """:param send: the robots; nothing where no area has a chat"""

    doors: Doors
    sentences: Sentences
    send: SendChat | None

    def deliver(self, known: Known, holder: str) -> None:
        """Post one message and write down what became of it. Killed in between, it is posted again
        after the lease: twice in a chat is better than never."""
        reminder = known.reminder
        outcome = self._post(reminder)
        now = self.doors.clock()

        def write(session: Session) -> None:
            attempts.record(session, Attempt(reminder.id, CHAT, None, now, outcome))
            settlement = settle(reminder, [outcome], now)
            if settlement.state == SENT:
                settlement = replace(settlement, channel=CHAT)
            reminders.settle(session, [reminder.id], holder, settlement, now)

        self.doors.transact(write)

    def _post(self, reminder: Reminder) -> Outcome:
        if self.send is None:
            return Outcome(NOT_DELIVERED, detail="no_chat")
        try:
            return self.send(str(reminder.message["chat"]), self._text(reminder))
        except Exception as error:
            log.error("chat %s: %s at %s", reminder.id, type(error).__name__, frames_of(error))
            return Outcome(NOT_DELIVERED, detail=type(error).__name__)

    def _text(self, reminder: Reminder) -> str:
        message: dict[str, Any] = dict(reminder.message)
        with self.doors.read() as session:
            if message["about"] == WEEKLY:
                found = lines(session, str(message["chat"]), self.doors.clock())
                return chat_text(WEEKLY, self.sentences, found)
            area = geo.names(session, [reminder.area_code]).get(reminder.area_code)
        village = area.name if area is not None else reminder.area_code
        return chat_text(str(message["about"]), self.sentences, village=village)
