"""Hands one event to one address, under the guard of web push: only the worker loads this (S30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import requests
import urllib3

from backend.reminders.channels.guarded import ForbiddenAddress, GuardedSession
from backend.reminders.model import ACCEPTED, NOT_DELIVERED, REFUSED, Outcome
from backend.reminders.rules.outcomes import read_answer


class WebhookSender:
    """Not shared between threads: each has a session of its own."""

    def __init__(
        self, clock: Callable[[], datetime], session: GuardedSession | None = None
    ) -> None:
        self._clock = clock
        self._session = session or GuardedSession()

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        """Post an event. Never raises for what the other side does."""
        try:
            answer = self._session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", "User-Agent": "Suifang", **headers},
            )
        except ForbiddenAddress:
            return Outcome(REFUSED, detail="address_not_public")
        except requests.exceptions.Timeout:
            return Outcome(NOT_DELIVERED, detail="timeout")
        except requests.exceptions.SSLError:
            return Outcome(NOT_DELIVERED, detail="tls")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            return Outcome(NOT_DELIVERED, detail="unreachable")
        if 200 <= answer.status_code <= 299:
            return Outcome(ACCEPTED, answer.status_code)
        return read_answer(answer.status_code, answer.headers.get("Retry-After"), self._clock())
