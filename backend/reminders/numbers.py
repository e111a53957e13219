"""The telephone numbers of a child's caregivers, as the register knows them.

Nobody types a number to be reminded by: a page that took one would send messages to strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from backend.kernel.vault import Vault
from backend.residents import service as residents
from backend.residents.model import GUARDIAN, VACCINATION_SMS, Household, Resident
from backend.residents.store import family

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def can_sms(session: Session, vault: Vault, child_ids: Iterable[str]) -> set[str]:
    """Children whose family agreed to messages by SMS and has a mobile number with us."""
    agreed = family.standing_consents(session, child_ids, VACCINATION_SMS)
    children = residents.by_ids(session, vault, agreed).values()
    return {child.id for child in children if sms_number(child) is not None}


def sms_number(child: Resident) -> str | None:
    """The number the family's page showed when they agreed: the contact's, else the child's."""
    return mobile(child.contact_phone or child.phone)


def own_number(resident: Resident, given_by: str) -> str | None:
    """The number of whoever agreed to messages about a resident: their own, and where they have
    none that of their contact; a guardian's is the contact's."""
    told = [resident.phone, resident.contact_phone]
    if given_by == GUARDIAN:
        told.reverse()
    return next((number for number in map(mobile, told) if number is not None), None)


def numbers_of(session: Session, vault: Vault, children: Iterable[Resident]) -> dict[str, str]:
    """Child -> the number a doctor calls: the contact's, its own, its mother's, its household's."""
    children = list(children)
    mothers = residents.by_ids(session, vault, {c.mother_id for c in children if c.mother_id})
    homes = residents.households_by_ids(
        session, vault, {c.household_id for c in children if c.household_id}
    )
    found = {}
    for child in children:
        mother, home = mothers.get(child.mother_id or ""), homes.get(child.household_id or "")
        number = _number(child, mother, home)
        if number is not None:
            found[child.id] = number
    return found


def _number(child: Resident, mother: Resident | None, home: Household | None) -> str | None:
    known = [child.contact_phone, child.phone]
    known += [mother.phone, mother.contact_phone] if mother else []
    known += [home.phone] if home else []
    return next((number for number in map(mobile, known) if number is not None), None)


def mobile(text: str | None) -> str | None:
    """A mobile number of mainland China as its eleven digits; nothing for anything else."""
    found = _MOBILE.fullmatch(re.sub(r"[\s-]", "", text or ""))
    return None if found is None else found[1]


def digest_of(vault: Vault, number: str) -> str:
    """What a number is found by in the tries."""
    return vault.digest("sms", number) or ""
