"""Web push: ``pywebpush`` under guard."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import orjson
import requests
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from backend.kernel.errors import Refusal
from backend.reminders.channels.guarded import ForbiddenAddress, GuardedSession
from backend.reminders.model import (
    NOT_DELIVERED,
    REFUSED,
    Handling,
    Outcome,
    PushMessage,
    Subscription,
)
from backend.reminders.rules.endpoints import allowed_endpoint, checked_keys
from backend.reminders.rules.outcomes import read_answer

log = logging.getLogger("suifang.push")


class WebPushSender:
    """Sends to browsers. Not shared between threads: each has a session of its own.

    :param vapid: the server's private scalar, 32 bytes; every subscription is bound to it
    :param contact: ``mailto:`` or ``https:`` address at which a push service finds the operator
    :param hosts: allowed push hosts; a leading dot means every host below
    """

    def __init__(
        self,
        vapid: bytes,
        contact: str,
        hosts: Sequence[str],
        clock: Callable[[], datetime],
        *,
        test_origin: str | None = None,
        session: GuardedSession | None = None,
    ) -> None:
        self._vapid = Vapid02(ec.derive_private_key(int.from_bytes(vapid, "big"), ec.SECP256R1()))
        self._contact = contact
        self._hosts = tuple(hosts)
        self._test_origin = test_origin
        self._session = session or GuardedSession(test_origin=test_origin)
        self._clock = clock

    def send(self, to: Subscription, message: PushMessage, handling: Handling) -> Outcome:
        """Encrypt and hand over one message. Never raises for what the other side does."""
        try:
            endpoint = allowed_endpoint(to.endpoint, self._hosts, self._test_origin)
            checked_keys(to.p256dh, to.auth)
            response = self._post(replace(to, endpoint=endpoint), message, handling)
        except Refusal as refusal:
            return Outcome(REFUSED, detail=str(refusal.details["why"]))
        except ForbiddenAddress:
            log.warning("push address %s resolved to a forbidden address", to.id)
            return Outcome(REFUSED, detail="address_not_public")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Outcome(NOT_DELIVERED, detail=_why(error))
        if response is None:
            return Outcome(REFUSED, detail="not_encrypted")
        return read_answer(response.status_code, response.headers.get("Retry-After"), self._clock())

    def _post(
        self, to: Subscription, message: PushMessage, handling: Handling
    ) -> requests.Response | None:
        try:
            answer: requests.Response = webpush(
                {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}},
                data=orjson.dumps(asdict(message)),
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._contact},  # a fresh one: pywebpush writes into it
                ttl=handling.ttl_s,
                headers={"Urgency": handling.urgency, "Topic": handling.topic},
                requests_session=self._session,
            )
        except WebPushException as error:
            refused: requests.Response | None = error.response
            return refused
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def _why(error: Exception) -> str:
    if isinstance(error, requests.exceptions.Timeout):
        return "timeout"
    return "tls" if isinstance(error, requests.exceptions.SSLError) else "unreachable"
