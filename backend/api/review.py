"""Review: many at once, a visit that came twice, comments, filters, policies."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.desk_lines import comments
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.review import (
    Approved,
    ApproveRequest,
    CommentList,
    CommentRequest,
    FilterList,
    FilterRequest,
    PolicyList,
    PolicyRequest,
    SameVisitRequest,
    SettledList,
    Undone,
)
from backend.geo import service as geo
from backend.geo.rules import township_of
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.review.model import ReviewPolicy, SavedFilter
from backend.review.service import commenting, passing, same_visit
from backend.review.store import decisions as store
from backend.submissions.store import submissions

blueprint = APIBlueprint("review", __name__)


@route(
    blueprint,
    "POST",
    "/review/approvals",
    policy=signed_in(*STAFF),
    body=ApproveRequest,
    output=Approved,
)
def approve_many(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Approve the unflagged among these versions; can be taken back for ten seconds."""
    here = house()
    with here.write() as session:
        passed = passing.approve_all(
            session,
            here.vault,
            caller.areas,
            {one["id"]: one["version_id"] for one in body["items"]},
            caller.account_id,
            here.clock(),
        )
        for one in passed.approved:
            _decided(session, caller, "submission_approved", one.id, one.village_code)
    return {
        "batch_id": passed.batch_id,
        "approved": [one.id for one in passed.approved],
        "left": [{"id": key, "code": code} for key, code in passed.left.items()],
    }


@route(
    blueprint,
    "POST",
    "/review/approvals/<id:batch_id>/undo",
    policy=signed_in(*STAFF),
    output=Undone,
)
def undo_approvals(caller: Caller, batch_id: str) -> dict[str, Any]:
    """Take back what was approved together a moment ago, by the same person."""
    here = house()
    with here.write() as session:
        undone = passing.undo(session, batch_id, caller.account_id, here.clock())
        for one in undone:
            _decided(session, caller, "submission_undone", one.id, one.village_code)
    return {"undone": [one.id for one in undone]}


@route(
    blueprint,
    "POST",
    "/review/same-visit",
    policy=signed_in(*STAFF),
    body=SameVisitRequest,
    output=SettledList,
)
def settle_same_visit(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """One decision on all records of one visit."""
    here = house()
    with here.write() as session:
        settled = same_visit.settle(
            session,
            here.vault,
            caller.areas,
            {one["id"]: one["version_id"] for one in body["items"]},
            body["kept"],
            body["reason"],
            caller.account_id,
            here.clock(),
        )
        for one in settled:
            _decided(session, caller, f"submission_{one.state}", one.id, one.village_code)
    return {"items": [{"id": one.id, "state": one.state} for one in settled]}


@route(
    blueprint,
    "POST",
    "/submissions/<id:submission_id>/comments",
    policy=signed_in(),
    body=CommentRequest,
    output=CommentList,
)
def comment(caller: Caller, submission_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say something about a submission: its own doctor, or the township's staff."""
    here = house()
    with here.write() as session:
        about = submissions.by_ids(session, [submission_id]).get(submission_id)
        if about is None or not caller.sees(about.village_code):
            raise Refusal("not_found")
        if caller.role == "worker" and about.worker_id != caller.account_id:
            raise Refusal("not_found")
        said = (body["kind"], body["text"], caller.account_id, here.clock())
        commenting.on_submission(session, about, *said)
        _decided(session, caller, "submission_commented", about.id, about.village_code)
        every = commenting.comments_of(session, [about.id])[about.id]
        return {"items": comments(session, every)}


@route(blueprint, "GET", "/review/filters", policy=signed_in(*STAFF), output=FilterList)
def list_filters(caller: Caller) -> dict[str, Any]:
    """The filters of the queue that the caller saved."""
    with house().read() as session:
        return {"items": store.saved_filters(session, caller.account_id)}


@route(
    blueprint,
    "POST",
    "/review/filters",
    policy=signed_in(*STAFF),
    body=FilterRequest,
    output=FilterList,
)
def save_filter(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Save a filter; one of the same name is replaced."""
    here = house()
    with here.write() as session:
        saved = SavedFilter(new_id(), body["name"].strip(), body["filter"])
        store.save_filter(session, caller.account_id, saved, here.clock())
        return {"items": store.saved_filters(session, caller.account_id)}


@route(blueprint, "DELETE", "/review/filters/<id:filter_id>", policy=signed_in(*STAFF))
def remove_filter(caller: Caller, filter_id: str) -> None:
    """Forget a saved filter."""
    with house().write() as session:
        if not store.remove_filter(session, caller.account_id, filter_id):
            raise Refusal("not_found")


@route(blueprint, "GET", "/review/policies", policy=signed_in(*STAFF), output=PolicyList)
def list_policies(caller: Caller) -> dict[str, Any]:
    """Which townships let unflagged submissions pass by themselves."""
    with house().read() as session:
        return {"items": _policies(session, caller)}


@route(
    blueprint,
    "POST",
    "/review/policies",
    policy=signed_in(*STAFF),
    body=PolicyRequest,
    output=PolicyList,
)
def set_policy(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Let a township's unflagged submissions pass after some days, but for a drawn share."""
    here, code = house(), body["area_code"]
    if not caller.sees(code):
        raise Refusal("not_found")
    if township_of(code) != code or code.endswith("000000"):
        raise Refusal("policy_not_township")
    days, share = body["after_days"], body["sample_percent"]
    with here.write() as session:
        if days is None:
            store.remove_policy(session, code)
        else:
            policy = ReviewPolicy(new_id(), code, days, share, caller.account_id, here.clock())
            store.set_policy(session, policy)
        trail.record(
            session, caller, "review_policy_set", "area", code, area_code=code, days=days,
            percent=share,
        )  # fmt: skip
        return {"items": _policies(session, caller)}


def _policies(session: Session, caller: Caller) -> list[dict[str, Any]]:
    found = store.policies(session, caller.areas)
    areas = geo.names(session, {one.area_code for one in found})
    names = accounts.names(session, {one.set_by for one in found})
    return [
        {
            "area": {"code": one.area_code, "name": areas[one.area_code].name},
            "after_days": one.after_days,
            "sample_percent": one.sample_percent,
            "set_by": names.get(one.set_by, ""),
            "set_at": one.set_at,
        }
        for one in found
    ]


def _decided(session: Session, caller: Caller, action: str, key: str, village_code: str) -> None:
    trail.record(session, caller, action, "submission", key, area_code=village_code)
