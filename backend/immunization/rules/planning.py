"""When the open places of a child's series are due (schemas/cases/README.md, immunization)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend.immunization.model import NOT_NEEDED, TOO_LATE, Edition, Facts, Place
from backend.immunization.rules.facts import any_holds
from backend.immunization.rules.placing import Child, Given, Line, after_vaccines, interval_of
from backend.immunization.rules.reading import after

LIVE_NOTE = "same_day_or_28d"
IMMUNOGLOBULIN_NOTE = "after_immunoglobulin"
DEFERRED_NOTE = "deferred"
CONTRAINDICATED_NOTE = "contraindicated"


@dataclass(slots=True)
class Open:
    """An open place on its way to a date.

    :param vaccine: the one to give, where it is not that of the table
    :param due: nothing when the dose will not be given
    :param gone: why it will not be given: ``too_late``, ``not_needed``
    :param moved: note of what moved it last
    """

    place: Place
    vaccine: str
    earliest: date | None = None
    due: date | None = None
    gone: str | None = None
    moved: str | None = None

    def not_before(self, day: date, note: str) -> None:
        """Put it off to a day, when it would come earlier."""
        if self.due is None or self.earliest is None:
            return
        if day > self.due:
            self.due, self.moved = day, note
        self.earliest = max(self.earliest, day)


@dataclass
class Walk:
    """A series as far as it is planned.

    :param head: the first of ``waiting`` with its own day, once it was worked out
    :param owed: vaccine -> how many open doses must still be of it
    """

    line: Line
    waiting: list[Place]
    previous: date | None
    first: date | None
    missed: bool
    owed: dict[str, int]
    head: Open | None = None
    planned: dict[int, Open] = field(default_factory=dict)


def plan(edition: Edition, child: Child, lines: Sequence[Line]) -> list[Walk]:
    """Every open place of every series with its day."""
    return _Plan(edition, child, lines).walks


class _Plan:
    def __init__(self, edition: Edition, child: Child, lines: Sequence[Line]) -> None:
        self._edition = edition
        self._child = child
        self._apart = timedelta(days=edition.settings.live_interval_days)
        self._live = {code for code, one in edition.vaccines.items() if one.live_injectable}
        self._live_given = [dose.on for dose in child.given if dose.vaccine in self._live]
        self._out = _never(edition, child.facts)
        self.walks = [self._begin(line) for line in lines]
        for walk in self.walks:
            while walk.waiting and not self._is_upcoming(self._next(walk)):
                self._settle(walk)
        self._plan_live()

    def _begin(self, line: Line) -> Walk:
        """Places after the last one taken are planned; open ones before it were missed."""
        last, previous = line.last, line.taken.get(line.last)
        done = line.complete or line.superseded
        waiting = [] if done else [place for place in line.places if place.no > last]
        return Walk(
            line=line,
            waiting=waiting,
            previous=None if previous is None else previous.on,
            first=None if line.first is None else line.first.on,
            missed=any(place.no < last and place.no not in line.taken for place in line.places),
            owed={
                rule.vaccine: rule.doses - _count(line.taken.values(), rule.of)
                for rule in line.series.at_least
            },
        )

    def _next(self, walk: Walk) -> Open:
        """The next place of a series with its own day; the series goes on when it is settled."""
        if walk.head is None:
            walk.head = self._opened(walk, walk.waiting[0])
        return walk.head

    def _opened(self, walk: Walk, place: Place) -> Open:
        vaccine = next((v for v, doses in walk.owed.items() if doses > 0), place.vaccine)
        if any_holds(place.not_needed_when, self._child.facts):
            return Open(place, vaccine, gone=NOT_NEEDED)
        if vaccine in self._out:
            return Open(place, vaccine, gone=NOT_NEEDED, moved=CONTRAINDICATED_NOTE)
        found = self._by_the_table(walk, place, vaccine)
        self._keep_after(found, walk.line.series.counts)
        if vaccine in self._live:
            self._keep_apart_from_given(found)
        if place.upper_age is not None and found.due is not None:
            limit = self._child.at_age(place.upper_age)
            if max(found.due, self._child.asked_on) >= limit:
                return Open(place, vaccine, gone=TOO_LATE)
        return found

    def _by_the_table(self, walk: Walk, place: Place, vaccine: str) -> Open:
        """By age and by distance from the doses before."""
        age = place.catch_up_min_age if walk.missed and place.catch_up_min_age else place.min_age
        days = [self._child.at_age(age), *after_vaccines(place, walk.line.own)]
        if walk.first is not None and place.from_first is not None:
            days.append(after(walk.first, place.from_first))
        due = earliest = max(days)
        interval = interval_of(place, missed=walk.missed)
        if walk.previous is not None and interval is not None:
            due = max(due, after(walk.previous, interval))
            earliest = max(earliest, after(walk.previous, place.product_interval or interval))
        return Open(place, vaccine, earliest, due)

    def _keep_after(self, found: Open, counts: frozenset[str]) -> None:
        """Not before the child is well again, nor soon after immunoglobulin (§4, §5)."""
        facts = self._child.facts
        span = self._edition.vaccines[found.vaccine].after_immunoglobulin
        if facts.immunoglobulin_on is not None and span is not None:
            found.not_before(after(facts.immunoglobulin_on, span), IMMUNOGLOBULIN_NOTE)
        if facts.defer_until is not None:
            found.not_before(facts.defer_until, DEFERRED_NOTE)
        for vaccine, until in facts.deferred:
            if vaccine in counts:
                found.not_before(until, DEFERRED_NOTE)

    def _keep_apart_from_given(self, found: Open) -> None:
        """28 days after every live injectable given; what is due already may come on the very day
        on which another is given (§4).
        """
        for on in self._live_given:
            if found.due is not None and not found.due <= on == self._child.asked_on:
                self._move(found, max(found.due, on + self._apart))

    def _move(self, found: Open, day: date) -> None:
        if day != found.due:
            found.earliest, found.due, found.moved = day, day, LIVE_NOTE

    def _settle(self, walk: Walk) -> None:
        found = self._next(walk)
        walk.waiting.pop(0)
        walk.head = None
        walk.planned[found.place.no] = found
        if found.due is None:
            walk.missed = walk.missed or found.gone == TOO_LATE
            return
        if found.vaccine in walk.owed:
            walk.owed[found.vaccine] -= 1
        walk.previous = max(found.due, self._child.asked_on)
        if found.place.no == walk.line.series.first_no:
            walk.first = walk.previous

    def _plan_live(self) -> None:
        """Live doses to come, in order of their day: those less than 28 days apart are planned for
        one day, the later one; what would come less than 28 days after that is put off.
        """
        last: date | None = None
        while waiting := [walk for walk in self.walks if walk.waiting]:
            days = [self._put_off(self._next(walk).due, last) for walk in waiting]
            until = min(days) + self._apart
            together = [(walk, day) for walk, day in zip(waiting, days, strict=True) if day < until]
            last = max(day for _, day in together)
            for walk, _ in together:
                self._move(self._next(walk), last)
                self._settle(walk)
                while walk.waiting and not self._is_upcoming(self._next(walk)):
                    self._settle(walk)

    def _put_off(self, due: date | None, last: date | None) -> date:
        day = due or date.max
        if last is not None and last != day < last + self._apart:
            return last + self._apart
        return day

    def _is_upcoming(self, found: Open) -> bool:
        """A live dose whose day is still to come; all others are settled as they stand."""
        return (
            found.due is not None
            and found.due > self._child.asked_on
            and found.vaccine in self._live
        )


def _never(edition: Edition, facts: Facts) -> set[str]:
    """Vaccines that this child must not be given."""
    by_edition = {
        code
        for code, vaccine in edition.vaccines.items()
        if vaccine.contraindicated_when and any_holds(vaccine.contraindicated_when, facts)
    }
    return by_edition | facts.contraindicated


def _count(doses: Iterable[Given], vaccines: frozenset[str]) -> int:
    return sum(dose.vaccine in vaccines for dose in doses)
