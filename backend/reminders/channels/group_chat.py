"""The robot of a township's group chat: WeCom, DingTalk or Feishu, through the guarded door."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import requests

from backend.reminders.channels.guarded import ForbiddenAddress, GuardedSession
from backend.reminders.model import NOT_DELIVERED, REFUSED, Outcome
from backend.reminders.rules.chats import chat_of, posting, read_robot

log = logging.getLogger("suifang.chat")


class GroupChats:
    """Not shared between threads: it has a session of its own.

    The hosts are ours and not the operator's, so that no setting makes this a way inside.

    :param chats: area code -> address of its robot (:mod:`backend.reminders.rules.chats`)
    """

    def __init__(
        self,
        chats: Mapping[str, str],
        clock: Callable[[], datetime],
        session: GuardedSession | None = None,
    ) -> None:
        self._chats = {code: chat_of(text) for code, text in chats.items()}
        self._clock = clock
        self._session = session or GuardedSession()

    def send(self, area_code: str, text: str) -> Outcome:
        """Post one message. Never raises for what the other side does."""
        chat = self._chats.get(area_code)
        if chat is None:
            return Outcome(REFUSED, detail="no_chat")
        url, body = posting(chat, text, self._clock())
        try:
            answer = self._session.post(
                url, data=body, headers={"Content-Type": "application/json"}
            )
        except ForbiddenAddress:
            log.warning("the chat of %s resolved to a forbidden address", area_code)
            return Outcome(REFUSED, detail="address_not_public")
        except requests.RequestException as error:
            return Outcome(NOT_DELIVERED, detail=type(error).__name__)
        return read_robot(
            answer.status_code, answer.content, answer.headers.get("Retry-After"), self._clock()
        )
