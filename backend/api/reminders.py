"""Who was told what, and who could not be reached: the township's call list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.reminders import ReminderPage, ReminderQuery
from backend.geo.rules import bounds
from backend.kernel.clock import parse_instant
from backend.kernel.errors import Refusal
from backend.kernel.ids import is_uuid
from backend.reminders import service as reminders
from backend.reminders.model import AT_HOME, WORKER, Reminder
from backend.residents import service as residents

blueprint = APIBlueprint("reminders", __name__)


@route(
    blueprint,
    "GET",
    "/reminders",
    policy=signed_in("reviewer", "supervisor"),
    query=ReminderQuery,
    output=ReminderPage,
)
def list_reminders(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Reminders of the caller's areas, newest first, each with its tries."""
    village = query.get("village")
    if village is not None and not caller.sees(village):
        raise Refusal("not_found")
    with house().write() as session:
        found = reminders.page(
            session,
            caller.ranges() if village is None else [bounds(village)],
            query.get("state"),
            read_cursor(query.get("cursor")),
            query["limit"] + 1,
        )
        shown = found[: query["limit"]]
        trail.record(
            session, caller, "reminders_read", "area", village, area_code=village, count=len(shown)
        )
        items = _lines(session, shown)
    more = len(found) > len(shown)
    return {"items": items, "next_cursor": write_cursor(shown[-1]) if more else None}


def _lines(session: Session, shown: list[Reminder]) -> list[dict[str, Any]]:
    tried = reminders.attempts_of(session, [one.id for one in shown])
    names = _names(session, shown)
    return [
        {
            "id": one.id,
            "addressee_kind": one.addressee_kind,
            "addressee_name": names.get(one.addressee_id),
            "reason": one.reason.partition(":")[0],
            "due_at": one.due_at,
            "state": one.state,
            "channel": one.channel,
            "attempts": [
                {
                    "channel": attempt.channel,
                    "at": attempt.at,
                    "outcome": attempt.outcome.kind,
                    "http_status": attempt.outcome.http_status,
                }
                for attempt in tried.get(one.id, ())
            ],
        }
        for one in shown
    ]


def _names(session: Session, shown: list[Reminder]) -> dict[str, str]:
    workers = {one.addressee_id for one in shown if one.addressee_kind == WORKER}
    people = {one.addressee_id for one in shown if one.addressee_kind in AT_HOME}
    found = residents.by_ids(session, house().vault, people)
    return accounts.names(session, workers) | {one.id: one.name for one in found.values()}


def write_cursor(last: Reminder) -> str:
    """Where the next page begins."""
    # To the microsecond: rounded, the next page would begin too early or too late.
    return f"{last.due_at.replace(tzinfo=None).isoformat()}Z~{last.id}"


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Due instant and id of the last one that was read. :raises Refusal: ``invalid_request``"""
    if cursor is None:
        return None
    due_at, _, last_id = cursor.partition("~")
    try:
        if is_uuid(last_id):
            return parse_instant(due_at), last_id
    except ValueError:
        pass
    raise Refusal("invalid_request", fields={"cursor": ["Not a cursor."]})
