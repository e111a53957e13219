"""Whoever holds a caregiver's link and knows the child's birth date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hmac import compare_digest

from flask import request
from sqlalchemy.orm import Session

from backend.accounts.rules.throttling import Kind
from backend.accounts.service import guesses
from backend.api.house import house
from backend.api.policy import Policy
from backend.kernel.canonical import sha256_hex
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.residents import service as residents
from backend.residents.model import DIED, FamilyLink, Resident
from backend.residents.store import family

_TOKEN = re.compile(r"Family ([0-9A-Za-z_-]{16,128})")


@dataclass(frozen=True)
class Caregiver:
    """Whoever holds a live link and knows the child's birth date."""

    link: FamilyLink

    @property
    def link_id(self) -> str:
        """How the audit names them."""
        return self.link.id


def family_link() -> Policy:
    """A caregiver's link and the child's birth date (``X-Birth-Date``), in headers: never in an
    address or a log.
    """
    return Policy("family_link", _caregiver, security=("family",))


def _caregiver() -> Caregiver:
    found = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise Refusal("link_not_known")
    with house().read() as session:
        link = live(family.link_by_token(session, sha256_hex(found[1].encode())))
        child_of(session, link)  # nobody is asked for the birth date of a child that died
    born = request.headers.get("X-Birth-Date")
    if born is None:
        raise Refusal("birth_date_needed")
    if not _right(link, born):
        raise Refusal("birth_date_wrong")
    return Caregiver(link)


def live(link: FamilyLink | None) -> FamilyLink:
    """The link, when it opens the page.

    :raises Refusal: ``link_not_known``, ``link_ended``
    """
    if link is None:
        raise Refusal("link_not_known")
    if not link.is_live(local_date(house().clock())):
        raise Refusal("link_ended")
    return link


def _right(link: FamilyLink, born: str) -> bool:
    """Whether it is the child's birth date: who finds a slip on the road holds only the link.

    A guess is counted before it is looked at, as at sign-in.

    :raises Refusal: ``too_many_attempts``, ``link_not_known``, ``link_ended``
    """
    here = house()
    counted: list[tuple[Kind, str]] = [("family", link.id)]
    with here.write() as session:
        guesses.charge(session, here.vault, counted, here.clock())
        right = compare_digest(
            child_of(session, link).birth_date.isoformat().encode(), born.encode()
        )
        if right:
            guesses.relieve(session, here.vault, counted, here.clock())
    return right


def child_of(session: Session, link: FamilyLink) -> Resident:
    """The child of a link, or who it turned out to be.

    :raises Refusal: ``link_not_known`` while the child is not in the register yet, ``link_ended``
        after its death: no plan is shown to those who lost it
    """
    child = residents.survivor(session, house().vault, link.child_id)
    if child is None:
        raise Refusal("link_not_known")
    if child.status == DIED:
        raise Refusal("link_ended")
    return child
