"""Vaccination as nouns: the edition's tables, doses given, and what the forecast says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

Text: TypeAlias = Mapping[str, str]

DONE = "done"
DUE = "due"
UPCOMING = "upcoming"
OVERDUE = "overdue"
NOT_NEEDED = "not_needed"
TOO_LATE = "too_late"

COUNTS = "1"
TOO_YOUNG = "2"
TOO_SOON = "3"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: calendar months (clamped), then days."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class Settings:
    """What a province or area decides.

    :param grace_days: a dose so many days early still counts
    :param live_interval_days: least distance of two live injectables that are not given together
    :param timely_months: a dose is overdue so many months after it was due
    """

    je_product: str
    hepa_product: str
    grace_days: int
    live_interval_days: int
    timely_months: int
    hpv_born_after: date | None


@dataclass(frozen=True)
class Facts:
    """What is known of a child beside its doses; nothing where nobody has said it.

    :param mother_hbsag: code list ``hbsag``: 1 negative, 2 positive, 3 unknown
    :param conjugate_complete: a meningococcal conjugate course was completed by its label
    :param immunoglobulin_on: the last time that immunoglobulin was given
    :param defer_until: everything is put off until that day
    :param deferred: (vaccine, day): put off until that day
    :param contraindicated: vaccines that must not be given again
    """

    birth_weight_g: float | None = None
    gestation_weeks: float | None = None
    mother_hbsag: str | None = None
    immune_deficient: bool | None = None
    hiv_exposed: bool | None = None
    critically_ill: bool | None = None
    conjugate_complete: bool | None = None
    immunoglobulin_on: date | None = None
    defer_until: date | None = None
    deferred: tuple[tuple[str, date], ...] = ()
    contraindicated: frozenset[str] = frozenset()


NO_FACTS = Facts()


@dataclass(frozen=True)
class FactTest:
    """A question about one fact; an unknown fact answers no.

    :param among: values of which it must have one
    :param below: number that it must be less than
    """

    fact: str
    among: tuple[str | bool, ...] | None
    below: float | None


Condition: TypeAlias = tuple[FactTest, ...]
"""All of these must hold."""


@dataclass(frozen=True)
class FactSource:
    """Where a record tells of a fact.

    :param repeat: rows that are newborns; a field is looked for in the child's row first
    :param times: the answer is multiplied by it (kg to g)
    :param has: the fact is true when this code is among the answer's
    :param vaccine_field: the fact is about the vaccine named there
    :param only_if: field to the code it must have
    """

    form: str
    fact: str
    field: str
    repeat: str | None
    times: float | None
    has: str | None
    vaccine_field: str | None
    only_if: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """A standing record, as far as facts are read from it."""

    form: str
    submission_id: str
    subject_id: str
    on: date
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Vaccine:
    """:param also: other spellings of the code
    :param components: series, or parts of a series, for which a dose of it counts
    :param after_immunoglobulin: least distance from immunoglobulin given before
    :param contraindicated_when: any of these: it is not given
    """

    code: str
    also: tuple[str, ...]
    label: Text
    prevents: Text | None
    live_injectable: bool
    components: tuple[str, ...]
    after_immunoglobulin: Span | None
    contraindicated_when: tuple[Condition, ...]


@dataclass(frozen=True)
class Note:
    """What is said of an open dose.

    :param from_age: from that age on
    :param when: any of these must hold, where there are some
    :param had: one of these vaccines was given, where some are named
    """

    note: str
    from_age: Span
    when: tuple[Condition, ...]
    had: frozenset[str]


@dataclass(frozen=True)
class AfterVaccine:
    """Least distance from every dose of these vaccines, whether it took a place or not."""

    vaccines: frozenset[str]
    interval: Span


@dataclass(frozen=True)
class Place:
    """One dose of a series, as the table of the edition has it.

    :param accepts: vaccines that may take it; nothing: every vaccine of the series
    :param former_before: a dose given before that day counts from ``former_age`` on
    :param not_needed_when: any of these: the dose need not be given
    :param notes: the last that applies is told
    """

    dose_id: str
    no: int
    vaccine: str
    accepts: frozenset[str] | None
    min_age: Span
    min_interval: Span | None
    product_interval: Span | None
    from_first: Span | None
    complete_before: Span | None
    complete_after_first: Span | None
    upper_age: Span | None
    catch_up_min_age: Span | None
    catch_up_interval: Span | None
    former_before: date | None
    former_age: Span | None
    after_vaccine: tuple[AfterVaccine, ...]
    not_needed_when: tuple[Condition, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class CompleteWith:
    """So many doses of these vaccines complete a series, whatever places are left.

    :param total: and so many doses of the series altogether
    :param from_age: younger doses of these vaccines are not among them
    :param before_age: doses at that age and later count for nothing here
    :param reached_age: holds once the child is that old
    """

    vaccines: frozenset[str]
    doses: int
    min_interval: Span
    total: int
    from_age: Span
    before_age: Span | None
    reached_age: Span


@dataclass(frozen=True)
class AtLeast:
    """Open doses are ``vaccine`` until so many doses of ``of`` have been given."""

    vaccine: str
    of: frozenset[str]
    doses: int


@dataclass(frozen=True)
class Needed:
    """Of a catch-up series: doses missing, and how long after the one before each may be given."""

    given: int
    doses: int
    after: tuple[Span, ...]


@dataclass(frozen=True)
class Series:
    """A table of a series. Of several tables of one series the first that holds is the child's.

    :param product: (setting, value): it holds where the setting has that value
    :param when: or where any of these holds; with neither it holds for everybody
    :param born_after_setting: setting that wins over ``born_after``
    :param had: holds only for those who had one of these vaccines, where some are named
    :param counts: vaccines of which a dose counts for it
    :param requires: parts (measles, rubella, mumps) and how many doses with each are needed
    :param first_no: number of the place that ``from_first`` and ``complete_after_first`` look at
    """

    name: str
    label: Text
    places: tuple[Place, ...]
    product: tuple[tuple[str, str], ...]
    when: tuple[Condition, ...]
    sex: str | None
    born_after: date | None
    born_after_setting: str | None
    born_before: date | None
    had: frozenset[str]
    counts: frozenset[str]
    requires: Mapping[str, int]
    first_no: int
    at_least: tuple[AtLeast, ...]
    complete_with: tuple[CompleteWith, ...]
    catch_up_for: str | None
    needed: tuple[Needed, ...]


@dataclass(frozen=True)
class Edition:
    """The national schedule of one year, such as 2026."""

    key: str
    version: int
    title: Text
    effective_from: date
    settings: Settings
    vaccines: Mapping[str, Vaccine]
    series: tuple[Series, ...]
    facts: tuple[FactSource, ...]


@dataclass(frozen=True)
class Dose:
    """A dose as recorded. The number written in the book decides nothing."""

    id: str
    resident_id: str
    vaccine: str
    given_on: date
    written_dose_no: int | None = None
    source: str | None = None
    submission_id: str | None = None


@dataclass(frozen=True)
class ForecastDose:
    """What the plan says of one dose.

    :param earliest: first day on which it counts
    :param due: day on which it should be given; nothing for one that is too late or not needed
    :param complete_before: first day that is later than the recommended completion age
    :param note: ``tst_first``, ``use_dt``, ``same_day_or_28d``, ...
    """

    dose_id: str
    series: str
    no: int
    vaccine: str
    label: Text
    prevents: Text | None
    status: str
    earliest: date | None = None
    due: date | None = None
    complete_before: date | None = None
    given_on: date | None = None
    note: str | None = None
