"""What a change of a submission is to somebody outside: an event without personal data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.geo.rules import covers
from backend.kernel.clock import iso
from backend.submissions.model import Submission
from backend.webhooks.model import CORRECTED, DECIDED, STORED, Webhook

KEPT = timedelta(days=30)
"""For so long it is known what was told; what is older is news to nobody [engineering]."""


def mark_of(one: Submission) -> str:
    """Which version, in which state, decided when: what differs was not told yet."""
    decided = "" if one.decided_at is None else iso(one.decided_at)
    return f"{one.version_id} {one.state} {decided}".rstrip()


def event_of(to: Webhook, one: Submission, told: str | None, now: datetime) -> str | None:
    """What this webhook is told of a submission, or nothing.

    A comment, a flag or a picture changes a submission too, but nothing that is told here. An
    approval that is taken back is a decision: the state of the payload says which.

    :param told: mark of the last event of this submission for this webhook
    """
    if not covers(to.area_code, one.village_code) or told == mark_of(one):
        return None
    newest = max(one.received_at, one.finalised_at, one.decided_at or one.received_at)
    if told is None and newest < max(to.made_at, now - KEPT):
        return None  # nothing has happened to it since somebody listens
    event = _kind(one, told)
    return event if event in to.events else None


def _kind(one: Submission, told: str | None) -> str:
    if one.state not in ("received", "corrected"):
        return DECIDED
    if told is not None and told.startswith(one.version_id):
        return DECIDED  # the same version waits again
    return STORED if one.version_no == 1 else CORRECTED


def payload_of(event: str, one: Submission, now: datetime) -> dict[str, Any]:
    """Ids, form, area, state and times: what a receiver needs to fetch the rest with its token."""
    return {
        "type": event,
        "timestamp": iso(now),
        "data": {
            "submission_id": one.id,
            "version_id": one.version_id,
            "version_no": one.version_no,
            "form_key": one.form_key,
            "form_version": one.form_version,
            "state": one.state,
            "county_code": one.county_code,
            "township_code": one.township_code,
            "village_code": one.village_code,
            "visit_date": one.visit_date.isoformat(),
            "received_at": iso(one.received_at),
            "decided_at": None if one.decided_at is None else iso(one.decided_at),
        },
    }
