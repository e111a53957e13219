"""Web push: ``pywebpush`` under guard."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from backend.kernel.errors import Refusal
from backend.reminders.channels.guarded import Answer, ForbiddenAddress, GuardedSession
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

PROOF_LASTS = timedelta(hours=12)
PROOF_KEPT = timedelta(hours=1)


class WebPushSender:
    """Sends to browsers. Not shared between threads: each has a session of its own.

    :param vapid: the server's private scalars, 32 bytes each, by key id; a subscription is bound to
        the one that was the newest when it was made, so older ones go on sending
    :param contact: ``mailto:`` or ``https:`` address at which a push service finds the operator
    :param hosts: allowed push hosts; a leading dot means every host below
    """

    def __init__(
        self,
        vapid: Mapping[str, bytes],
        contact: str,
        hosts: Sequence[str],
        clock: Callable[[], datetime],
        *,
        test_origin: str | None = None,
        session: GuardedSession | None = None,
    ) -> None:
        self._vapid = {
            key_id: Vapid02(ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()))
            for key_id, scalar in vapid.items()
        }
        self._proofs: dict[tuple[str, str], tuple[datetime, dict[str, str]]] = {}
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
        except KeyError:
            return Outcome(REFUSED, detail="key_lost")
        except Refusal as refusal:
            return Outcome(REFUSED, detail=str(refusal.details["why"]))
        except ForbiddenAddress:
            log.warning("push address %s resolved to a forbidden address", to.id)
            return Outcome(REFUSED, detail="address_not_public")
        except requests.RequestException as error:
            return Outcome(NOT_DELIVERED, detail=_why(error))
        if response is None:
            return Outcome(REFUSED, detail="not_encrypted")
        return read_answer(response.status_code, response.headers.get("Retry-After"), self._clock())

    def _post(self, to: Subscription, message: PushMessage, handling: Handling) -> Answer | None:
        """The answer; nothing when it could not be encrypted. :raises KeyError: a lost key"""
        proof = self._proof(to.key_id, to.endpoint)
        known = {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}}
        try:
            sealed = WebPusher(known).encode(orjson.dumps(asdict(message)))
        except WebPushException:
            return None
        return self._session.post(
            to.endpoint,
            data=sealed["body"],
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Encoding": "aes128gcm",
                "TTL": str(handling.ttl_s),
                "Urgency": handling.urgency,
                "Topic": handling.topic,
                **proof,
            },
        )

    def _proof(self, key_id: str, endpoint: str) -> dict[str, str]:
        """Who we are, made out to one push service (RFC 8292 §2), for an hour of messages.

        Signing each anew would cost as much as encrypting it.
        """
        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", self._clock()
        known = self._proofs.get((key_id, audience))
        if known is None or not now - PROOF_KEPT < known[0] <= now:
            claims = {
                "sub": self._contact,
                "aud": audience,
                "exp": int((now + PROOF_LASTS).timestamp()),
            }
            known = (now, dict(self._vapid[key_id].sign(claims)))
            self._proofs[(key_id, audience)] = known
        return known[1]

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def _why(error: Exception) -> str:
    if isinstance(error, requests.exceptions.Timeout):
        return "timeout"
    return "tls" if isinstance(error, requests.exceptions.SSLError) else "unreachable"
