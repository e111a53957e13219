"""How doctors' visits stand: for the township, and for the doctor, who hears of it first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.desk_lines import comments
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.problems import sentence_of
from backend.api.routing import route
from backend.api.submissions import STAFF
from backend.api.wire.review import CommentRequest, WorkerCredibility, WorkerList
from backend.geo import service as geo
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.review.model import Credibility, Profile
from backend.review.rules.scoring import ALARM
from backend.review.service import commenting, credibility

blueprint = APIBlueprint("credibility", __name__)


@route(blueprint, "GET", "/review/workers", policy=signed_in(*STAFF), output=WorkerList)
def list_workers(caller: Caller) -> dict[str, Any]:
    """The doctors of the caller's areas, the most doubtful first."""
    now = house().clock()
    with house().write() as session:
        found = _seen_by(session, caller)
        trail.record(session, caller, "credibility_listed", "worker", None, count=len(found))
        items = _lines(session, found)
    today = local_date(now)
    return {
        "from_on": today - credibility.WINDOW,
        "to_on": today,
        "alarm_from": ALARM,
        "items": items,
    }


@route(
    blueprint,
    "GET",
    "/review/workers/<id:worker_id>",
    policy=signed_in(*STAFF),
    output=WorkerCredibility,
)
def read_worker(caller: Caller, worker_id: str) -> dict[str, Any]:
    """A doctor's visits beside those of the township."""
    with house().write() as session:
        one = _one(_seen_by(session, caller), worker_id)
        trail.record(
            session, caller, "credibility_read", "worker", worker_id, area_code=one.township_code
        )
        return _whole(session, one)


@route(
    blueprint,
    "POST",
    "/review/workers/<id:worker_id>/comments",
    policy=signed_in(*STAFF),
    body=CommentRequest,
    output=WorkerCredibility,
)
def comment_on_worker(caller: Caller, worker_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say something about a doctor's visits; the doctor reads it."""
    with house().write() as session:
        one = _one(_seen_by(session, caller), worker_id)
        return _said(session, caller, one, body)


@route(blueprint, "GET", "/review/own", policy=signed_in("worker"), output=WorkerCredibility)
def read_own(caller: Caller) -> dict[str, Any]:
    """The doctor's own visits, every signal included; from now on the township sees them too."""
    here = house()
    with here.write() as session:
        one = _own(session, caller)
        credibility.seen(session, caller.account_id, here.clock())
        return _whole(session, one)


@route(
    blueprint,
    "POST",
    "/review/own/comments",
    policy=signed_in("worker"),
    body=CommentRequest,
    output=WorkerCredibility,
)
def comment_on_own(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Explain a signal."""
    with house().write() as session:
        return _said(session, caller, _own(session, caller), body)


def _seen_by(session: Session, caller: Caller) -> list[Credibility]:
    """Those whose township the caller is responsible for."""
    found = credibility.inside(session, caller.areas, house().clock())
    return [one for one in found if caller.sees(one.township_code)]


def _one(found: Sequence[Credibility], worker_id: str) -> Credibility:
    for one in found:
        if one.worker_id == worker_id:
            return one
    raise Refusal("not_found")


def _own(session: Session, caller: Caller) -> Credibility:
    found = credibility.of_workers(session, [caller.account_id]).get(caller.account_id)
    if found is None:
        raise Refusal("not_found")
    return found


def _said(
    session: Session, caller: Caller, one: Credibility, body: dict[str, Any]
) -> dict[str, Any]:
    said = (body["kind"], body["text"], caller.account_id, house().clock())
    commenting.on_worker(session, one.worker_id, *said)
    trail.record(
        session,
        caller,
        "credibility_commented",
        "worker",
        one.worker_id,
        area_code=one.township_code,
    )
    return _whole(session, one)


def _lines(session: Session, found: Sequence[Credibility]) -> list[dict[str, Any]]:
    names = accounts.names(session, {one.worker_id for one in found})
    areas = geo.names(session, {one.township_code for one in found})
    return [
        {
            "worker": {"id": one.worker_id, "name": names.get(one.worker_id, "")},
            "township": {
                "code": one.township_code,
                "name": areas[one.township_code].name if one.township_code in areas else "",
            },
            "visits": one.profile.visits,
            "home_visits": one.profile.home_visits,
            "score": one.score,
            "alarm": one.score >= ALARM,
            "signals": len(one.signals),
            "answered": any(
                said.author_id == one.worker_id
                for said in commenting.comments_on_worker(session, one.worker_id)
            ),
        }
        for one in found
    ]


def _whole(session: Session, one: Credibility) -> dict[str, Any]:
    others = credibility.peers(session, one)
    return _lines(session, [one])[0] | {
        "from_on": one.from_on,
        "to_on": one.to_on,
        "found": [
            {
                "kind": signal.kind,
                "domain": signal.domain,
                "strength": signal.strength,
                "text": sentence_of("signal", signal.kind, signal.evidence),
                "since": signal.since,
            }
            for signal in one.signals
        ],
        "distributions": _distributions(one.profile, others),
        "comments": comments(session, commenting.comments_on_worker(session, one.worker_id)),
        "seen_at": one.seen_at,
        "worked_out_at": one.worked_out_at,
    }


def _distributions(mine: Profile, others: Sequence[Profile]) -> list[dict[str, Any]]:
    every = (mine, *others)
    counts: dict[str, list[Sequence[int]]] = {
        "digits": [one.digits for one in every],
        "hours": [one.hours for one in every],
        "distances": [one.distances for one in every],
        "threshold": [(one.below, one.above) for one in every],
    }
    return [
        {
            "kind": kind,
            "mine": list(own),
            "township": [sum(each) for each in zip(*theirs, strict=True)] or [0] * len(own),
        }
        for kind, (own, *theirs) in counts.items()
    ]
