"""Figures as nouns: what an indicator asks, who was counted, and the sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from backend.kernel.expressions import Expression

Text: TypeAlias = Mapping[str, str]

MONTHS = 12

RESIDENT = "resident"
HOUSEHOLD = "household"
SITE = "site"
TASK = "task"


@dataclass(frozen=True)
class Selection:
    """Which records of a subject a fact looks at. An empty member narrows nothing.

    :param modes: how the visit was made (code list ``visit_mode``)
    :param outcomes: what came of it (code list ``visit_outcome``)
    :param where: answer to the codes it may have
    :param answered: answers of which at least one must be there
    :param of: ``self``, or ``mother`` for the records of a child's mother
    :param within: ``window`` or ``life``
    """

    forms: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answered: tuple[str, ...] = ()
    of: str = "self"
    within: str = "window"


@dataclass(frozen=True)
class Fact:
    """One variable of an indicator's expressions.

    :param kind: ``count``, ``latest``, ``first_on``, ``last_on`` or ``dose``
    :param type: of the variable, as expressions name types
    :param answer: of ``latest``: whose newest value it is
    :param dose: of ``dose``: the id of a dose in the vaccine edition
    """

    id: str
    kind: str
    type: str
    selection: Selection = Selection()
    answer: str = ""
    dose: str = ""


@dataclass(frozen=True)
class Among:
    """Who can be meant at all: what is cheap to ask before anything is counted."""

    programme: str | None = None
    age_from: int | None = None
    age_below: int | None = None


@dataclass(frozen=True)
class Indicator:
    """One figure of the assessment (schemas/indicators).

    :param subject: resident, household, site or task: what is counted
    :param window: from when on records count: year, quarter, month, maternal_year,
        last_12_months or life
    :param keeps_ended: who died or moved away stays in the denominator
    :param target: per cent, by default; an area's policy sets another
    :param source: provenance of the formula; ``source_note`` says more
    """

    key: str
    group: str
    title: Text
    explained: Text
    subject: str
    window: str
    among: Among
    keeps_ended: bool
    facts: tuple[Fact, ...]
    denominator: Expression
    numerator: Expression
    target: float | None
    source: str
    source_note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A standing submission (not rejected, not voided) as figures see it."""

    form_key: str
    on: date
    mode: str | None
    outcome: str | None
    approved: bool
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """A follow-up task whose last day has come."""

    id: str
    closes: date
    done_on: date | None


@dataclass(frozen=True)
class Subject:
    """Whom or what figures are counted of, with everything that may be asked.

    :param worker_id: the responsible doctor
    :param known_on: day of registration, or of the first record when that was earlier
    :param ended_on: day of death, moving out or closing, while that holds
    :param enrolled: (programme, since, until) of each membership
    :param records: oldest first
    :param birth_rank: 1 for the first child of a birth, 2 for the twin
    :param doses: dose of the edition to the day on which it was validly given
    """

    kind: str
    id: str
    village_code: str
    worker_id: str | None
    known_on: date
    status: str
    ended_on: date | None = None
    birth_date: date | None = None
    sex: str | None = None
    birth_rank: int = 1
    enrolled: tuple[tuple[str, date, date | None], ...] = ()
    records: tuple[Record, ...] = ()
    mother_records: tuple[Record, ...] = ()
    doses: Mapping[str, date] = field(default_factory=dict)
    tasks: tuple[Due, ...] = ()

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms of its records."""
        return frozenset([one.form_key for one in self.records])

    @cached_property
    def mother_forms(self) -> frozenset[str]:
        """The forms of its mother's records."""
        return frozenset([one.form_key for one in self.mother_records])


@dataclass(frozen=True, slots=True)
class Tally:
    """Where one counted thing stands in one indicator's year. Bit ``m - 1`` is the end of month m.

    :param unit_id: the task, or the subject itself
    :param due: months in whose denominator it is
    :param met: months in whose numerator it is; always among those of ``due``
    :param official_due: the same when only approved records count
    """

    indicator: str
    year: int
    unit_id: str
    subject_kind: str
    subject_id: str
    village_code: str
    worker_id: str | None
    due: int
    met: int
    official_due: int
    official_met: int

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What tells it from every other."""
        return (self.subject_id, self.indicator, self.year, self.unit_id)


@dataclass(frozen=True)
class Sum:
    """Numerator and denominator; never one without the other."""

    met: int = 0
    due: int = 0

    @property
    def percent(self) -> float | None:
        """With one decimal; nothing when nobody was due."""
        return None if self.due == 0 else round(100 * self.met / self.due + 1e-9, 1)

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.met + other.met, self.due + other.due)


@dataclass(frozen=True)
class Figure:
    """The sums of one indicator in one village, for one doctor, at the end of one month."""

    indicator: str
    month: int
    village_code: str
    worker_id: str | None
    all: Sum
    official: Sum


@dataclass(frozen=True)
class Place:
    """How far the change feed has been followed, and for which day everything was counted.

    :param definition: digest of what everybody was counted by
    :param turn: goes up with every writing, so that two workers never write over each other
    """

    txid: int
    seq: int
    counted_on: date | None
    turn: int
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class Recount:
    """A subject to be counted again on a day of this month, though no record may come."""

    subject_id: str
    subject_kind: str
    day: date
