"""What a lock screen shows: counts at most, no name, nothing medical (S50)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        return sentences[f"{DIGEST}.separator"][language].join(parts)
    if kind == FAMILY:
        ahead = all(step < 0 for _dose, step in told_steps(message))
        return sentences[f"{FAMILY}.{'soon' if ahead else 'now'}"][language]
    return sentences[f"{kind}.body"][language]
