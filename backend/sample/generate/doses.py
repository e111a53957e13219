"""Vaccination histories: mostly in time, some late by weeks; a few schoolchildren lack a last dose.

What was missed in the first years was caught up with: nobody gets into school without it.

The schedule is the published edition (``schemas/immunization``); children who were two months old
before 2025 had DTaP at 3, 4 and 5 months, and DT instead of the fifth dose (immunization.md §5.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.kernel.dates import add_months, age_years

_NEW_DTAP_FROM = date(2025, 1, 1)
_OLD_DTAP_MONTHS = {1: 3, 2: 4, 3: 5}
_LIVE_GAP_DAYS = 28
_UNTIL_YEARS = 18
_BOOSTER_MONTHS = 48
_FORGOTTEN_MONTHS = 24


def given(
    birth_date: date, sex: str, edition: Mapping[str, Any], today: date, rng: Random
) -> Iterator[tuple[str, int, date]]:
    """(vaccine, number written on the certificate, day) of every dose given until today.

    Doses that fall on one age are given on one visit, so a late visit is late for all of them.
    """
    if age_years(birth_date, today) >= _UNTIL_YEARS:
        return
    lateness = _Lateness(rng)
    live = {v["code"] for v in edition["vaccines"] if v["live_injectable"]}
    last_live: date | None = None
    by_series: dict[str, list[date]] = {}
    for age, series, doses, dose in _due_in_order(edition, sex, birth_date):
        before = by_series.setdefault(series, [])
        if len(before) != dose["no"] - 1:
            continue
        due = _after(birth_date, age)
        last = dose["no"] == max(other["no"] for other in doses)
        if last and _may_be_missed(age, due, today) and lateness.misses(age):
            continue
        if before:
            due = max(due, _after(before[-1], dose.get("min_interval", {"days": 28})))
            due = max(due, _after(before[0], dose.get("from_first", {"days": 0})))
        day = due + timedelta(days=lateness.at(age))
        if day >= _NEW_DTAP_FROM:
            day = max(day, _after(birth_date, dose["min_age"]))  # the old table was over by then
        injected_live = dose["vaccine"] in live and dose["vaccine"] != "BCG"
        if injected_live and last_live and abs((day - last_live).days) < _LIVE_GAP_DAYS:
            together = due <= last_live
            day = last_live if together else last_live + timedelta(days=_LIVE_GAP_DAYS)
        upper = dose.get("upper_age")
        if day > today or (upper and day >= _after(birth_date, _months(upper))):
            continue
        before.append(day)
        last_live = day if injected_live else last_live
        vaccine = "DT" if dose["dose_id"] == "DTaP-5" and day < _NEW_DTAP_FROM else dose["vaccine"]
        yield vaccine, dose["no"], day


class _Lateness:
    """How a family keeps its appointments: the same for everything due at one age."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._careless = rng.random() < 0.08
        self._days: dict[int, int] = {}
        self._missed: dict[int, bool] = {}

    def at(self, months: int) -> int:
        """Days after the due day at which the visit of that age is made."""
        if months == 0:
            return 0
        if months not in self._days:
            late = self._rng.random() < (0.6 if self._careless else 0.14)
            self._days[months] = self._rng.randint(31, 90) if late else self._rng.randint(0, 16)
        return self._days[months]

    def misses(self, months: int) -> bool:
        """Whether the visit of that age was never made; a family forgets one such visit at most."""
        if months not in self._missed:
            chance = 0.4 if self._careless else 0.06
            self._missed[months] = not any(self._missed.values()) and self._rng.random() < chance
        return self._missed[months]


def _may_be_missed(months: int, due: date, today: date) -> bool:
    """The boosters at four and six years, when nobody weighs the child every month any more."""
    return months >= _BOOSTER_MONTHS and due > add_months(today, -_FORGOTTEN_MONTHS)


def _due_in_order(
    edition: Mapping[str, Any], sex: str, birth_date: date
) -> list[tuple[int, str, Sequence[Mapping[str, Any]], Mapping[str, Any]]]:
    """(age in months, series, all its doses, dose) of what the edition gives to a child, by age."""
    settings = edition["settings"]
    old_dtap = add_months(birth_date, 2) < _NEW_DTAP_FROM
    rows = []
    for series in edition["series"]:
        other = any(settings.get(key) != value for key, value in series.get("product", {}).items())
        if other or "catch_up_for" in series:
            continue
        if series.get("sex", sex) != sex or birth_date.isoformat() <= series.get("born_after", ""):
            continue
        for dose in series["doses"]:
            age = _months(dose["min_age"])
            if series["series"] == "DTP" and old_dtap:
                age = _OLD_DTAP_MONTHS.get(dose["no"], age)
            rows.append((age, series["series"], series["doses"], dose))
    return sorted(rows, key=lambda row: (row[0], row[3]["no"], row[3]["dose_id"]))


def _months(span: Mapping[str, int]) -> int:
    return span.get("months", 0) + 12 * span.get("years", 0)


def _after(day: date, span: Mapping[str, int] | int) -> date:
    if isinstance(span, int):
        return add_months(day, span)
    return add_months(day, _months(span)) + timedelta(days=span.get("days", 0))
