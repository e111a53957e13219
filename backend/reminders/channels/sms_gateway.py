"""SMS by a gateway that takes JSON: a registered template and its parameters, never free text.

The gateway's address is the operator's own setting, not a stranger's: it may lie in the hospital's
network. Still no redirect is followed and no proxy of the environment obeyed.

We post ``{"id", "to", "template", "params"}`` with ``X-Suifang-Signature``, the hex HMAC-SHA-256 of
the body under the secret ``sms``; the answer is JSON with ``accepted``. A gateway of another shape
gets a small program in between.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256

import orjson
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from backend.reminders.model import (
    ACCEPTED,
    CLOSED,
    NOT_DELIVERED,
    REFUSED,
    UNKNOWN,
    Outcome,
    ShortMessage,
)
from backend.reminders.rules.outcomes import read_answer

CONNECT_S = 3.0
READ_S = 10.0
_NOT_TAKEN = (408, 425, 429, 503)


class SmsGateway:
    """Not shared between threads: each has a session of its own.

    :param templates: the gateway's template id by kind of message
    :param cost_fen: what one accepted message costs, in hundredths of a yuan
    """

    def __init__(
        self,
        url: str,
        key: bytes,
        templates: Mapping[str, str],
        cost_fen: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._url = url
        self._key = key
        self._templates = templates
        self._cost_fen = cost_fen
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, message: ShortMessage) -> Outcome:
        """Hand over one message. ``failed`` and ``throttled`` mean: certainly not taken."""
        registered = self._registered(message)
        if registered is None:
            return Outcome(REFUSED, detail="no_template")
        body = orjson.dumps(asdict(registered))
        try:
            answer = self._session.post(
                self._url,
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "X-Suifang-Signature": hmac.new(self._key, body, sha256).hexdigest(),
                },
                timeout=(CONNECT_S, READ_S),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return _unanswered(error)
        return self._read(answer)

    def _registered(self, message: ShortMessage) -> ShortMessage | None:
        """With the gateway's own template id. Where none is registered that tells of a holiday, the
        plain one goes: a gateway refuses parameters that its template does not name."""
        if message.template not in self._templates and message.template.endswith(CLOSED):
            plain = {"clinic": message.params["clinic"]}
            message = replace(message, template=message.template.removesuffix(CLOSED), params=plain)
        template = self._templates.get(message.template)
        return None if template is None else replace(message, template=template)

    def _read(self, answer: requests.Response) -> Outcome:
        if answer.status_code in _NOT_TAKEN:
            return read_answer(answer.status_code, answer.headers.get("Retry-After"), self._clock())
        if 400 <= answer.status_code <= 499:
            return Outcome(REFUSED, answer.status_code)
        accepted = _accepted(answer) if answer.ok else None
        if accepted is None:  # a proxy's page, a broken gateway: it may have been taken
            return Outcome(UNKNOWN, answer.status_code, cost_fen=self._cost_fen)
        if not accepted:
            return Outcome(REFUSED, answer.status_code)
        return Outcome(ACCEPTED, answer.status_code, cost_fen=self._cost_fen)


def _accepted(answer: requests.Response) -> bool | None:
    try:
        said = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None
    accepted = said.get("accepted") if isinstance(said, dict) else None
    return accepted if isinstance(accepted, bool) else None


def _unanswered(error: requests.RequestException) -> Outcome:
    """No answer: whether it was taken is known only where no connection came about."""
    reason = error.args[0] if error.args else None
    reason = reason.reason if isinstance(reason, MaxRetryError) else reason
    never = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    return Outcome(NOT_DELIVERED if never else UNKNOWN, detail="unreachable" if never else "lost")
