"""What a lock screen shows: counts at most, no name, nothing medical (S50)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.kernel.sentences import Sentences, fill
from backend.reminders.model import DIGEST, FAMILY, RETURNED, URGENT, PushMessage, Reminder
from backend.reminders.rules.planning import told_steps

_PAGES = {DIGEST: "/capture/", RETURNED: "/capture/", URGENT: "/desk/", FAMILY: "/family/"}
_COUNTS = ("overdue", "due", "returned")


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
