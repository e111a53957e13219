"""The changes out. Twin of ``SyncPage`` in pwa/src/api/wire.ts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields, validate

from backend.api.problems import sentence_of
from backend.api.wire.common import Instant, Wire
from backend.api.wire.residents import household, point, resident
from backend.api.wire.sites import site
from backend.api.wire.tasks import task
from backend.geo.model import Area
from backend.kernel.clock import iso
from backend.review.model import ReviewDecision
from backend.submissions.rules import part_private
from backend.sync.model import Change
from backend.sync.service import SyncedResident, SyncedSubmission


class SyncQuery(Wire):
    cursor = fields.String(validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 2000))


class SyncChange(Wire):
    """``data`` has the shape of its kind: Area, Household, Resident, Site, Task,
    SyncedSubmission."""

    kind = fields.String(required=True)
    op = fields.String(required=True)
    id = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class SyncPage(Wire):
    epoch = fields.String(required=True)
    cursor = fields.String(required=True)
    more = fields.Boolean(required=True)
    reset = fields.Boolean(required=True)
    remaining = fields.Integer(required=True)
    server_time = Instant(required=True)
    changes = fields.List(fields.Nested(SyncChange), required=True)


def area(noun: Area) -> dict[str, Any]:
    """An area without its boundary."""
    return {
        name: getattr(noun, name)
        for name in (
            "code", "name", "level", "parent_code", "clinic_name", "clinic_phone",
            "clinic_address",
        )
    } | {"centre": point(noun.centre)}  # fmt: skip


def change(noun: Change, reader_id: str, names: Mapping[str, str]) -> dict[str, Any]:
    """A change as :class:`SyncChange` writes it.

    :param reader_id: account whose phone this is; private answers go only to their author
    :param names: account id -> name, for who returned a submission
    """
    if noun.noun is None:
        return {"kind": noun.kind, "op": "remove", "id": noun.id, "data": None}
    tell: dict[str, Callable[[Any], dict[str, Any]]] = {
        "area": area,
        "household": household,
        "resident": _resident,
        "site": site,
        "task": _task,
        "submission": lambda found: _submission(found, reader_id, names),
    }
    return {"kind": noun.kind, "op": "put", "id": noun.id, "data": tell[noun.kind](noun.noun)}


def _resident(found: SyncedResident) -> dict[str, Any]:
    told = resident(found.resident, found.enrolments)
    return told | {
        "birth_date": told["birth_date"].isoformat(),
        "programmes": [p | {"since": p["since"].isoformat()} for p in told["programmes"]],
    }


def _task(found: Any) -> dict[str, Any]:
    told = task(found)
    days = ("opens", "due", "closes", "expires")
    return told | {day: told[day] and told[day].isoformat() for day in days}


def _submission(
    found: SyncedSubmission, reader_id: str, names: Mapping[str, str]
) -> dict[str, Any]:
    one, version = found.submission, found.version
    is_own = one.worker_id == reader_id
    answers = version.answers
    if not is_own:
        answers, _ = part_private(answers, version.private)
    return {
        "id": one.id,
        "form": {"key": one.form_key, "version": one.form_version},
        "service": one.service,
        "subject": {"kind": one.subject.kind, "id": one.subject.id},
        "household_id": one.household_id,
        "worker_id": one.worker_id,
        "visit_date": one.visit_date.isoformat(),
        "finalised_at": iso(one.finalised_at),
        "received_at": iso(one.received_at),
        "state": one.state,
        "version_id": one.version_id,
        "version_no": one.version_no,
        "answers": dict(answers),
        # Whoever corrects the visit of somebody else has confirmed nothing yet.
        "confirmed": list(version.confirmed) if is_own else [],
        "returned": _returned(found.returned, names),
        **_doubts(found, reader_id, names),
    }


def _doubts(
    found: SyncedSubmission, reader_id: str, names: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Flags and comments: of the reader's own submissions alone."""
    if found.submission.worker_id != reader_id:
        return {"flags": [], "comments": []}
    return {
        "flags": [
            {
                "kind": one.kind,
                "text": sentence_of("flag", one.kind, one.evidence),
                "evidence": dict(one.evidence),
            }
            for one in found.flags
        ],
        "comments": [
            {
                "id": one.id,
                "kind": one.kind,
                "text": one.text,
                "by": {"id": one.author_id, "name": names.get(one.author_id, "")},
                "at": iso(one.at),
            }
            for one in found.comments
        ],
    }


def _returned(decision: ReviewDecision | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "fields": list(decision.fields),
        "reason": decision.reason,
        "by": names.get(decision.decided_by, ""),
        "at": iso(decision.decided_at),
    }
