"""Vaccination as nouns: the edition's tables, doses given, and what the forecast says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

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


@dataclass(frozen=True)
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
class Vaccine:
    """:param components: series for which a dose of it counts"""

    code: str
    label: Text
    prevents: Text | None
    live_injectable: bool
    components: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """One dose of a series, as the table of the edition has it.

    :param former_before: a dose given before that day counts from ``former_age`` on
    :param notes: (age, note): what is said of the open dose from that age on
    """

    dose_id: str
    no: int
    vaccine: str
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
    notes: tuple[tuple[Span, str], ...]


@dataclass(frozen=True)
class CompleteWith:
    """So many doses of these vaccines complete a series, whatever places are left."""

    vaccines: frozenset[str]
    doses: int
    min_interval: Span


@dataclass(frozen=True)
class Needed:
    """Of a catch-up series: doses missing, and how long after the one before each may be given."""

    given: int
    doses: int
    after: tuple[Span, ...]


@dataclass(frozen=True)
class Series:
    """:param product: (setting, value): this table holds only where the setting has that value"""

    name: str
    places: tuple[Place, ...]
    product: tuple[tuple[str, str], ...]
    sex: str | None
    born_after: date | None
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
