"""What a forecast says of the doses that are still to be given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from backend.clinic.model import WaitingDose
from backend.immunization.model import DUE, OVERDUE, UPCOMING, ForecastDose
from backend.kernel.dates import add_months

_OPEN = (DUE, OVERDUE, UPCOMING)


def waiting_doses(
    forecast: Iterable[ForecastDose], until: date, timely_months: int
) -> tuple[WaitingDose, ...]:
    """Open doses that are due until a day, by due date.

    Of a series only the first open dose is what the next visit is for: the ones behind it keep
    their interval from the day on which that one is really given.
    """
    reached: set[str] = set()
    found = []
    for dose in forecast:
        if dose.status not in _OPEN or dose.due is None:
            continue
        is_next = dose.series not in reached
        reached.add(dose.series)
        if dose.due <= until:
            found.append(
                WaitingDose(
                    dose.dose_id,
                    dose.series,
                    dose.no,
                    dose.vaccine,
                    dose.due,
                    add_months(dose.due, timely_months),
                    dose.complete_before,
                    dose.note,
                    is_next,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.due, one.dose_id)))


def for_visit(waiting: Iterable[WaitingDose], until: date) -> list[WaitingDose]:
    """Doses for which a child is asked to come until a day."""
    return [one for one in waiting if one.is_next and one.due <= until]


def missing(waiting: Iterable[WaitingDose], today: date) -> list[WaitingDose]:
    """Doses that a child of its age should have had, for the check at nursery and school entry."""
    return [one for one in waiting if one.due <= today]
