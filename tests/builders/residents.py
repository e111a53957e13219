"""Households and residents as rows, for tests of rooms that only read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from backend import tables
from backend.geo.rules import county_of
from backend.house import House
from backend.kernel.ids import new_id
from tests.builders.areas import VILLAGE


def make_household(
    house: House, session: Session, village: str = VILLAGE, **changes: Any
) -> tables.residents.HouseholdRow:
    """A registered household; ``changes`` replace columns."""
    values: dict[str, Any] = {
        "id": new_id(),
        "county_code": county_of(village),
        "village_code": village,
        "no": "0001",
        "address": "一组 1 号",
        "head_name": "张大山",
        "lng": 104.05,
        "lat": 30.05,
        "status": "1",
        "details": {},
        "created_at": house.clock(),
        "updated_at": house.clock(),
    }
    row = tables.residents.HouseholdRow(**(values | changes))
    session.add(row)
    session.flush()
    return row


def resident_row(
    house: House,
    village: str = VILLAGE,
    *,
    id_no: str | None = None,
    phone: str | None = None,
    contact_phone: str | None = None,
    **changes: Any,
) -> tables.residents.ResidentRow:
    """An active resident who is not in the database yet; ``changes`` replace columns."""
    vault = house.vault
    values: dict[str, Any] = {
        "id": new_id(),
        "county_code": county_of(village),
        "village_code": village,
        "name": "张秀英",
        "pinyin": "zhang xiu ying",
        "initials": "zxy",
        "sex": "2",
        "birth_date": date(1958, 3, 4),
        "id_no_locked": vault.lock(id_no),
        "id_no_digest": vault.digest("id_no", id_no),
        "id_no_tail": id_no[-4:] if id_no else None,
        "phone_locked": vault.lock(phone),
        "phone_digest": vault.digest("phone", phone),
        "phone_tail": phone[-4:] if phone else None,
        "contact_phone_locked": vault.lock(contact_phone),
        "status": "1",
        "details": {},
        "created_at": house.clock(),
        "updated_at": house.clock(),
    }
    return tables.residents.ResidentRow(**(values | changes))


def make_resident(
    house: House, session: Session, village: str = VILLAGE, **changes: Any
) -> tables.residents.ResidentRow:
    """An active resident; ``changes`` as for :func:`resident_row`."""
    row = resident_row(house, village, **changes)
    session.add(row)
    session.flush()
    return row
