"""The days a family is told of: the next visit to the clinic, checks of mother and child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.clinic import service as clinic
from backend.clinic.model import ClinicDay
from backend.followups import service as followups
from backend.followups.model import REQUESTED, Task
from backend.geo import service as geo
from backend.geo.model import Area
from backend.geo.rules import township_of
from backend.immunization.model import DUE, OVERDUE, UPCOMING, ForecastDose
from backend.kernel.holidays import Holidays
from backend.residents.model import Resident

_AHEAD = (DUE, OVERDUE, UPCOMING)
MOTHERS = ("postpartum", "postpartum_42d")
_CHILDS = ("newborn", "newborn_full_month", "child")
"""Services whose dates a family is shown: the name and the days, never a finding."""
_CHECKS_AHEAD = timedelta(days=400)
_HOLIDAYS_AHEAD = timedelta(days=120)


def areas_of(session: Session, child: Resident) -> Mapping[str, Area]:
    """The child's village and township, by code."""
    return geo.names(session, (child.village_code, township_of(child.village_code)))


def clinic_of(areas: Mapping[str, Area], village_code: str) -> dict[str, Any]:
    """Where children are vaccinated: the township's clinic, else the village's."""
    both = (areas.get(township_of(village_code)), areas.get(village_code))
    known = next((a for a in both if a is not None and a.clinic_name), None)
    return {
        "name": None if known is None else known.clinic_name,
        "phone": None if known is None else known.clinic_phone,
        "address": None if known is None else known.clinic_address,
    }


def next_visit(doses: Sequence[ForecastDose], today: date) -> dict[str, Any] | None:
    """The next visit: everything that may be given on the first day something can be given.

    Of a series only the first open dose: the ones behind it wait for it.
    """
    first: dict[str, ForecastDose] = {}
    for dose in doses:
        if dose.status in _AHEAD and dose.due is not None:
            first.setdefault(dose.series, dose)
    ahead = [(dose.due, dose.label) for dose in first.values() if dose.due is not None]
    if not ahead:
        return None
    on = max(today, min(due for due, _ in ahead))
    return {"on": on, "vaccines": [label for due, label in ahead if due <= on]}


def visit_ahead(
    session: Session,
    child: Resident,
    doses: Sequence[ForecastDose],
    today: date,
    holidays: Holidays,
) -> dict[str, Any] | None:
    """The next visit with the clinic's own day; not on a holiday, unless the clinic is there."""
    ahead = next_visit(doses, today)
    if ahead is None:
        return None
    day = day_for(session, child, ahead["on"])
    holiday = holidays.on(ahead["on"])
    if holiday is not None and (day is None or day.on > holiday.last):
        ahead = next_visit(doses, holidays.open_day(ahead["on"]))
    return ahead and {**ahead, "day": day}


def closings(day: ClinicDay | None, today: date, holidays: Holidays) -> list[dict[str, Any]]:
    """Holidays of the next months on which the clinic is closed, as far as is known.

    :param day: the clinic's own next day, where one is set
    """
    found = holidays.between(today, today + _HOLIDAYS_AHEAD)
    return [one.as_json() for one in found if day is None or not one.first <= day.on <= one.last]


def day_for(session: Session, child: Resident, on: date) -> ClinicDay | None:
    """The clinic day on which the child can come, on or after a day."""
    return clinic.days_for(session, [child.village_code], on)[child.village_code]


def checks_of(session: Session, child: Resident, today: date) -> list[dict[str, Any]]:
    """The dates of the mother's and the child's open checks: which, from when to when."""
    return [
        {
            "who": "mother" if task.service in MOTHERS else "child",
            "service": task.service,
            "opens": task.opens,
            "due": task.due,
            "closes": task.closes,
            "late": task.closes < today,
        }
        for task in open_checks(session, child, today)
    ]


def open_checks(session: Session, child: Resident, today: date) -> list[Task]:
    """Open tasks of the child and of its mother that a family is told of, the earliest first."""
    services: dict[str, tuple[str, ...]] = {child.id: _CHILDS}
    if child.mother_id is not None:
        services[child.mother_id] = MOTHERS
    stored = followups.of_subjects(session, services)
    found = [
        task
        for subject, wanted in services.items()
        for task in stored.get(subject, ())
        if task.service in wanted
        and task.state == REQUESTED
        and task.opens <= today + _CHECKS_AHEAD
    ]
    return sorted(found, key=lambda task: (task.due, task.service))
