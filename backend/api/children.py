"""A child's vaccine plan for doctor and desk, and the links given to its caregivers."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.wire.family import FamilyLink, FamilyLinkRequest, FamilyLinks, Forecast
from backend.immunization import service as immunization
from backend.immunization.model import NO_FACTS
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.reminders import service as reminders
from backend.residents import model, service as residents
from backend.residents.rules import LINK_MONTHS
from backend.residents.store import family

blueprint = APIBlueprint("children", __name__)


def plan_of(session: Session, child: model.Resident, today: date) -> dict[str, Any]:
    """A child's plan as :class:`Forecast` writes it.

    :raises Refusal: ``not_ready`` before the first vaccine edition was published
    """
    edition = immunization.edition_on(session, today)
    if edition is None:
        raise Refusal("not_ready", missing=["immunization"])
    doses = immunization.forecast_for(
        session,
        village_code=child.village_code,
        birth_date=child.birth_date,
        sex=child.sex,
        doses=immunization.doses_of(session, [child.id]).get(child.id, ()),
        asked_on=today,
        facts=immunization.facts_told(session, [child], today).get(child.id, NO_FACTS),
    )
    return {"doses": doses, "edition": {"title": edition.title, "version": edition.version}}


def _child(session: Session, caller: Caller, child_id: str) -> model.Resident:
    child = residents.survivor(session, house().vault, child_id)
    if child is None or not caller.sees(child.village_code):
        raise Refusal("not_found")
    return child


@route(
    blueprint,
    "GET",
    "/children/<id:child_id>/forecast",
    policy=signed_in(),
    output=Forecast,
)
def read_forecast(caller: Caller, child_id: str) -> dict[str, Any]:
    """Every dose of the plan: given, due, overdue, coming."""
    here = house()
    with here.write() as session:
        child = _child(session, caller, child_id)
        trail.record(
            session,
            caller,
            "forecast_read",
            "resident",
            child.id,
            area_code=child.village_code,
        )
        return plan_of(session, child, local_date(here.clock()))


@route(
    blueprint,
    "GET",
    "/children/<id:child_id>/family-links",
    policy=signed_in("worker", "reviewer"),
    output=FamilyLinks,
)
def list_family_links(caller: Caller, child_id: str) -> dict[str, Any]:
    """The links given for a child, newest first: to see which to end."""
    with house().read() as session:
        child = _child(session, caller, child_id)
        return {"items": family.links_of(session, {child.id, child_id})}


@route(
    blueprint,
    "POST",
    "/children/<id:child_id>/family-links",
    policy=signed_in("worker"),
    body=FamilyLinkRequest,
    output=FamilyLink,
    status=201,
)
def add_family_link(caller: Caller, child_id: str, body: dict[str, Any]) -> model.FamilyLink:
    """Give a caregiver a link. The token is made on the phone; only its digest comes here."""
    here = house()
    today = local_date(here.clock())
    if not today <= body["expires_on"] <= add_months(today, LINK_MONTHS):
        raise Refusal("link_dates_wrong", months=LINK_MONTHS)
    with here.write() as session:
        child = _child(session, caller, child_id)
        link = model.FamilyLink(
            id=new_id(),
            child_id=child.id,
            token_sha256=body["token_sha256"],
            made_by=caller.account_id,
            expires_on=body["expires_on"],
        )
        family.add_link(session, link, here.clock())
        kept = family.link_by_token(session, body["token_sha256"])
        if kept is None or kept.child_id != child.id:
            raise Refusal("not_found")  # somebody else's token: nothing is told about it
        trail.record(
            session,
            caller,
            "family_link_made",
            "family_link",
            kept.id,
            area_code=child.village_code,
        )
        return kept


@route(
    blueprint,
    "DELETE",
    "/children/<id:child_id>/family-links/<id:link_id>",
    policy=signed_in("worker", "reviewer"),
)
def end_family_link(caller: Caller, child_id: str, link_id: str) -> None:
    """End a link that fell into the wrong hands: it opens nothing and is told nothing any more."""
    here = house()
    with here.write() as session:
        child = _child(session, caller, child_id)
        found = [one for one in family.links_of(session, {child.id, child_id})]
        found = [one for one in found if one.id == link_id]
        if not found:
            raise Refusal("not_found")
        reminders.end_link(session, found[0], here.clock())
        trail.record(
            session,
            caller,
            "family_link_ended",
            "family_link",
            link_id,
            area_code=child.village_code,
        )
