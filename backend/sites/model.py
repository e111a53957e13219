"""Sites as nouns: places that are looked after, where nobody is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

OPEN = "1"
CLOSED = "2"


@dataclass(frozen=True)
class Site:
    """A school, clinic, food shop, water point or the like.

    :param type: code list ``site_types``
    :param place: (lng, lat) of the door, WGS-84
    :param status: 1 open, 2 closed
    :param merged_into: the survivor, when this site was registered twice
    :param details: the other answers of the form that registered it
    """

    id: str
    village_code: str
    name: str
    type: str
    address: str | None = None
    place: tuple[float, float] | None = None
    contact_name: str | None = None
    phone: str | None = None
    registered_on: date | None = None
    status: str = OPEN
    merged_into: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    source_submission_id: str | None = None


@dataclass(frozen=True)
class SiteLine:
    """A site as the calendar reads it: nothing of it has to be unlocked."""

    id: str
    village_code: str
    registered_on: date | None


@dataclass(frozen=True, slots=True)
class CountedSite:
    """What of a site is counted."""

    village_code: str
    registered_on: date
    status: str
