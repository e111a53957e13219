"""Another system that receives webhooks and believes only what is signed."""

from __future__ import annotations

import base64
import hmac
import time
from dataclasses import dataclass, field
from typing import Any

import orjson

from backend.reminders.model import Outcome


@dataclass
class Receiver:
    """Answers what it is told to; keeps what came with a good signature.

    :param secret: as the desk showed it
    :param answers: what the next posts are answered with; ``accepted`` when none is left
    """

    secret: str = ""
    answers: list[Outcome] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        self.ids.append(headers["webhook-id"])
        if self.answers:
            return self.answers.pop(0)
        self._check(body, headers)
        self.taken.append(orjson.loads(body))
        return Outcome("accepted", 200)

    def _check(self, body: bytes, headers: dict[str, str]) -> None:
        """As a receiver does it (Standard Webhooks, verifying): the key, the age, the text."""
        assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
        digest = base64.b64encode(hmac.digest(key, text.encode(), "sha256")).decode()
        assert headers["webhook-signature"].split(",") == ["v1", digest]

    def told(self) -> list[tuple[str, str]]:
        """(Event, state) of each."""
        return [(each["type"], each["data"].get("state", "")) for each in self.taken]
