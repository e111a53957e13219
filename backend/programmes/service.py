"""Use cases on programmes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.programmes import store
from backend.programmes.model import Enrolment
from backend.programmes.rules import parameters_on


def parameters(
    session: Session, programme: str, area_code: str, day: date, defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """A programme's parameters in an area on a day: the file's, the area's policies over them."""
    return {**defaults, **overrides(session, programme, area_code)(day)}


def overrides(
    session: Session, programme: str, area_code: str
) -> Callable[[date], Mapping[str, Any]]:
    """What the area's policies say, by day: one query for a whole history of visits."""
    policies = store.policies_over(session, programme, area_code)

    def on(day: date) -> Mapping[str, Any]:
        return parameters_on(policies, area_code, day)

    return on


def enrol(session: Session, enrolments: Iterable[Enrolment], now: datetime) -> None:
    """Write enrolments, new or changed."""
    store.save(session, enrolments, now)


def enrolments(session: Session, resident_ids: Iterable[str]) -> dict[str, list[Enrolment]]:
    """Every enrolment of these residents, past ones included, oldest first."""
    return store.of_residents(session, resident_ids)
