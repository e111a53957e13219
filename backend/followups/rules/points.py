"""Plans of fixed windows counted from one day: antenatal checks, checks of a growing child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.followups.model import (
    CANCELLED,
    COMPLETED,
    ENDED,
    FAILED,
    MISSED,
    Reason,
    Record,
    SubjectFacts,
    Task,
)
from backend.followups.rules.compiled import CompiledService, DoneBy, Point, Service
from backend.followups.rules.compiling_plans import LATEST
from backend.followups.rules.courses import Course
from backend.followups.rules.periodic import doing
from backend.followups.rules.reading import Sight, parameters_of, subject_variables
from backend.kernel.ids import task_id


@dataclass(frozen=True)
class _Window:
    point: Point
    done_by: tuple[DoneBy, ...]
    rules: CompiledService
    opens: date
    due: date
    closes: date
    expires: date


def points_tasks(
    service: Service,
    subject: SubjectFacts,
    records: Sequence[Record | None],
    *,
    courses: Iterable[Course],
    parameters: Callable[[date], Mapping[str, Any]],
    today: date,
) -> list[Task]:
    """The tasks of every course: what was done, missed or cancelled, what is open, and the next.

    :param records: all of them in order, those that cannot do a point's work as ``None``
    """
    tasks: dict[str, Task] = {}
    began = service.versions[0][0]
    for course in courses:
        given = parameters(course.known_on)
        windows = _windows(service, subject, course, given)
        mine = [r for r in records[course.begin : course.end] if r is not None]
        done = _done(windows, subject, mine, given)
        known_on = max(course.known_on, began)  # windows older than the rules were nobody's duty
        for task in _course_tasks(
            subject, replace(course, known_on=known_on), windows, done, today
        ):
            known = tasks.get(task.anchor)
            if known is None or known.state != COMPLETED:
                tasks[task.anchor] = task
    return list(tasks.values())


def _windows(
    service: Service, subject: SubjectFacts, course: Course, given: Mapping[str, Any]
) -> list[_Window]:
    """The windows of a course by ``opens``, each under the rules in force on the day it opens."""
    versions = iter(service.versions)
    found = _windows_under(next(versions)[1], subject, course, given)
    for start, rules in versions:
        fresh = _windows_under(rules, subject, course, given)
        later = {name: window for name, window in fresh.items() if window.opens >= start}
        kept = {
            name: window
            for name, window in found.items()
            if window.opens < start or (name in fresh and name not in later)
        }
        found = kept | later
    return sorted(found.values(), key=lambda window: window.opens)


def _windows_under(
    rules: CompiledService, subject: SubjectFacts, course: Course, given: Mapping[str, Any]
) -> dict[str, _Window]:
    points = rules.points
    if points is None:
        return {}
    latest = {f"{LATEST}{name}": value for name, value in course.latest.items()}
    seen = {**subject_variables(subject), **parameters_of(rules, given), **latest}
    sight = Sight(seen, f"{rules.key} points")
    anchor = sight.day(points.anchor, "anchor")
    if anchor is None or not sight.holds(points.applies, "applies", absent=True):
        return {}
    sight.variables["anchor"] = anchor.isoformat()
    until = sight.day(points.until, "until")
    if until is not None and until < course.known_on:
        return {}  # over before anybody knew of it, and quickly said of every grown-up
    return {
        point.name: window
        for point in points.points
        if (window := _window(point, points.done_by, rules, sight)) is not None
    }


def _window(
    point: Point, done_by: tuple[DoneBy, ...], rules: CompiledService, sight: Sight
) -> _Window | None:
    opens = sight.day(point.opens, f"{point.name} opens")
    due = sight.day(point.due, f"{point.name} due")
    closes = sight.day(point.closes, f"{point.name} closes")
    if opens is None or due is None or closes is None:
        return None
    due = min(due, closes)
    expires = sight.day(point.expires, f"{point.name} expires") or closes
    return _Window(point, done_by, rules, min(opens, due), due, closes, max(expires, closes))


def _done(
    windows: Sequence[_Window],
    subject: SubjectFacts,
    records: Iterable[Record],
    given: Mapping[str, Any],
) -> dict[str, Record]:
    """By which record each point was done; a record does the work of one point."""
    done: dict[str, Record] = {}
    for record in records:
        for window in windows:
            if window.point.name not in done and _does(window, subject, record, given):
                done[window.point.name] = record
                break
    return done


def _does(window: _Window, subject: SubjectFacts, record: Record, given: Mapping[str, Any]) -> bool:
    sight = Sight(
        {
            **record.answers,
            **subject_variables(subject),
            **parameters_of(window.rules, given),
            "point": window.point.name,
            "visit_date": record.visit_date.isoformat(),
        },
        f"{window.rules.key} points done_by",
    )
    within = window.opens <= record.visit_date <= window.expires
    entries = [entry for entry in window.done_by if within or entry.any_day]
    return doing(entries, record, sight) is not None


def _course_tasks(
    subject: SubjectFacts,
    course: Course,
    windows: Sequence[_Window],
    done: Mapping[str, Record],
    today: date,
) -> Iterable[Task]:
    """What has been settled, what is open on the last day that counts, and the next one."""
    last = today if course.ended_on is None else min(course.ended_on, today)
    next_is_told = False
    for window in windows:
        record = done.get(window.point.name)
        task = _task(subject, course, window)
        if record is not None:
            yield replace(
                task,
                state=COMPLETED,
                state_on=record.visit_date,
                done_by_submission_id=record.submission_id,
            )
        elif window.expires < course.known_on:
            continue
        elif window.expires < last:
            yield replace(task, state=FAILED, state_reason=MISSED, state_on=window.expires)
        elif window.opens <= last or not next_is_told:
            next_is_told = next_is_told or window.opens > last
            if course.ended_on is not None:
                task = replace(task, state=CANCELLED, state_reason=ENDED, state_on=course.ended_on)
            yield task


def _task(subject: SubjectFacts, course: Course, window: _Window) -> Task:
    name, rules = window.point.name, window.rules
    anchor = f"{course.key}.{name}" if course.key else name
    return Task(
        id=task_id(subject.id, rules.key, anchor),
        county_code=subject.county_code,
        village_code=subject.village_code,
        subject_kind=subject.kind,
        subject_id=subject.id,
        household_id=subject.household_id,
        service=rules.key,
        kind=window.point.kind,
        anchor=anchor,
        opens=window.opens,
        due=window.due,
        closes=window.closes,
        expires=window.expires,
        reasons=(Reason(name, window.point.reason),),
        rule_version=rules.version,
        source_submission_id=course.key or None,
    )
