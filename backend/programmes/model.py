"""Programmes as nouns: who is enrolled, and what an area decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Enrolment:
    """A resident's membership of a programme (a service register).

    :param grade: as the programme names its grades, such as hypertension 1-3
    :param until: last day of membership; nothing while it lasts
    """

    id: str
    resident_id: str
    village_code: str
    programme: str
    since: date
    grade: str | None = None
    until: date | None = None
    left_reason: str | None = None
    source_submission_id: str | None = None

    def lasts_on(self, day: date) -> bool:
        """True when the resident is a member on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Policy:
    """Parameters of a programme that an area sets for a period.

    :param area_code: county, township or village; everything inside follows
    :param to_on: last day; nothing for 'until further notice'
    :param parameters: replaces parameters of the programme's file, by name
    """

    id: str
    programme: str
    area_code: str
    from_on: date
    to_on: date | None
    parameters: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As phones keep it. Twin of ``Policy`` in pwa/src/api/wire.ts."""
        return {
            "id": self.id,
            "programme": self.programme,
            "area_code": self.area_code,
            "from_on": self.from_on.isoformat(),
            "to_on": None if self.to_on is None else self.to_on.isoformat(),
            "parameters": dict(self.parameters),
        }
