"""The caregiver's page: a link opens one child's vaccine plan, without an account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.children import plan_of
from backend.api.house import house
from backend.api.policy import Policy
from backend.api.push import keep_address
from backend.api.routing import route
from backend.api.wire.family import FamilyView
from backend.api.wire.push import PushEnd, PushRequest
from backend.geo import service as geo
from backend.geo.rules import township_of
from backend.immunization.model import DUE, OVERDUE, UPCOMING, ForecastDose
from backend.kernel.canonical import sha256_hex
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.kernel.sealing import b64
from backend.reminders import reaching, service as reminders
from backend.reminders.model import FAMILY_LINK
from backend.residents import service as residents
from backend.residents.model import DIED, FamilyLink, Resident
from backend.residents.store import family

blueprint = APIBlueprint("family", __name__)

_TOKEN = re.compile(r"Family ([0-9A-Za-z_-]{16,128})")
_AHEAD = (DUE, OVERDUE, UPCOMING)


@dataclass(frozen=True)
class Caregiver:
    """Whoever holds a live link."""

    link: FamilyLink

    @property
    def link_id(self) -> str:
        """How the audit names them."""
        return self.link.id


def family_link() -> Policy:
    """A caregiver's link: the token travels in the header, never in an address or a log."""
    return Policy("family_link", _caregiver, security=("family",))


def _caregiver() -> Caregiver:
    found = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise Refusal("link_not_known")
    here = house()
    with here.read() as session:
        link = family.link_by_token(session, sha256_hex(found[1].encode()))
    if link is None:
        raise Refusal("link_not_known")
    if not link.is_live(local_date(here.clock())):
        raise Refusal("link_ended")
    return Caregiver(link)


@route(blueprint, "GET", "/family", policy=family_link(), output=FamilyView)
def read_family(caregiver: Caregiver) -> dict[str, Any]:
    """The child's vaccine plan, where to go, and whether this link is reminded."""
    here = house()
    today = local_date(here.clock())
    with here.write() as session:
        child = _child(session, caregiver.link)
        family.note_use(session, caregiver.link.id, here.clock())
        reaching.seen(session, child.id, here.clock())
        trail.record(
            session,
            caregiver,
            "family_plan_read",
            "resident",
            child.id,
            area_code=child.village_code,
        )
        plan = plan_of(session, child, today)
        areas = geo.names(session, (child.village_code, township_of(child.village_code)))
        return {
            **plan,
            "child": {"name": child.name, "sex": child.sex, "birth_date": child.birth_date},
            "village": areas[child.village_code].name if child.village_code in areas else "",
            "clinic": _clinic([areas.get(township_of(child.village_code)), *areas.values()]),
            "today": today,
            "next": _next(plan["doses"], today),
            "push": {
                "public_key": b64(here.push_public_key),
                "subscribed": reminders.is_subscribed(session, caregiver.link),
            },
            "expires_on": caregiver.link.expires_on,
        }


@route(blueprint, "POST", "/family/push", policy=family_link(), body=PushRequest)
def subscribe_family(caregiver: Caregiver, body: dict[str, Any]) -> None:
    """Remind this browser of the child's vaccinations; asking is the consent."""
    with house().write() as session:
        child = _child(session, caregiver.link)
        keep_address(session, (FAMILY_LINK, caregiver.link.id), body)
        reminders.consent_to_reminders(session, caregiver.link, house().clock())
        trail.record(
            session,
            caregiver,
            "reminders_consented",
            "resident",
            child.id,
            area_code=child.village_code,
        )


@route(blueprint, "DELETE", "/family/push", policy=family_link(), body=PushEnd)
def unsubscribe_family(caregiver: Caregiver, body: dict[str, Any]) -> None:
    """Stop at once; one that never asked is fine too."""
    here = house()
    with here.write() as session:
        if reminders.unsubscribe_family(session, caregiver.link, body["endpoint"], here.clock()):
            trail.record(
                session, caregiver, "reminders_stopped", "resident", caregiver.link.child_id
            )


def _child(session: Session, link: FamilyLink) -> Resident:
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


def _clinic(areas: Sequence[Any]) -> dict[str, Any]:
    """Where children are vaccinated: the township's clinic, else the village's."""
    known = next((a for a in areas if a is not None and a.clinic_name), None)
    return {
        "name": None if known is None else known.clinic_name,
        "phone": None if known is None else known.clinic_phone,
        "address": None if known is None else known.clinic_address,
    }


def _next(doses: Sequence[ForecastDose], today: date) -> dict[str, Any] | None:
    """The next visit: everything that may be given on the first day something can be given."""
    ahead = [d for d in doses if d.status in _AHEAD and d.due is not None]
    if not ahead:
        return None
    on = max(today, min(d.due for d in ahead if d.due is not None))
    return {"on": on, "vaccines": [d.label for d in ahead if d.due is not None and d.due <= on]}
