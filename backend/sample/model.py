"""What the generator yields beside the nouns of the domains themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.accounts.model import Role
from backend.geo.model import Area
from backend.programmes.model import Enrolment
from backend.residents.model import Household, Resident


@dataclass(frozen=True)
class Worker:
    """An account of the sample county.

    :param role: worker, reviewer, supervisor
    :param areas: area codes; for a worker the villages that he or she answers for
    """

    id: str
    login: str
    name: str
    role: Role
    areas: tuple[str, ...]


@dataclass(frozen=True)
class County:
    """The county of the sample.

    :param areas: county, townships and villages; codes and names are real, places are invented
    :param inhabited: the villages whose people are made, by code
    """

    areas: tuple[Area, ...]
    inhabited: tuple[Area, ...]
    workers: tuple[Worker, ...]


@dataclass(frozen=True)
class Visit:
    """A past submission, as the phone would have made it.

    :param fix: (lng, lat, accuracy in metres), or nothing where the phone found none
    :param confirmed: paths whose soft warning the doctor confirmed
    :param reviewed: whether the township has approved it
    """

    id: str
    form_key: str
    subject_kind: str
    subject_id: str
    household_id: str
    village_code: str
    worker_id: str
    visit_date: date
    started_at: datetime
    finalised_at: datetime
    received_at: datetime
    answers: Mapping[str, Any]
    confirmed: tuple[str, ...]
    fix: tuple[float, float, float] | None
    sitting_id: str
    reviewed: bool


@dataclass(frozen=True)
class GivenDose:
    """A dose copied from the vaccination certificate (forms.md §11, source 2)."""

    id: str
    resident_id: str
    village_code: str
    vaccine: str
    dose_no: int
    given_on: date


@dataclass(frozen=True)
class Family:
    """A household with everything that is known about it: the unit in which a sample is made."""

    household: Household
    residents: tuple[Resident, ...]
    enrolments: tuple[Enrolment, ...]
    visits: tuple[Visit, ...]
    doses: tuple[GivenDose, ...]
