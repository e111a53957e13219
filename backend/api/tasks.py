"""Due lists for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.api import trail
from backend.api.house import house
from backend.api.paging import read_place, write_place
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.subjects import UNKNOWN, named
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.tasks import ArrearsView, Postponement, TaskPage, TaskQuery, task
from backend.followups import service as followups
from backend.followups.model import Task
from backend.followups.rules.escalating import level_on
from backend.geo import service as geo
from backend.geo.rules import bounds, covers_any
from backend.kernel.clock import local_date
from backend.kernel.dates import days_between
from backend.kernel.errors import Refusal
from backend.submissions.store import submissions

blueprint = APIBlueprint("tasks", __name__)


@dataclass(frozen=True)
class Place:
    closes: date
    id: str


@route(blueprint, "GET", "/tasks", policy=signed_in(*STAFF), query=TaskQuery, output=TaskPage)
def list_tasks(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Overdue, due or upcoming tasks of the caller's areas, the earliest last day first."""
    here, limit, service = house(), query["limit"], query.get("service")
    areas = narrowed(caller, query.get("village"))
    today = local_date(here.clock())
    place = read_place(query.get("cursor"), Place)
    with here.write() as session:
        found = followups.listed(
            session,
            areas,
            query["state"],
            today,
            service=service,
            after=None if place is None else (place.closes, place.id),
            limit=limit,
        )
        names = named(session, here.vault, ((t.subject_kind, t.subject_id) for t in found))
        villages = geo.names(session, {t.village_code for t in found})
        counts = followups.counts(session, areas, today, service=service)
        made_by = {t.source_submission_id for t in found if t.source_submission_id}
        sources = {s.id: s.visit_date for s in submissions.by_ids(session, made_by).values()}
        village = query.get("village")
        trail.record(
            session, caller, "tasks_listed", "area", village, area_code=village, count=len(found)
        )
    last = found[-1] if len(found) == limit else None
    return {
        "items": [
            task(one)
            | {
                "subject_name": names.get(one.subject_id, UNKNOWN).name or None,
                "village_name": villages[one.village_code].name
                if one.village_code in villages
                else one.village_code,
                "overdue_days": max(0, days_between(one.closes, today)),
                "level": level_on(one, today),
                "why": why(one, source := sources.get(one.source_submission_id or "")),
                "source_on": source,
            }
            for one in found
        ],
        "next_cursor": last and write_place(Place(last.closes, last.id)),
        "counts": counts,
    }


def why(one: Task, source: date | None) -> dict[str, str]:
    """'Why is this due?' in a sentence: the visit, what the rule says, and which rule it is."""
    told = {
        language: ("；" if language == "zh-CN" else "; ").join(
            reason.text.get(language, reason.rule) for reason in one.reasons
        )
        for language in ("zh-CN", "en")
    }
    rules = "、".join(reason.rule for reason in one.reasons)
    version = one.rule_version or one.service
    if source is None:
        return {
            "zh-CN": f"按日历应做：{told['zh-CN']}（规则 {rules or one.anchor}，{version}）",
            "en": f"Due by the calendar: {told['en']} (rule {rules or one.anchor}, {version})",
        }
    return {
        "zh-CN": f"根据 {source.isoformat()} 的随访：{told['zh-CN']}（规则 {rules}，{version}）",
        "en": f"From the visit of {source.isoformat()}: {told['en']} (rule {rules}, {version})",
    }


@route(
    blueprint,
    "POST",
    "/tasks/<id:task_id>/postponement",
    policy=signed_in("worker", *STAFF),
    body=Postponement,
)
def postpone(caller: Caller, task_id: str, body: dict[str, Any]) -> None:
    """Set a task aside until a day, with the reason. Emergencies and two-week checks never."""
    now = house().clock()
    with house().write() as session:
        one = _mine(session, caller, task_id)
        followups.postpone(session, one, body["until"], body["reason"], now)
        _written(session, caller, one, "task_postponed", until=body["until"].isoformat())


@route(blueprint, "DELETE", "/tasks/<id:task_id>/postponement", policy=signed_in("worker", *STAFF))
def resume(caller: Caller, task_id: str) -> None:
    """Take a postponement back."""
    with house().write() as session:
        one = _mine(session, caller, task_id)
        followups.resume(session, one, house().clock())
        _written(session, caller, one, "task_resumed")


@route(blueprint, "GET", "/tasks/arrears", policy=signed_in(*STAFF), output=ArrearsView)
def read_arrears(caller: Caller) -> dict[str, Any]:
    """The township's weekly list: what is late for a week and a month, by doctor.

    A village that nobody looks after stands first, without a name.
    """
    today = local_date(house().clock())
    with house().read() as session:
        found = followups.arrears(session, caller.areas, today)
        doctors = [
            one
            for one in accounts.accounts_in(session, [bounds(code) for code in caller.areas])
            if one.role == "worker" and one.disabled_at is None
        ]
        names = geo.names(session, {one.village_code for one in found})
    lines: dict[str | None, dict[str, Any]] = {}
    for village in found:
        mine = [d for d in doctors if covers_any(d.areas, village.village_code)]
        who: list[tuple[str | None, str | None]] = [(doctor.id, doctor.name) for doctor in mine]
        for key, name in who or _NOBODY:
            empty: dict[str, Any] = {"doctor": name, "villages": [], **dict.fromkeys(_LATE, 0)}
            line = lines.setdefault(key, empty)
            area = names.get(village.village_code)
            line["villages"].append(area.name if area else village.village_code)
            for late in _LATE:
                line[late] += getattr(village, late)
    nobody = [lines.pop(None)] if None in lines else []
    items = nobody + sorted(lines.values(), key=lambda one: (-one["month"], -one["week"]))
    return {"items": items, "on": today}


_NOBODY: list[tuple[str | None, str | None]] = [(None, None)]
_LATE = ("overdue", "week", "month", "emergencies")


def _mine(session: Session, caller: Caller, task_id: str) -> Task:
    found = followups.by_ids(session, [task_id]).get(task_id)
    if found is None or not caller.sees(found.village_code):
        raise Refusal("not_found")
    return found


def _written(session: Session, caller: Caller, one: Task, action: str, **detail: Any) -> None:
    trail.record(session, caller, action, "task", one.id, area_code=one.village_code, **detail)
