"""Residents, households and caregivers' links as nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

ACTIVE = "1"
MOVED_OUT = "2"
LOST = "3"
DIED = "4"


@dataclass(frozen=True)
class Household:
    """People of one dwelling (forms.md §1.1).

    :param place: (lng, lat) of the door, WGS-84
    :param details: the other answers of the household form
    """

    id: str
    village_code: str
    no: str
    address: str
    head_name: str
    group_name: str | None = None
    phone: str | None = None
    place: tuple[float, float] | None = None
    responsible_worker_id: str | None = None
    status: str = ACTIVE
    details: Mapping[str, Any] = field(default_factory=dict)
    source_submission_id: str | None = None


@dataclass(frozen=True)
class Resident:
    """A person who receives services (forms.md §2).

    :param sex: GB/T 2261.1
    :param relation_to_head: GB/T 4761: what this person is to the head of the household
    :param status: 1 active, 2 moved out, 3 lost, 4 died, 9 closed
    :param merged_into: the survivor, when this record turned out to be of the same person
    :param origin_submission_id: the delivery notice that brought a newborn into the register
    """

    id: str
    village_code: str
    name: str
    sex: str
    birth_date: date
    household_id: str | None = None
    relation_to_head: str | None = None
    id_type: str | None = None
    id_no: str | None = None
    phone: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    mother_id: str | None = None
    origin_submission_id: str | None = None
    status: str = ACTIVE
    status_on: date | None = None
    merged_into: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    source_submission_id: str | None = None


@dataclass(frozen=True)
class RegisterLine:
    """What of a resident's row the calendar asks for: nothing that is locked or names anybody."""

    id: str
    village_code: str
    household_id: str | None
    birth_date: date
    sex: str
    origin_submission_id: str | None


VACCINATION_REMINDER = "vaccination_reminder"
VACCINATION_SMS = "vaccination_sms"
FOLLOWUP_SMS = "followup_sms"
"""Purposes of a consent: being reminded of a child's doses by push, and by SMS at the number in the
register; of the own follow-ups by SMS."""

SELF = "self"
GUARDIAN = "guardian"
"""Who gave a consent."""


@dataclass(frozen=True)
class ConsentTold:
    """What somebody said about being written to.

    :param given: false: they want no more of it
    :param at: when they said so
    """

    resident_id: str
    purpose: str
    given: bool
    given_by: str
    at: datetime


@dataclass(frozen=True)
class Consent:
    """A purpose that somebody agreed to, and until when that held (PIPL 14, 15).

    :param given_by: ``self`` or ``guardian``
    """

    purpose: str
    given_by: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class FamilyLink:
    """A caregiver's key to one child's vaccine plan.

    :param feed_tells: what the calendar feed of this link tells: ``dates`` or ``vaccines``; nothing
        while there is none
    """

    id: str
    child_id: str
    token_sha256: str
    made_by: str
    expires_on: date
    source_submission_id: str | None = None
    revoked: bool = False
    made_at: datetime | None = None
    last_used_at: datetime | None = None
    feed_tells: str | None = None
    feed_language: str | None = None

    def is_live(self, today: date) -> bool:
        """True while it opens the page."""
        return not self.revoked and today <= self.expires_on
