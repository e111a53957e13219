"""Which number a resident's own reminders go to."""

from __future__ import annotations

from datetime import date

import pytest

from backend.reminders.numbers import own_number
from backend.residents.model import GUARDIAN, SELF, Resident
from tests.builders.areas import VILLAGE

OWN, CONTACT, LANDLINE = "13900000001", "13900000002", "0871-1234567"


@pytest.mark.parametrize(
    ("phone", "contact", "given_by", "to"),
    [
        (OWN, CONTACT, SELF, OWN),
        (LANDLINE, CONTACT, SELF, CONTACT),  # many elders use a child's telephone
        (None, CONTACT, SELF, CONTACT),
        (OWN, CONTACT, GUARDIAN, CONTACT),
        (OWN, None, GUARDIAN, OWN),
        (LANDLINE, None, SELF, None),
        (None, None, SELF, None),
    ],
)
def test_the_number_of_whoever_agreed(
    phone: str | None, contact: str | None, given_by: str, to: str | None
) -> None:
    resident = Resident(
        "r", VILLAGE, "张秀英", "2", date(1957, 6, 15), phone=phone, contact_phone=contact
    )
    assert own_number(resident, given_by) == to
