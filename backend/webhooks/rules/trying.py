"""What an answer means for a delivery: taken, again later, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.reminders.model import ACCEPTED, Outcome
from backend.webhooks.model import DELIVERED, FAILED, PLANNED

BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240, 360, 720))
"""Rest after the first, second, ... try: about a day in all [engineering]."""


@dataclass(frozen=True)
class Settlement:
    """What a delivery becomes.

    :param due_at: of the next try
    :param ends: the address says that it is no more
    """

    state: str
    due_at: datetime | None = None
    ends: bool = False


def settle(attempts: int, outcome: Outcome, now: datetime) -> Settlement:
    """Decide over a delivery after a try.

    Whatever is no success is tried again: a receiver that is being repaired answers 404 or 401
    for an hour. 410 alone says that nobody wants to hear of us any more. An address that is not
    public is not tried again.

    :param attempts: this one included
    """
    if outcome.kind == ACCEPTED:
        return Settlement(DELIVERED)
    if outcome.http_status == 410:
        return Settlement(FAILED, ends=True)
    if attempts > len(BACKOFF) or outcome.detail == "address_not_public":
        return Settlement(FAILED)
    return Settlement(PLANNED, max(now + BACKOFF[attempts - 1], outcome.retry_at or now))
