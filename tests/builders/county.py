"""A county with its people: a doctor in each of two townships, a reviewer, a supervisor."""

from __future__ import annotations

from dataclasses import dataclass

from apiflask import APIFlask

from backend.house import House
from tests.builders.accounts import Page, make_account, make_phone
from tests.builders.areas import (
    COUNTY,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    SIBLING_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    make_county,
)


@dataclass(frozen=True)
class County:
    """Pages on which each of them is signed in; doctors with an enrolled phone."""

    doctor: Page
    sibling_doctor: Page
    other_doctor: Page
    reviewer: Page
    other_reviewer: Page
    supervisor: Page


def make_people(app: APIFlask) -> County:
    """The county with everybody signed in."""
    house: House = app.extensions["suifang"]
    with house.write() as session:
        make_county(session)
        doctors = [
            make_account(house, session, "worker", (village,), login=login, name=name)
            for village, login, name in (
                (VILLAGE, "doctor", "张玉兰"),
                (SIBLING_VILLAGE, "sibling", "李长顺"),
                (OTHER_VILLAGE, "other", "陈国强"),
            )
        ]
        phones = [make_phone(house, session, doctor) for doctor in doctors]
        staff = [
            make_account(house, session, role, (area,), login=login, name=name)
            for role, area, login, name in (
                ("reviewer", TOWNSHIP, "reviewer", "赵敏"),
                ("reviewer", OTHER_TOWNSHIP, "otherreviewer", "周杰"),
                ("supervisor", COUNTY, "supervisor", "吴芳"),
            )
        ]
    pages = [Page(app, doctor, phone) for doctor, phone in zip(doctors, phones, strict=True)]
    return County(*pages, *(Page(app, account) for account in staff))
