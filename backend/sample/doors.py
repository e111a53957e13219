"""Who can come in: the sample's accounts that nobody has used yet, and one family's link."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import Account
from backend.accounts.service import administration
from backend.audit import service as audit
from backend.house import House
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months
from backend.kernel.ids import derived_id
from backend.kernel.sealing import b64
from backend.programmes import store as programme_store
from backend.residents import service as residents
from backend.residents.model import FamilyLink, Resident
from backend.residents.rules import LINK_MONTHS
from backend.residents.store import family as family_store
from backend.sample.county import account_id

INTRODUCED = ("doctor", "reviewer", "supervisor")


@dataclass(frozen=True)
class Person:
    """An account of the sample.

    :param password: its one-time password; nothing once somebody has signed in with it
    """

    login: str
    name: str
    role: str
    areas: tuple[str, ...]
    password: str | None


@dataclass(frozen=True)
class Doors:
    """What is printed when the house is open.

    :param child: name of the child behind the family link
    :param family_token: stands behind ``/family/#``
    :param born: the child's birth date, which the page asks for
    """

    people: tuple[Person, ...]
    child: str | None
    family_token: str | None
    born: date | None


def one_time_random(house: House, login: str) -> bytes:
    """16 bytes for a sample account's one-time password.

    They come from the installation's secret search key, so that a later run prints the same
    password again and none is kept anywhere.
    """
    return _secret(house, "sample_one_time_password", login)[:16]


def doors(house: House, *, everybody: bool) -> Doors:
    """The sample's people and a family, or nothing where no sample was loaded.

    Passwords are set anew, to the same value, so that they are good for another week.

    :param everybody: all doctors too, not only the three who are introduced
    """
    now = house.clock()
    with house.write() as session:
        logins = _logins(session) if everybody else INTRODUCED
        people = [
            _person(session, house, login, account, now)
            for login in logins
            if (account := accounts.account(session, account_id(login))) is not None
        ]
        child, token = _family(session, house, now) if people else (None, None)
    if child is None:
        return Doors(tuple(people), None, None, None)
    return Doors(tuple(people), child.name, token, child.birth_date)


def _logins(session: Session) -> Iterator[str]:
    yield from INTRODUCED
    for number in count(2):
        login = f"doctor{number}"
        if accounts.account(session, account_id(login)) is None:
            return
        yield login


def _person(session: Session, house: House, login: str, account: Account, now: datetime) -> Person:
    password = None
    if administration.never_used(session, account.id):
        password = administration.issue_one_time_password(
            session, account.id, random=one_time_random(house, login), now=now
        )
        audit.record(
            session,
            audit.SYSTEM,
            "one_time_password_issued",
            "account",
            account.id,
            area_code=None,
            detail={},
            now=now,
            request_id=None,
        )
    return Person(login, account.name, account.role, account.areas, password)


def _family(session: Session, house: House, now: datetime) -> tuple[Resident | None, str | None]:
    """A link to the plan of the first doctor's youngest child."""
    doctor = accounts.account(session, account_id("doctor"))
    if doctor is None:
        return None, None
    day = local_date(now)
    newborns = programme_store.members(session, "newborn", doctor.areas, day)
    found = residents.by_ids(session, house.vault, [newborn.resident_id for newborn in newborns])
    child = max(found.values(), key=lambda resident: resident.birth_date, default=None)
    if child is None:
        return None, None
    secret = _secret(house, "sample_family_link", f"{child.id}|{day.year}")
    token = b64(secret)
    digest = hashlib.sha256(token.encode()).hexdigest()
    family_store.add_link(
        session,
        FamilyLink(
            id=derived_id("sample", "family link", digest),
            child_id=child.id,
            token_sha256=digest,
            made_by=doctor.id,
            expires_on=add_months(day, LINK_MONTHS),
        ),
        now,
    )
    return child, token


def _secret(house: House, purpose: str, text: str) -> bytes:
    digest = house.vault.digest(purpose, text)
    if digest is None:
        raise ValueError("nothing to derive a secret from")
    return bytes.fromhex(digest)
