"""Submissions: taking envelopes, listing, reading, deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apiflask import APIBlueprint

from backend.accounts.model import Role
from backend.api import trail
from backend.api.desk_lines import detail, lines
from backend.api.house import house, line
from backend.api.paging import read_place, write_place
from backend.api.policy import Caller, signed_in, signed_in_or_device
from backend.api.receipts import receipts_told
from backend.api.routing import route
from backend.api.wire.submissions import (
    DecisionRequest,
    KnownRequest,
    KnownResponse,
    SubmissionDetail,
    SubmissionPage,
    SubmissionQuery,
    SubmitRequest,
    SubmitResponse,
)
from backend.attachments import service as attachments
from backend.geo.rules import covers_any
from backend.intake.model import Sender
from backend.kernel.errors import Refusal
from backend.residents import service as residents
from backend.review import service as review
from backend.sites import service as sites
from backend.submissions import service as submissions
from backend.submissions.store import pages, submissions as store

blueprint = APIBlueprint("submissions", __name__)

STAFF: tuple[Role, ...] = ("reviewer", "supervisor")
_FOUND_BY_NAME = 200


@route(
    blueprint,
    "POST",
    "/submissions",
    policy=signed_in_or_device("worker"),
    body=SubmitRequest,
    output=SubmitResponse,
    in_shape=True,
)
def submit(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Take 1 to 200 envelopes and answer each with a receipt, in their order."""
    sender = Sender(trail.actor(caller), trail.request_id())
    receipts = line().receive(body["envelopes"], sender)
    missing = _missing([str(one.id) for one in receipts if one.names_pictures])
    return {"server_time": house().clock(), "receipts": receipts_told(receipts, missing, caller)}


def _missing(version_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Pictures that these name and that are not here; most envelopes name none."""
    if not version_ids:
        return {}
    with house().glance() as session:
        return attachments.missing(session, version_ids)


@route(
    blueprint,
    "POST",
    "/submissions/known",
    policy=signed_in("worker"),
    body=KnownRequest,
    output=KnownResponse,
)
def known(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Which of these envelopes of the calling phone's are here, and which of their pictures are
    not: the rest it sends again.
    """
    with house().read() as session:
        known = submissions.known(session, body["ids"], caller.device_id)
        missing = attachments.missing(session, known)
    return {
        "known": known,
        "missing_attachments": sorted({one for found in missing.values() for one in found}),
    }


@route(
    blueprint,
    "GET",
    "/submissions",
    policy=signed_in(*STAFF),
    query=SubmissionQuery,
    output=SubmissionPage,
    in_shape=True,
)
def list_submissions(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Submissions of the caller's areas: most doubtful first, then oldest."""
    areas = narrowed(caller, query.get("village"))
    after = read_place(query.get("cursor"), pages.Place)
    with house().read() as session:
        subjects = None
        if "q" in query:
            text = query["q"]
            people = residents.search(session, house().vault, areas, text, None, _FOUND_BY_NAME)
            places = sites.found_by_name(session, areas, text.strip(), _FOUND_BY_NAME)
            subjects = [*(person.id for person in people), *places]
        wanted = pages.Filter(
            areas=areas,
            states=query.get("state", ()),
            form_key=query.get("form"),
            worker_id=query.get("worker"),
            flagged=query.get("flagged"),
            from_on=query.get("from_on"),
            to_on=query.get("to_on"),
            subject_ids=subjects,
        )
        found = pages.page(session, wanted, after, query["limit"])
        items = lines(session, found)
        counts = pages.counts(session, wanted)
    # Written down before anything leaves, and apart: no phone waits while a list is put together.
    with house().write() as session:
        trail.record(session, caller, "submissions_listed", "submission", None)
    last = found[-1] if len(found) == query["limit"] else None
    return {
        "items": items,
        "next_cursor": last and write_place(pages.place_of(last)),
        "counts": counts,
    }


@route(
    blueprint,
    "GET",
    "/submissions/<id:submission_id>",
    policy=signed_in(*STAFF),
    output=SubmissionDetail,
)
def read_submission(caller: Caller, submission_id: str) -> dict[str, Any]:
    """One submission with its versions, evidence, history and tasks."""
    with house().write() as session:
        found = store.by_ids(session, [submission_id]).get(submission_id)
        if found is None or not caller.sees(found.village_code):
            raise Refusal("not_found")
        trail.record(
            session,
            caller,
            "submission_read",
            "submission",
            submission_id,
            area_code=found.village_code,
        )
        return detail(session, found)


@route(
    blueprint,
    "POST",
    "/review/items/<id:submission_id>/decision",
    policy=signed_in(*STAFF),
    body=DecisionRequest,
    output=SubmissionDetail,
)
def decide(caller: Caller, submission_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Approve, return or reject the version that the reviewer has before them."""
    here = house()
    with here.write() as session:
        decided, decision = review.decide(
            session,
            here.vault,
            caller.areas,
            submission_id,
            review.Verdict(
                version_id=body["version_id"],
                verdict=body["verdict"],
                fields=tuple(body["fields"]),
                reason=body["reason"],
            ),
            str(caller.account_id),
            here.clock(),
        )
        trail.record(
            session,
            caller,
            f"submission_{decision.verdict}",
            "submission",
            submission_id,
            area_code=decided.village_code,
            version_id=decision.version_id,
            fields=len(decision.fields),
        )
        return detail(session, decided)


def narrowed(caller: Caller, village: str | None) -> tuple[str, ...]:
    """The caller's areas, or the one asked for when it lies inside them.

    :raises Refusal: ``not_found`` for an area of others
    """
    if village is None:
        return caller.areas
    if not covers_any(caller.areas, village):
        raise Refusal("not_found")
    return (village,)
