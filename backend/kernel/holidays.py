"""Public holidays: what a holiday changes and what it never does (docs/decisions/0016).

The days come from ``schemas/holidays``, which gets a year when the State Council has announced it.
A year that is not there is an ordinary one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from backend.kernel.dates import parse_day

AHEAD = timedelta(days=7)
"""How long before a holiday people are told that it comes [engineering]."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holiday:
    """Days off in a row, days in lieu and the weekend between included.

    :param name: by language
    :param first: first day off
    :param last: last day off
    """

    name: Mapping[str, str]
    first: date
    last: date

    @property
    def opens_on(self) -> date:
        """The first working day after it."""
        return self.last + _DAY

    @property
    def is_long(self) -> bool:
        """More than one day: what falls due in it is better done before."""
        return self.last > self.first

    def as_json(self) -> dict[str, object]:
        """As it travels."""
        return {
            "name": dict(self.name),
            "from_on": self.first.isoformat(),
            "to_on": self.last.isoformat(),
        }


@dataclass(frozen=True)
class Holidays:
    """The holidays that are known, the earliest first.

    :param years: years of which they are known
    """

    all: tuple[Holiday, ...] = ()
    years: frozenset[int] = frozenset()

    def on(self, day: date) -> Holiday | None:
        """The holiday that a day is part of."""
        return next((one for one in self.all if one.first <= day <= one.last), None)

    def open_day(self, day: date) -> date:
        """The day itself, or the first working day after the holiday it falls into."""
        found = self.on(day)
        return day if found is None else self.open_day(found.opens_on)

    def is_quiet(self, day: date) -> bool:
        """A day on which families are told nothing that can wait: a holiday but for its last day,
        which is the eve of the clinic's opening."""
        found = self.on(day)
        return found is not None and day < found.last

    def ahead(self, today: date) -> Holiday | None:
        """The holiday that lasts today, or begins within a week."""
        return next((one for one in self.all if one.last >= today >= one.first - AHEAD), None)

    def between(self, first: date, last: date) -> tuple[Holiday, ...]:
        """Those of which at least one day lies in a time."""
        return tuple(one for one in self.all if one.first <= last and first <= one.last)


NO_HOLIDAYS = Holidays()


def load_holidays(schemas: Path) -> Holidays:
    """The holidays of ``schemas/holidays/cn.json``.

    :raises ValueError: a holiday ends before it begins, overlaps another, or begins in a year that
        is not its own
    """
    whole = json.loads((schemas / "holidays" / "cn.json").read_text("utf-8"))
    years: Mapping[str, Mapping[str, list[Mapping[str, object]]]] = whole["years"]
    found = [(int(year), _holiday(row)) for year, told in years.items() for row in told["holidays"]]
    return _checked(found, frozenset(map(int, years)))


def _holiday(row: Mapping[str, object]) -> Holiday:
    name = row["name"]
    if not isinstance(name, Mapping):
        raise TypeError("a holiday's name is given by language")
    return Holiday(name, parse_day(str(row["from"])), parse_day(str(row["to"])))


def _checked(found: Iterable[tuple[int, Holiday]], years: frozenset[int]) -> Holidays:
    ordered = sorted(found, key=lambda one: one[1].first)
    before: Holiday | None = None
    for year, one in ordered:
        if one.last < one.first or year not in (one.first.year, one.last.year):
            raise ValueError(f"holiday from {one.first} to {one.last} of {year}")
        if before is not None and one.first <= before.last:
            raise ValueError(f"holidays overlap on {one.first}")
        before = one
    return Holidays(tuple(one for _year, one in ordered), years)
