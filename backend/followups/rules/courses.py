"""What a service knows of a subject beyond one record: the newest facts, and the courses they run.

A course is one run of a plan of points: a pregnancy, a treatment, a childhood until somebody moves
away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from backend.followups.model import Record, SubjectFacts
from backend.followups.rules.compiled import Service
from backend.followups.rules.compiling_plans import LATEST
from backend.followups.rules.reading import Sight, parameters_of, subject_variables


@dataclass(frozen=True)
class Course:
    """One run of a plan.

    :param key: the record that began it; empty for a plan counted from the register
    :param known_on: day from which it was known: a window that was over by then is not made
    :param latest: the newest value of each fact in it
    :param begin: place of its first record in the order of all
    :param end: place of the first record that is no longer part of it; nothing while it lasts
    :param ended_on: day on which the subject ended
    """

    key: str
    known_on: date
    latest: Mapping[str, Any]
    begin: int
    end: int | None = None
    ended_on: date | None = None


@dataclass
class Courses:
    """The newest facts, and the courses so far.

    :param known_on: first day on which anything is known of the subject
    """

    service: Service
    subject: SubjectFacts
    parameters: Callable[[date], Mapping[str, Any]]
    known_on: date
    done: list[Course] = field(default_factory=list)
    _latest: dict[str, Any] = field(default_factory=dict)
    _running: Course | None = None

    def __post_init__(self) -> None:
        points = self.service.newest.points
        if points is not None and not points.from_records:
            self._running = Course("", self.known_on, {}, begin=0)

    @property
    def variables(self) -> dict[str, Any]:
        """``latest_<fact>`` of everything known so far."""
        return {f"{LATEST}{name}": value for name, value in self._latest.items()}

    def before(self, place: int, day: date) -> None:
        """A plan whose last day has passed is over, and what was known of it is forgotten."""
        points = self.service.newest.points
        if self._running is None or points is None or points.until is None:
            return
        sight = self._sight(self._running.known_on)
        anchor = sight.day(points.anchor, "anchor")
        sight.variables["anchor"] = None if anchor is None else anchor.isoformat()
        until = sight.day(points.until, "until")
        if until is not None and until < day:
            self._close(place, None)

    def take(self, place: int, record: Record, facts: Mapping[str, Any] | None) -> None:
        """One more record that is not an ending. :param facts: nothing where they do not count"""
        self._latest |= {name: value for name, value in (facts or {}).items() if value is not None}
        points = self.service.newest.points
        if self._running is None and points is not None:
            sight = self._sight(record.visit_date)
            if sight.day(points.anchor, "anchor") is not None:
                key = record.submission_id if points.from_records else ""
                self._running = Course(key, record.visit_date, {}, begin=place)

    def end(self, place: int, day: date) -> None:
        """The subject ended: died, moved away, gave birth."""
        self._close(place, day)

    def all(self) -> list[Course]:
        """Every course, oldest first; what the register says of the subject has the last word."""
        running = [] if self._running is None else [self._known(self._running)]
        last = self.subject.ended_on
        found = self.done + running
        if last is None:
            return found
        return [
            replace(course, ended_on=min(course.ended_on or last, last))
            for course in found
            if course.known_on <= last
        ]

    def _known(self, course: Course) -> Course:
        return replace(course, latest=dict(self._latest))

    def _close(self, place: int, day: date | None) -> None:
        if self._running is not None:
            self.done.append(replace(self._known(self._running), end=place, ended_on=day))
        self._running = None
        self._latest = {}

    def _sight(self, day: date) -> Sight:
        rules = self.service.newest
        seen = {**subject_variables(self.subject), **parameters_of(rules, self.parameters(day))}
        return Sight({**seen, **self.variables}, f"{rules.key} points")
