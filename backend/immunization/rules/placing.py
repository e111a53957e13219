"""Which place of its series a given dose takes (immunization.md §2, §3, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from backend.immunization.model import (
    COUNTS,
    TOO_SOON,
    TOO_YOUNG,
    Edition,
    Place,
    Series,
    Span,
)
from backend.immunization.rules.reading import after


@dataclass(frozen=True)
class Given:
    """A dose with its place in the list it came in."""

    index: int
    vaccine: str
    on: date


@dataclass
class Line:
    """A series of one child: which places are taken by which dose.

    :param places: for a catch-up series those that the child needs
    :param objections: why a dose took no place, by its index
    """

    series: Series
    places: tuple[Place, ...]
    taken: dict[int, Given] = field(default_factory=dict)
    objections: dict[int, str] = field(default_factory=dict)
    complete: bool = False
    superseded: bool = False  # a catch-up series has taken over what is open here

    @property
    def open(self) -> list[Place]:
        return [place for place in self.places if place.no not in self.taken]

    def before(self, place: Place) -> Given | None:
        """The dose that took the nearest earlier place."""
        numbers = [no for no in self.taken if no < place.no]
        return self.taken[max(numbers)] if numbers else None


def lines_of(
    edition: Edition, birth: date, sex: str, given: Sequence[Given], asked_on: date
) -> list[Line]:
    """The series that hold for a child, with the doses in their places."""
    lines: dict[str, Line] = {}
    listed: list[Line] = []
    grace_days = edition.settings.grace_days
    for series in edition.series:
        if not _holds(series, edition, birth, sex):
            continue
        own = [dose for dose in given if series.name in _components(edition, dose.vaccine)]
        if series.catch_up_for is None:
            line = _fill(Line(series, series.places), own, birth, grace_days)
            line.complete = _complete_with(series, own)
            lines[series.name] = line
            listed.append(line)
            continue
        behind = lines.get(series.catch_up_for)
        if behind is not None:
            line_now = _catch_up(
                series, behind, own, birth, asked_on=asked_on, grace_days=grace_days
            )
            listed += [] if line_now is None else [line_now]
    return listed


def _holds(series: Series, edition: Edition, birth: date, sex: str) -> bool:
    settings = edition.settings
    born_after = series.born_after
    if born_after is not None and series.name == "HPV":
        born_after = settings.hpv_born_after or born_after  # the setting is the area's word on it
    return (
        all(getattr(settings, setting) == value for setting, value in series.product)
        and series.sex in (None, sex)
        and (born_after is None or birth > born_after)
    )


def _components(edition: Edition, vaccine: str) -> tuple[str, ...]:
    known = edition.vaccines.get(vaccine)
    return () if known is None else known.components


def _fill(line: Line, doses: Sequence[Given], birth: date, grace_days: int) -> Line:
    for dose in doses:
        place, missed = _next_place(line, dose, birth)
        if place is None:
            continue
        objection = _objection(line, place, dose, birth, grace_days, missed=missed)
        if objection is None:
            line.taken[place.no] = dose
        else:
            line.objections[dose.index] = objection
    return line


def _next_place(line: Line, dose: Given, birth: date) -> tuple[Place | None, bool]:
    """The next free place, and whether one was missed: a place whose upper age was reached on the
    day of the dose is passed over.
    """
    after_no = max(line.taken, default=0)
    missed = any(p.no < after_no and p.no not in line.taken for p in line.places)
    for place in line.places:
        if place.no <= after_no:
            continue
        if place.upper_age is not None and dose.on >= after(birth, place.upper_age):
            missed = True
            continue
        return place, missed
    return None, missed


def _objection(
    line: Line, place: Place, dose: Given, birth: date, grace_days: int, *, missed: bool
) -> str | None:
    grace = timedelta(days=grace_days)
    min_age = place.min_age
    if missed and place.catch_up_min_age is not None:
        min_age = place.catch_up_min_age
    if place.former_age is not None and place.former_before is not None:
        min_age = place.former_age if dose.on < place.former_before else min_age
    if dose.on < after(birth, min_age) - grace:
        return TOO_YOUNG
    previous, first = line.before(place), line.taken.get(1)
    interval = place.product_interval or interval_of(place, missed=missed)
    soonest: list[date] = []
    if previous is not None and interval is not None:
        soonest.append(after(previous.on, interval))
    if first is not None and place.from_first is not None:
        soonest.append(after(first.on, place.from_first))
    return TOO_SOON if any(dose.on < day - grace for day in soonest) else None


def interval_of(place: Place, *, missed: bool) -> Span | None:
    """From the dose before; shorter in a catch-up where the edition says so."""
    if missed and place.catch_up_interval is not None:
        return place.catch_up_interval
    return place.min_interval


def _complete_with(series: Series, doses: Sequence[Given]) -> bool:
    for rule in series.complete_with:
        count, previous = 0, None
        for dose in doses:
            apart = previous is None or dose.on >= after(previous, rule.min_interval)
            count += 1 if apart and dose.vaccine in rule.vaccines else 0
            previous = dose.on if apart else previous
        if count >= rule.doses:
            return True
    return False


def _catch_up(
    series: Series,
    behind: Line,
    doses: Sequence[Given],
    birth: date,
    *,
    asked_on: date,
    grace_days: int,
) -> Line | None:
    """A series that stands in for the open places of another from some age on (DT for DTaP)."""
    start = after(birth, series.places[0].min_age)
    if asked_on < start or not behind.open or behind.complete:
        return None
    own = {place.vaccine for place in series.places}
    counted = list(behind.taken.values())
    if len(counted) >= 3 and any(dose.vaccine in own for dose in counted):
        behind.complete = True  # at least three, one of them DT: nothing is missing (§5.5)
        return None
    needed = next((n for n in series.needed if n.given == len(counted)), None)
    behind.superseded = True
    if needed is None:
        return None
    places = tuple(
        replace(place, min_interval=span)
        for place, span in zip(series.places, needed.after, strict=False)
    )
    line = Line(series, places[: needed.doses])
    if counted:  # the last dose of the other series is the one before the first of this
        line.taken[0] = counted[-1]
    later = [dose for dose in doses if dose.on >= start and dose not in counted]
    return _fill(line, later, birth, grace_days)


def validity(lines: Sequence[Line], given: Sequence[Given]) -> tuple[str, ...]:
    """Of each dose, in the order of its index: whether it counts for any of its series, or why not.

    A vaccine nobody knows, and a dose of a series that is complete, meet no objection.
    """
    found: dict[int, str] = {}
    for dose in given:
        objections = [
            line.objections[dose.index] for line in lines if dose.index in line.objections
        ]
        taken = any(dose in line.taken.values() for line in lines)
        found[dose.index] = COUNTS if taken or not objections else min(objections)
    return tuple(found[index] for index in sorted(found))
