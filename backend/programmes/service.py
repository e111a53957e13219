"""Use cases on programmes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from backend.programmes import store
from backend.programmes.model import Enrolment, Policy
from backend.programmes.rules import parameters_on

Overrides: TypeAlias = Callable[[date], Mapping[str, Any]]
"""What an area's policies say of one programme's parameters, by day."""


class Policies:
    """Everything the policies say in one area: one query for all programmes and all days."""

    def __init__(self, found: Iterable[Policy], area_code: str) -> None:
        self._found = tuple(found)
        self._area_code = area_code

    def of(self, programme: str) -> Overrides:
        """What they say of one programme."""
        mine = [policy for policy in self._found if policy.programme == programme]
        return lambda day: parameters_on(mine, self._area_code, day)


def policies(session: Session, area_code: str) -> Policies:
    """The policies that count in an area."""
    return Policies(store.policies_over(session, [area_code]), area_code)


def policies_in(session: Session, area_codes: Iterable[str]) -> dict[str, Policies]:
    """The policies that count in each of the areas, in one query."""
    wanted = set(area_codes)
    found = store.policies_over(session, wanted)
    return {code: Policies(found, code) for code in wanted}


def overrides(session: Session, programme: str, area_code: str) -> Overrides:
    """What the area's policies say of one programme, by day."""
    return policies(session, area_code).of(programme)


def policies_of(session: Session, area_codes: Sequence[str]) -> list[Policy]:
    """Every policy that counts somewhere inside the areas, by id: what a phone of theirs keeps."""
    found = store.policies_over(session, area_codes) + store.policies_inside(session, area_codes)
    return sorted({policy.id: policy for policy in found}.values(), key=lambda policy: policy.id)


def policies_for(session: Session, programme: str) -> list[Policy]:
    """Every policy of a programme, wherever and whenever, by id."""
    return store.policies_for(session, programme)


def set_policy(session: Session, policy: Policy) -> None:
    """Put an area's policy in force; one of the same id is replaced."""
    store.save_policy(session, policy)


def enrol(session: Session, enrolments: Iterable[Enrolment], now: datetime) -> None:
    """Write enrolments, new or changed."""
    store.save(session, enrolments, now)


def enrolments(session: Session, resident_ids: Iterable[str]) -> dict[str, list[Enrolment]]:
    """Every enrolment of these residents, past ones included, oldest first."""
    return store.of_residents(session, resident_ids)
