"""What a lock screen shows: counts at most, no name, nothing medical (S50)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.kernel.dates import parse_day
from backend.kernel.sentences import Sentences, fill
from backend.reminders.model import (
    CHAT,
    DIGEST,
    FAMILY,
    REACTION,
    RETURNED,
    URGENT,
    PushMessage,
    Reminder,
)
from backend.reminders.rules.planning import told_steps

_PAGES = {
    DIGEST: "/capture/",
    RETURNED: "/capture/",
    URGENT: "/desk/",
    REACTION: "/capture/",
    FAMILY: "/family/",
}
_COUNTS = ("overdue", "due", "returned")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CHAT_LANGUAGE = "zh-CN"
"""A group chat has one language: that of the staff."""


@dataclass(frozen=True)
class ChatLine:
    """A village in the weekly message.

    :param week: visits late for more than a week
    :param month: of them, those late for more than a month
    """

    village: str
    doctors: tuple[str, ...]
    week: int
    month: int


def chat_text(
    about: str, sentences: Sentences, lines: Sequence[ChatLine] = (), *, village: str = ""
) -> str:
    """What a group chat is told: a village at most, and numbers."""
    said = fill(sentences[f"{CHAT}.{about}"][CHAT_LANGUAGE], {"village": village})
    return "\n".join([said, *(_chat_line(one, sentences) for one in lines)])


def _chat_line(one: ChatLine, sentences: Sentences) -> str:
    nobody = sentences[f"{CHAT}.nobody"][CHAT_LANGUAGE]
    joined = sentences[f"{CHAT}.separator"][CHAT_LANGUAGE].join(one.doctors)
    values = {"village": one.village, "week": one.week, "month": one.month}
    line = sentences[f"{CHAT}.line"][CHAT_LANGUAGE]
    return fill(line, {**values, "doctors": joined or nobody})


def push_message(
    reminder: Reminder, language: str, sentences: Sentences, receipt: str = ""
) -> PushMessage:
    """The message of a reminder in a language.

    :param sentences: the ``reminder`` section of ``schemas/i18n``
    :param receipt: what the phone says back once it has shown it
    """
    kind = reminder.kind
    return PushMessage(
        id=reminder.id,
        kind=kind,
        title=sentences[f"{kind}.title"][language],
        body=_body(kind, reminder.message, language, sentences),
        url=_PAGES[kind],
        receipt=receipt,
    )


def _body(kind: str, message: Mapping[str, Any], language: str, sentences: Sentences) -> str:
    if kind == DIGEST:
        parts = [
            fill(sentences[f"{DIGEST}.{name}"][language], {"n": message[name]})
            for name in _COUNTS
            if message[name]
        ]
        if "holiday" in message:
            first, last = message["holiday"]
            told = {"n": message["before_holiday"], "days": _days(first, last, language)}
            parts.append(fill(sentences[f"{DIGEST}.before_holiday"][language], told))
        return sentences[f"{DIGEST}.separator"][language].join(parts)
    if kind == FAMILY:
        said = [sentences[f"{FAMILY}.{soon_or_now(message)}"][language]]
        closing = closing_said(message, language)
        if closing is not None:
            said.append(fill(sentences[f"{FAMILY}.closed"][language], closing))
        return sentences[f"{FAMILY}.separator"][language].join(said)
    return sentences[f"{kind}.body"][language]


def soon_or_now(message: Mapping[str, Any]) -> str:
    """Which sentence a family's message is: everything lies ahead, or the time has come."""
    return "soon" if all(step < 0 for _dose, step in told_steps(message)) else "now"


def closing_said(message: Mapping[str, Any], language: str) -> dict[str, str] | None:
    """``days`` the clinic is closed and the day it ``opens``, as people say them."""
    if "closed" not in message:
        return None
    first, last, opens_on = message["closed"]
    return {"days": _days(first, last, language), "opens": _days(opens_on, opens_on, language)}


def _days(first: str, last: str, language: str) -> str:
    """A day, or the days from one to another, without the year."""
    one, other = parse_day(first), parse_day(last)
    if language == "en":
        said = [f"{day.day} {_MONTHS[day.month - 1]}" for day in (one, other)]
        return said[0] if one == other else " to ".join(said)
    start = f"{one.month}月{one.day}日"
    if one == other:
        return start
    return (
        f"{start}至{other.day}日"
        if one.month == other.month
        else f"{start}至{other.month}月{other.day}日"
    )
