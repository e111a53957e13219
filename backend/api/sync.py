"""The changes out: what a phone follows (docs/decisions/0003-sync.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.pace import keep_pace
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.sync import SyncPage, SyncQuery, change
from backend.sync import service as sync
from backend.sync.model import Change
from backend.sync.service import SyncedSubmission

blueprint = APIBlueprint("sync", __name__)


@route(
    blueprint,
    "GET",
    "/sync",
    policy=signed_in("worker"),
    query=SyncQuery,
    output=SyncPage,
    in_shape=True,
)
def read_changes(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """The next page of changes inside the caller's areas."""
    here = house()
    with here.read() as session:
        keep_pace(session, caller, "synced")
        page = sync.page(
            session, here.vault, caller.areas, query.get("cursor"), query["limit"], here.clock()
        )
        names = accounts.names(session, _named(page.changes))
    if page.changes:  # a phone that has everything asks every few minutes: that reads nobody
        with here.write() as session:
            trail.record(session, caller, "synced", "area", None, count=len(page.changes))
    return {
        "epoch": page.epoch,
        "cursor": page.cursor,
        "more": page.more,
        "reset": page.reset,
        "remaining": page.remaining,
        "server_time": page.server_time,
        "changes": [change(one, str(caller.account_id), names) for one in page.changes],
    }


def _named(changes: Sequence[Change]) -> set[str]:
    """Who returned a submission or said something about it."""
    found = [one.noun for one in changes if isinstance(one.noun, SyncedSubmission)]
    returned = {one.returned.decided_by for one in found if one.returned is not None}
    return returned | {said.author_id for one in found for said in one.comments}
