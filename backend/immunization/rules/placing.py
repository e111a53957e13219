"""Which place of its series a given dose takes (immunization.md §2, §3, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from backend.immunization.model import (
    COUNTS,
    TOO_SOON,
    TOO_YOUNG,
    CompleteWith,
    Edition,
    Facts,
    Place,
    Series,
    Span,
)
from backend.immunization.rules.facts import any_holds
from backend.immunization.rules.reading import after


@dataclass(frozen=True, slots=True)
class Given:
    """A dose with its place in the list it came in."""

    index: int
    vaccine: str
    on: date


@dataclass(frozen=True)
class Child:
    """Whom a forecast is about, and when somebody asks.

    :param given: in the order of their days
    """

    birth: date
    sex: str
    facts: Facts
    given: tuple[Given, ...]
    asked_on: date
    _ages: dict[tuple[int, int], date] = field(default_factory=dict, compare=False)

    def at_age(self, span: Span) -> date:
        """The day on which the child reaches an age; tables ask for the same few over and over."""
        key = (span.months, span.days)
        day = self._ages.get(key)
        if day is None:
            day = self._ages[key] = after(self.birth, span)
        return day


@dataclass
class Line:
    """A series of one child: which places are taken by which dose.

    :param places: for a catch-up series those that the child needs
    :param own: every dose of the series, whether it took a place or not
    :param last: number of the last place taken; doses take places in their order
    :param objections: why a dose took no place, by its index
    """

    series: Series
    places: tuple[Place, ...]
    own: tuple[Given, ...]
    taken: dict[int, Given] = field(default_factory=dict)
    last: int = 0
    objections: dict[int, str] = field(default_factory=dict)
    complete: bool = False
    superseded: bool = False  # a catch-up series has taken over what is open here

    @property
    def open(self) -> list[Place]:
        return [place for place in self.places if place.no not in self.taken]

    @property
    def first(self) -> Given | None:
        """The dose that ``from_first`` counts from."""
        return self.taken.get(self.series.first_no)


def lines_of(edition: Edition, child: Child) -> list[Line]:
    """The series that hold for a child, with the doses in their places."""
    lines: dict[str, Line] = {}
    grace = timedelta(days=edition.settings.grace_days)
    for series in edition.series:
        if series.name in lines or not _holds(series, edition, child):
            continue
        own = tuple(dose for dose in child.given if dose.vaccine in series.counts)
        if series.catch_up_for is None:
            line = _fill(Line(series, series.places, own), own, edition, child, grace)
            _complete(line, child, grace)
            lines[series.name] = line
            continue
        behind = lines.get(series.catch_up_for)
        made = None if behind is None else _catch_up(series, behind, own, edition, child, grace)
        if made is not None:
            lines[series.name] = made
    return list(lines.values())


def _holds(series: Series, edition: Edition, child: Child) -> bool:
    settings = edition.settings
    born_after = series.born_after
    if series.born_after_setting is not None:
        born_after = getattr(settings, series.born_after_setting) or born_after
    if series.product or series.when:
        fits = bool(series.product) and all(
            getattr(settings, setting) == value for setting, value in series.product
        )
        if not fits and not any_holds(series.when, child.facts):
            return False
    return (
        series.sex in (None, child.sex)
        and (born_after is None or child.birth > born_after)
        and (series.born_before is None or child.birth < series.born_before)
        and (not series.had or any(dose.vaccine in series.had for dose in child.given))
    )


def _fill(
    line: Line, doses: Sequence[Given], edition: Edition, child: Child, grace: timedelta
) -> Line:
    for dose in doses:
        place, missed = _next_place(line, dose, child)
        if place is None or not _leaves_enough(line, place, dose, edition):
            continue
        objection = _objection(line, place, dose, child, grace, missed=missed)
        if objection is None:
            line.taken[place.no] = dose
            line.last = place.no
        else:
            line.objections[dose.index] = objection
    return line


def _next_place(line: Line, dose: Given, child: Child) -> tuple[Place | None, bool]:
    """The next free place, and whether one was missed: a place whose upper age was reached on the
    day of the dose is passed over.
    """
    missed = line.last > 0 and any(
        place.no < line.last and place.no not in line.taken for place in line.places
    )
    for place in line.places:
        if place.no <= line.last:
            continue
        if place.upper_age is not None and dose.on >= child.at_age(place.upper_age):
            missed = True
            continue
        fits = place.accepts is None or dose.vaccine in place.accepts
        return (place if fits else None), missed
    return None, missed


def _leaves_enough(line: Line, place: Place, dose: Given, edition: Edition) -> bool:
    """Whether the places after this one can still give every part that the series requires.

    Two doses of measles vaccine leave rubella and mumps out, so the second takes no place.
    """
    if not line.series.requires:
        return True
    vaccines = [*(taken.vaccine for taken in line.taken.values()), dose.vaccine]
    vaccines += [later.vaccine for later in line.places if later.no > place.no]
    return all(
        sum(part in edition.vaccines[vaccine].components for vaccine in vaccines) >= doses
        for part, doses in line.series.requires.items()
    )


def _objection(
    line: Line, place: Place, dose: Given, child: Child, grace: timedelta, *, missed: bool
) -> str | None:
    min_age = place.min_age
    if missed and place.catch_up_min_age is not None:
        min_age = place.catch_up_min_age
    if place.former_age is not None and place.former_before is not None:
        min_age = place.former_age if dose.on < place.former_before else min_age
    if dose.on < child.at_age(min_age) - grace:
        return TOO_YOUNG
    interval = place.product_interval or interval_of(place, missed=missed)
    soonest: list[date] = []
    if place.after_vaccine:
        soonest += after_vaccines(place, [d for d in line.own if d.on < dose.on])
    previous = line.taken.get(line.last)
    if previous is not None and interval is not None:
        soonest.append(after(previous.on, interval))
    if line.first is not None and place.from_first is not None:
        soonest.append(after(line.first.on, place.from_first))
    return TOO_SOON if any(dose.on < day - grace for day in soonest) else None


def interval_of(place: Place, *, missed: bool) -> Span | None:
    """From the dose before; shorter in a catch-up where the edition says so."""
    if missed and place.catch_up_interval is not None:
        return place.catch_up_interval
    return place.min_interval


def after_vaccines(place: Place, doses: Sequence[Given]) -> list[date]:
    """The days from which a place may be taken after doses of other vaccines of its series."""
    return [
        after(dose.on, rule.interval)
        for rule in place.after_vaccine
        for dose in doses
        if dose.vaccine in rule.vaccines
    ]


def _complete(line: Line, child: Child, grace: timedelta) -> None:
    """Mark a series that other doses have completed; those doses meet no objection then."""
    for rule in line.series.complete_with:
        if child.asked_on < child.at_age(rule.reached_age):
            continue
        youngest = child.at_age(line.places[0].min_age) - grace
        end = date.max if rule.before_age is None else child.at_age(rule.before_age)
        apart = _apart([d for d in line.own if youngest <= d.on < end], rule, grace)
        from_day = child.at_age(rule.from_age) - grace
        counted = [d for d in apart if d.vaccine in rule.vaccines and d.on >= from_day]
        if len(counted) >= rule.doses and len(apart) >= rule.total:
            line.complete = True
            for dose in counted:
                line.objections.pop(dose.index, None)


def _apart(doses: Sequence[Given], rule: CompleteWith, grace: timedelta) -> list[Given]:
    found: list[Given] = []
    for dose in doses:
        if not found or dose.on >= after(found[-1].on, rule.min_interval) - grace:
            found.append(dose)
    return found


def _catch_up(
    series: Series,
    behind: Line,
    doses: Sequence[Given],
    edition: Edition,
    child: Child,
    grace: timedelta,
) -> Line | None:
    """A series that stands in for the open places of another from some age on (DT for DTaP)."""
    start = child.at_age(series.places[0].min_age)
    if child.asked_on < start or not behind.open or behind.complete:
        return None
    counted = list(behind.taken.values())
    needed = next((n for n in series.needed if n.given == len(counted)), None)
    behind.superseded = True
    if needed is None:
        return None
    places = tuple(
        replace(place, min_interval=span)
        for place, span in zip(series.places, needed.after, strict=False)
    )
    later = tuple(dose for dose in doses if dose.on >= start and dose not in counted)
    line = Line(series, places[: needed.doses], later)
    if counted:  # the last dose of the other series is the one before the first of this
        line.taken[0] = counted[-1]
    return _fill(line, later, edition, child, grace)


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
