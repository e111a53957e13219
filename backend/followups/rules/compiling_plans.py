"""Compiling what comes with the calendar: periods, and points counted from one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.followups.rules.checking import CONTEXT, Checker
from backend.followups.rules.compiled import DoneBy, Periodic, Point, Points, Retry

PERIOD: Mapping[str, str] = {
    "period_start": "date",
    "period_end": "date",
    "previous_done": "date",
}
LATEST = "latest_"


def latest_of(facts: Mapping[str, str]) -> dict[str, str]:
    """Variables with which facts of earlier records are read, whatever form they came from."""
    return {f"{LATEST}{name}": kind for name, kind in facts.items()}


def compile_periodic(
    checker: Checker, place: str, body: Mapping[str, Any], parameters: Mapping[str, str]
) -> Periodic | None:
    """A service owed once a period; nothing when its window is wrong."""
    scope = {**CONTEXT, **PERIOD, **parameters}
    opens = checker.one(f"{place} opens", body["opens"], scope, "date")
    due = checker.one(f"{place} due", body["due"], scope, "date")
    closes = checker.one(f"{place} closes", body["closes"], scope, "date")
    for entry in body["done_by"]:
        if "any_day" in entry:
            checker.wrong(f"{place} done_by {entry['form']}", "any_day is for points only")
    applies = checker.maybe(f"{place} applies", body.get("applies"), scope)
    seen = {**CONTEXT, **parameters}
    done_by = _done_by(checker, place, body["done_by"], seen)
    retry = _retry(checker, f"{place} retry", body.get("retry"), seen)
    if opens is None or due is None or closes is None:
        return None
    return Periodic(
        every=body["every"],
        applies=applies,
        kind=body["kind"],
        opens=opens,
        due=due,
        closes=closes,
        reason=body["reason"],
        done_by=done_by,
        retry=retry,
    )


def compile_points(
    checker: Checker,
    place: str,
    body: Mapping[str, Any],
    parameters: Mapping[str, str],
    facts: Mapping[str, str],
) -> Points | None:
    """A plan of windows; nothing when its anchor is wrong.

    :param facts: types of the service's facts, by id
    """
    scope = {**CONTEXT, **parameters, **latest_of(facts)}
    anchor = checker.one(f"{place} anchor", body["anchor"], scope, "date")
    counted = {**scope, "anchor": "date"}
    points = [
        made
        for point in body["points"]
        if (made := _point(checker, f"{place} {point['id']}", point, counted)) is not None
    ]
    names = [point["id"] for point in body["points"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        checker.wrong(f"{place} {name}", "stands there twice")
    types = {**CONTEXT, **parameters, "point": "text"}
    done_by = _done_by(checker, place, body["done_by"], types)
    until = checker.maybe(f"{place} until", body.get("until"), counted, "date")
    applies = checker.maybe(f"{place} applies", body.get("applies"), scope)
    if anchor is None:
        return None
    from_records = any(name.startswith(LATEST) for name in anchor.names)
    return Points(anchor, until, applies, tuple(points), done_by, from_records)


def _point(
    checker: Checker, place: str, body: Mapping[str, Any], scope: Mapping[str, str]
) -> Point | None:
    opens = checker.one(f"{place} opens", body["opens"], scope, "date")
    due = checker.one(f"{place} due", body["due"], scope, "date")
    closes = checker.one(f"{place} closes", body["closes"], scope, "date")
    expires = checker.maybe(f"{place} expires", body.get("expires"), scope, "date")
    if opens is None or due is None or closes is None:
        return None
    return Point(body["id"], body["kind"], opens, due, closes, expires, body["reason"])


def _done_by(
    checker: Checker, place: str, entries: Sequence[Mapping[str, Any]], scope: Mapping[str, str]
) -> tuple[DoneBy, ...]:
    found: list[DoneBy] = []
    for entry in entries:
        form = entry["form"]
        if form != "*" and not checker.known(place, form):
            continue
        fields = checker.fields_of_any() if form == "*" else checker.forms[form].fields
        types = {**fields, **scope, "visit_date": "date"}
        when = checker.one(f"{place} done_by {form}", entry["when"], types)
        if when is not None:
            found.append(DoneBy(form, when, entry.get("any_day", False)))
    return tuple(found)


def _retry(
    checker: Checker, place: str, body: Mapping[str, Any] | None, scope: Mapping[str, str]
) -> Retry | None:
    if body is None or not checker.known(place, body["form"]):
        return None
    types = {**checker.forms[body["form"]].fields, **scope, "visit_date": "date"}
    when = checker.one(place, body["when"], types)
    if when is None:
        return None
    return Retry(body["form"], when, body["after_days"], body["max"], body["reason"])
