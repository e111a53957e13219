"""The forecast: every dose of a child's plan, told from its places and their days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from backend.immunization.model import (
    DONE,
    DUE,
    NO_FACTS,
    NOT_NEEDED,
    OVERDUE,
    TOO_LATE,
    UPCOMING,
    Edition,
    Facts,
    ForecastDose,
    Place,
)
from backend.immunization.rules.facts import any_holds
from backend.immunization.rules.placing import Child, Given, lines_of, validity
from backend.immunization.rules.planning import LIVE_NOTE, Open, Walk, plan
from backend.immunization.rules.reading import after, with_settings
from backend.kernel.dates import add_months

DT_NOTE = "use_dt"


def forecast(
    edition: Edition,
    birth_date: date,
    sex: str,
    doses: Sequence[tuple[str, date]],
    asked_on: date,
    *,
    settings: Mapping[str, Any] | None = None,
    facts: Facts = NO_FACTS,
) -> tuple[ForecastDose, ...]:
    """Every dose of the plan, in the order of the edition.

    :param doses: (vaccine, day) of those given, in any order
    :param asked_on: the day on which somebody asks
    :param settings: an area's own, over those of the edition
    :param facts: what is known of the child beside its doses
    """
    edition = with_settings(edition, settings)
    child = Child(birth_date, sex, facts, _in_order(doses), asked_on)
    walks = plan(edition, child, lines_of(edition, child))
    return tuple(_told(edition, child, walk, place) for walk in walks for place in walk.line.places)


def validity_of(
    edition: Edition,
    birth_date: date,
    sex: str,
    doses: Sequence[tuple[str, date]],
    asked_on: date,
    *,
    settings: Mapping[str, Any] | None = None,
    facts: Facts = NO_FACTS,
) -> tuple[str, ...]:
    """Of each dose as listed: 1 it counts, 2 before the minimum age, 3 interval too short (§3)."""
    edition = with_settings(edition, settings)
    child = Child(birth_date, sex, facts, _in_order(doses), asked_on)
    return validity(lines_of(edition, child), child.given)


def _in_order(doses: Sequence[tuple[str, date]]) -> tuple[Given, ...]:
    listed = [Given(index, vaccine, on) for index, (vaccine, on) in enumerate(doses)]
    return tuple(sorted(listed, key=lambda dose: (dose.on, dose.vaccine, dose.index)))


def _told(edition: Edition, child: Child, walk: Walk, place: Place) -> ForecastDose:
    taken = walk.line.taken.get(place.no)
    planned = walk.planned.get(place.no)
    status, note = _status(edition, child, walk, place, planned)
    code = place.vaccine if planned is None else planned.vaccine
    vaccine = edition.vaccines[code]
    return ForecastDose(
        dose_id=place.dose_id,
        series=walk.line.series.name,
        no=place.no,
        vaccine=code,
        label=vaccine.label,
        prevents=vaccine.prevents,
        status=status,
        earliest=planned.earliest if planned else None,
        due=planned.due if planned else None,
        complete_before=_complete_before(child, walk, place),
        given_on=taken.on if taken else None,
        note=note,
    )


def _status(
    edition: Edition, child: Child, walk: Walk, place: Place, planned: Open | None
) -> tuple[str, str | None]:
    line = walk.line
    if place.no in line.taken:
        return DONE, None
    if line.complete:
        return NOT_NEEDED, None
    if line.superseded:
        return TOO_LATE, DT_NOTE
    if planned is None or planned.due is None:
        return (planned.gone or TOO_LATE, planned.moved) if planned else (TOO_LATE, None)
    note = _note(child, place, planned)
    if child.asked_on < planned.due:
        return UPCOMING, note
    late = add_months(planned.due, edition.settings.timely_months)
    return (OVERDUE if child.asked_on > late else DUE), note


def _note(child: Child, place: Place, planned: Open) -> str | None:
    """What put the dose off, or what the edition says of it, or that it waits for another."""
    if planned.moved not in (None, LIVE_NOTE):
        return planned.moved
    for said in reversed(place.notes):
        if (
            child.asked_on >= child.at_age(said.from_age)
            and (not said.when or any_holds(said.when, child.facts))
            and (not said.had or any(dose.vaccine in said.had for dose in child.given))
        ):
            return said.note
    return planned.moved


def _complete_before(child: Child, walk: Walk, place: Place) -> date | None:
    if place.complete_before is not None:
        return child.at_age(place.complete_before)
    if place.complete_after_first is not None and walk.first is not None:
        return after(walk.first, place.complete_after_first) + timedelta(days=1)
    return None
