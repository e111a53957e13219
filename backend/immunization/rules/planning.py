"""When the open places of a child's series are due (schemas/cases/README.md, immunization)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from backend.immunization.model import (
    DONE,
    DUE,
    NOT_NEEDED,
    OVERDUE,
    TOO_LATE,
    UPCOMING,
    Edition,
    ForecastDose,
    Place,
)
from backend.immunization.rules.placing import Given, Line, interval_of, lines_of, validity
from backend.immunization.rules.reading import after, with_settings
from backend.kernel.dates import add_months

LIVE_NOTE = "same_day_or_28d"
DT_NOTE = "use_dt"


def forecast(
    edition: Edition,
    birth_date: date,
    sex: str,
    doses: Sequence[tuple[str, date]],
    asked_on: date,
    *,
    settings: Mapping[str, Any] | None = None,
) -> tuple[ForecastDose, ...]:
    """Every dose of the plan, in the order of the edition.

    :param doses: (vaccine, day) of those given, in any order
    :param asked_on: the day on which somebody asks
    :param settings: an area's own, over those of the edition
    """
    edition = with_settings(edition, settings)
    given = _in_order(doses)
    lines = lines_of(edition, birth_date, sex, given, asked_on)
    plan = _Plan(edition, birth_date, given, lines, asked_on)
    return plan.doses()


def validity_of(
    edition: Edition,
    birth_date: date,
    sex: str,
    doses: Sequence[tuple[str, date]],
    asked_on: date,
    *,
    settings: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Of each dose as listed: 1 it counts, 2 before the minimum age, 3 interval too short (§3)."""
    edition = with_settings(edition, settings)
    given = _in_order(doses)
    return validity(lines_of(edition, birth_date, sex, given, asked_on), given)


def _in_order(doses: Sequence[tuple[str, date]]) -> list[Given]:
    listed = [Given(index, vaccine, on) for index, (vaccine, on) in enumerate(doses)]
    return sorted(listed, key=lambda dose: (dose.on, dose.vaccine, dose.index))


@dataclass
class _Open:
    """An open place on its way to a date.

    :param due: nothing when it is too late
    :param moved: other live vaccines moved it
    """

    place: Place
    earliest: date | None = None
    due: date | None = None
    moved: bool = False


def _day(found: _Open) -> date:
    return found.due or date.max


@dataclass
class _Walk:
    """A series as far as it is planned."""

    line: Line
    waiting: list[Place]
    previous: date | None
    first: date | None
    missed: bool
    planned: dict[int, _Open] = field(default_factory=dict)


class _Plan:
    def __init__(
        self,
        edition: Edition,
        birth: date,
        given: Sequence[Given],
        lines: Sequence[Line],
        asked_on: date,
    ) -> None:
        self._edition = edition
        self._birth = birth
        self._asked_on = asked_on
        self._lines = lines
        self._apart = timedelta(days=edition.settings.live_interval_days)
        self._live_given = [dose.on for dose in given if self._is_live(dose.vaccine)]
        self._walks = [self._begin(line) for line in lines]

    def doses(self) -> tuple[ForecastDose, ...]:
        """Plan and tell."""
        for walk in self._walks:
            while walk.waiting and not self._is_live(walk.waiting[0].vaccine):
                self._settle(walk, self._next(walk))
        self._plan_live()
        return tuple(self._told(walk, place) for walk in self._walks for place in walk.line.places)

    def _is_live(self, vaccine: str) -> bool:
        known = self._edition.vaccines.get(vaccine)
        return known is not None and known.live_injectable

    def _begin(self, line: Line) -> _Walk:
        """Places after the last one taken are planned; open ones before it were missed."""
        last = max(line.taken, default=0)
        done = line.complete or line.superseded
        waiting = [] if done else [place for place in line.places if place.no > last]
        first = line.taken.get(1)
        return _Walk(
            line=line,
            waiting=waiting,
            previous=line.taken[last].on if line.taken else None,
            first=None if first is None else first.on,
            missed=any(place.no < last for place in line.open),
        )

    def _next(self, walk: _Walk) -> _Open:
        """The next place of a series with its own day; the series goes on when it is settled."""
        place = walk.waiting[0]
        age = place.catch_up_min_age if walk.missed and place.catch_up_min_age else place.min_age
        days = [after(self._birth, age)]
        if walk.first is not None and place.from_first is not None:
            days.append(after(walk.first, place.from_first))
        interval = interval_of(place, missed=walk.missed)
        due, earliest = list(days), list(days)
        if walk.previous is not None and interval is not None:
            due.append(after(walk.previous, interval))
            earliest.append(after(walk.previous, place.product_interval or interval))
        found = _Open(place, max(earliest), max(due))
        if self._is_live(place.vaccine):
            self._keep_apart_from_given(found)
        if self._is_past(place, found.due):
            return _Open(place)
        return found

    def _is_past(self, place: Place, due: date | None) -> bool:
        if place.upper_age is None or due is None:
            return False
        return max(due, self._asked_on) >= after(self._birth, place.upper_age)

    def _keep_apart_from_given(self, found: _Open) -> None:
        """28 days after every live injectable given; what is due already may come on the very day
        on which another is given (§4).
        """
        for on in self._live_given:
            if found.due is None or found.due <= on == self._asked_on:
                continue
            self._move(found, max(found.due, on + self._apart))

    def _move(self, found: _Open, day: date) -> None:
        if day != found.due:
            found.earliest, found.due, found.moved = day, day, True

    def _settle(self, walk: _Walk, found: _Open) -> None:
        walk.waiting.pop(0)
        walk.planned[found.place.no] = found
        if found.due is None:
            walk.missed = True
            return
        walk.previous = max(found.due, self._asked_on)
        if found.place.no == 1:
            walk.first = walk.previous

    def _plan_live(self) -> None:
        """Live doses to come, in order of their day: those less than 28 days apart are planned for
        one day, the later one; what would come less than 28 days after that is put off.
        """
        last: date | None = None
        while True:
            waiting = [(walk, self._next(walk)) for walk in self._walks if walk.waiting]
            ready = [(walk, found) for walk, found in waiting if not self._is_upcoming(found)]
            for walk, found in ready:
                self._settle(walk, found)
            if ready:
                continue
            if not waiting:
                return
            for _, found in waiting:
                if last is not None and last != _day(found) < last + self._apart:
                    self._move(found, last + self._apart)
            first = min(_day(found) for _, found in waiting)
            together = [item for item in waiting if _day(item[1]) < first + self._apart]
            last = max(_day(found) for _, found in together)
            for walk, found in together:
                self._move(found, last)
                self._settle(walk, found)

    def _is_upcoming(self, found: _Open) -> bool:
        """A live dose whose day is still to come; all others are settled as they stand."""
        return (
            found.due is not None
            and found.due > self._asked_on
            and self._is_live(found.place.vaccine)
        )

    def _told(self, walk: _Walk, place: Place) -> ForecastDose:
        line = walk.line
        taken = line.taken.get(place.no)
        planned = walk.planned.get(place.no)
        status, note = self._status(line, place, taken, planned)
        vaccine = self._edition.vaccines[place.vaccine]
        return ForecastDose(
            dose_id=place.dose_id,
            series=line.series.name,
            no=place.no,
            vaccine=place.vaccine,
            label=vaccine.label,
            prevents=vaccine.prevents,
            status=status,
            earliest=planned.earliest if planned else None,
            due=planned.due if planned else None,
            complete_before=self._complete_before(walk, place),
            given_on=taken.on if taken else None,
            note=note,
        )

    def _status(
        self, line: Line, place: Place, taken: Given | None, planned: _Open | None
    ) -> tuple[str, str | None]:
        if taken is not None:
            return DONE, None
        if line.complete:
            return NOT_NEEDED, None
        if line.superseded:
            return TOO_LATE, DT_NOTE
        if planned is None or planned.due is None:
            return TOO_LATE, None
        reached = [note for age, note in place.notes if after(self._birth, age) <= self._asked_on]
        note = reached[-1] if reached else (LIVE_NOTE if planned.moved else None)
        if self._asked_on < planned.due:
            return UPCOMING, note
        late = add_months(planned.due, self._edition.settings.timely_months)
        return (OVERDUE if self._asked_on > late else DUE), note

    def _complete_before(self, walk: _Walk, place: Place) -> date | None:
        if place.complete_before is not None:
            return after(self._birth, place.complete_before)
        if place.complete_after_first is not None and walk.first is not None:
            return after(walk.first, place.complete_after_first) + timedelta(days=1)
        return None
