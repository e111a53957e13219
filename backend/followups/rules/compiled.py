"""A programme ready to be folded: the nouns of ``schemas/programmes``, expressions compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from backend.followups.model import Text
from backend.followups.rules.calendar import MONTHS
from backend.kernel.expressions import Expression
from backend.kernel.ids import newborn_id


@dataclass(frozen=True)
class Fact:
    name: str
    kind: str
    value: Expression


@dataclass(frozen=True)
class Episode:
    """A series: from a record whose ``starts`` holds, for so many days."""

    starts: Expression
    counts: Expression
    within_days: int


@dataclass(frozen=True)
class ClassEntry:
    code: str
    when: Expression
    label: Text


@dataclass(frozen=True)
class Rule:
    """What makes something due. Without ``closes`` it only adds its reason and advice."""

    name: str
    when: Expression
    final: bool
    kind: str
    opens: Expression | None
    due: Expression | None
    closes: Expression | None
    expires: Expression | None
    face_to_face: bool
    referral: str
    escalation: str
    reason: Text
    advice: Text | None


@dataclass(frozen=True)
class Section:
    """What a record of one form means for a service.

    :param for_each: repeat whose rows are records of their own, each about a newborn
    :param row_fields: fields of that repeat; in a row they hide the form's own of the same name
    :param closes: kinds of task that a completed record completes; nothing: all kinds
    :param unmet: rules for a record that is not completed
    """

    form_key: str
    for_each: str | None
    row_fields: frozenset[str]
    applies: Expression | None
    completed: Expression | None
    ended: Expression | None
    face_to_face: Expression | None
    qualifies: Expression | None
    closes: frozenset[str] | None
    episode: Episode | None
    facts: tuple[Fact, ...]
    classes: tuple[ClassEntry, ...]
    doctor_class: str | None
    next_visit_date: str | None
    rules: tuple[Rule, ...]
    unmet: tuple[Rule, ...]


@dataclass(frozen=True)
class DoneBy:
    """A record that does the work of a period or point.

    :param form_key: a form, or ``*`` for any form that has the fields named
    :param any_day: counts outside of a point's window too
    """

    form_key: str
    when: Expression
    any_day: bool = False


@dataclass(frozen=True)
class Retry:
    form_key: str
    when: Expression
    after_days: int
    max_times: int
    reason: Text


@dataclass(frozen=True)
class Periodic:
    """A task for every period of the calendar. :param every: a key of ``calendar.MONTHS``"""

    every: str
    applies: Expression | None
    kind: str
    opens: Expression
    due: Expression
    closes: Expression
    reason: Text
    done_by: tuple[DoneBy, ...]
    retry: Retry | None


@dataclass(frozen=True)
class Point:
    """One window of a plan. :param expires: last day on which it can be done; nothing: closes"""

    name: str
    kind: str
    opens: Expression
    due: Expression
    closes: Expression
    expires: Expression | None
    reason: Text


@dataclass(frozen=True)
class Points:
    """A plan of fixed windows counted from one day.

    :param until: last day of the plan; nothing: until the subject ends
    :param from_records: the anchor reads facts, so that each course is a plan of its own
    """

    anchor: Expression
    until: Expression | None
    applies: Expression | None
    points: tuple[Point, ...]
    done_by: tuple[DoneBy, ...]
    from_records: bool


@dataclass(frozen=True)
class CompiledService:
    """One service in one version of its programme.

    :param version: ``programme/version``
    :param sensitive: reminders never name it
    """

    key: str
    title: Text
    subject_kind: str
    sensitive: bool
    programme: str
    version: str
    parameters: Mapping[str, Any]
    sections: Mapping[str, Section]
    periodic: Periodic | None
    points: Points | None = None


@dataclass(frozen=True)
class CompiledProgramme:
    key: str
    version: int
    effective_from: date
    services: tuple[CompiledService, ...]


@dataclass(frozen=True)
class Service:
    """A service through time. The day of a visit decides which version counts.

    :param versions: (first day, rules), oldest first; never empty
    """

    key: str
    versions: tuple[tuple[date, CompiledService], ...]

    def on(self, day: date) -> CompiledService:
        """The version of a day; before the first one began, the first one."""
        for start, rules in reversed(self.versions):
            if start <= day:
                return rules
        return self.versions[0][1]

    @property
    def newest(self) -> CompiledService:
        return self.versions[-1][1]

    def is_of(self, subject_kind: str) -> bool:
        """Whether its tasks are about such subjects."""
        return self.newest.subject_kind == subject_kind

    @property
    def follows_the_calendar(self) -> bool:
        """True when tasks of it begin without a record: those of periods and points."""
        return self.newest.periodic is not None or self.newest.points is not None

    def reads(self, form_key: str) -> bool:
        """True when records of the form can mean something for this service."""
        known = self._asked.get(form_key)
        if known is None:
            known = any(_reads(rules, form_key) for _, rules in self.versions)
            self._asked[form_key] = known
        return known

    @cached_property
    def _asked(self) -> dict[str, bool]:
        """What was asked before: the line asks it of every service for every record."""
        return {}

    def subjects(
        self, form_key: str, submission_id: str, subject_id: str, answers: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Whose tasks a submission of the form can change: its subject, or its rows' newborns."""
        section = self.newest.sections.get(form_key)
        if section is None or section.for_each is None:
            return (subject_id,)
        rows = answers.get(section.for_each) or ()
        return tuple(newborn_id(submission_id, index) for index in range(len(rows)))


def _reads(rules: CompiledService, form_key: str) -> bool:
    if form_key in rules.sections:
        return True
    periodic, points = rules.periodic, rules.points
    done_by = (periodic.done_by if periodic else ()) + (points.done_by if points else ())
    if any(done.form_key in (form_key, "*") for done in done_by):
        return True
    retry = periodic.retry if periodic else None
    return retry is not None and retry.form_key == form_key


@dataclass(frozen=True)
class Programmes:
    """Every service of every programme, by key of the service."""

    services: Mapping[str, Service]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The programmes."""
        return frozenset(service.newest.programme for service in self.services.values())

    def longest_period(self, subject_kind: str) -> int:
        """Months of the longest period in which a service of such subjects is owed; 1 for none."""
        return self._longest_periods.get(subject_kind, 1)

    @cached_property
    def _longest_periods(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for rules in (service.newest for service in self.services.values()):
            if rules.periodic is not None:
                months = MONTHS[rules.periodic.every]
                found[rules.subject_kind] = max(months, found.get(rules.subject_kind, 1))
        return found

    def read_by(self, form_key: str) -> tuple[Service, ...]:
        """The services for which records of a form can mean something."""
        known = self._read_by.get(form_key)
        if known is None:
            known = tuple(s for s in self.services.values() if s.reads(form_key))
            self._read_by[form_key] = known
        return known

    @cached_property
    def _read_by(self) -> dict[str, tuple[Service, ...]]:
        return {}


def programmes(compiled: tuple[CompiledProgramme, ...]) -> Programmes:
    """Put the versions of all programmes together."""
    found: dict[str, list[tuple[date, CompiledService]]] = {}
    for programme in sorted(compiled, key=lambda p: (p.effective_from, p.version)):
        for service in programme.services:
            found.setdefault(service.key, []).append((programme.effective_from, service))
    return Programmes({key: Service(key, tuple(versions)) for key, versions in found.items()})
