"""The caregiver's page: a link opens one child's vaccine plan, without an account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.caregiver import Caregiver, child_of, family_link
from backend.api.children import plan_of
from backend.api.family_days import areas_of, checks_of, clinic_of, closings, day_for, visit_ahead
from backend.api.house import house
from backend.api.push import keep_address
from backend.api.routing import route
from backend.api.wire.family import FamilyView, ReactionRequest, ReactionTold, SmsRequest
from backend.api.wire.push import PushEnd, PushRequest
from backend.clinic import service as clinic, store as clinic_store
from backend.clinic.model import OPEN, Reaction
from backend.forms import service as forms
from backend.kernel.clock import local_date
from backend.kernel.sealing import b64
from backend.reminders import reaching, service as reminders
from backend.reminders.model import FAMILY_LINK
from backend.residents.model import VACCINATION_SMS, Resident
from backend.residents.store import family

blueprint = APIBlueprint("family", __name__)


@route(blueprint, "GET", "/family", policy=family_link(), output=FamilyView)
def read_family(caregiver: Caregiver) -> dict[str, Any]:
    """The child's vaccine plan, where to go, and whether this link is reminded."""
    here = house()
    today = local_date(here.clock())
    with here.write() as session:
        child = child_of(session, caregiver.link)
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
        areas = areas_of(session, child)
        ahead = visit_ahead(session, child, plan["doses"], today, here.holidays)
        return {
            **plan,
            "child": {"name": child.name, "sex": child.sex, "birth_date": child.birth_date},
            "village": areas[child.village_code].name if child.village_code in areas else "",
            "clinic": clinic_of(areas, child.village_code),
            "today": today,
            "next": ahead,
            "holidays": closings(day_for(session, child, today), today, here.holidays),
            "checks": checks_of(session, child, today),
            "questions": _questions(session),
            "reactions": clinic_store.reactions_of_link(session, here.vault, caregiver.link.id),
            "push": {
                "public_key": b64(here.push_public_key),
                "subscribed": reminders.is_subscribed(session, caregiver.link),
            },
            "sms": _sms(session, child),
            "feed": caregiver.link.feed_tells,
            "expires_on": caregiver.link.expires_on,
        }


@route(blueprint, "POST", "/family/push", policy=family_link(), body=PushRequest)
def subscribe_family(caregiver: Caregiver, body: dict[str, Any]) -> None:
    """Remind this browser of the child's vaccinations; asking is the consent."""
    with house().write() as session:
        child = child_of(session, caregiver.link)
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


@route(
    blueprint,
    "POST",
    "/family/reactions",
    policy=family_link(),
    body=ReactionRequest,
    output=ReactionTold,
    status=201,
)
def tell_reaction(caregiver: Caregiver, body: dict[str, Any]) -> Reaction:
    """Tell the clinic what was seen after a vaccination. Told twice, it is kept once."""
    here = house()
    with here.write() as session:
        child = child_of(session, caregiver.link)
        told = Reaction(
            id=body["id"],
            child_id=child.id,
            link_id=caregiver.link.id,
            village_code=child.village_code,
            reported_at=here.clock(),
            onset_on=body["onset_on"],
            vaccinated_on=body["vaccinated_on"],
            signs=tuple(body["signs"]),
            note=body["note"],
            phone=body["phone"],
            urgent=False,
        )
        kept = clinic.tell_reaction(session, here.vault, told)
        if kept.urgent and kept.state == OPEN:
            reminders.reaction(session, kept.id, child.village_code, here.clock())
        trail.record(
            session,
            caregiver,
            "reaction_told",
            "reaction",
            kept.id,
            area_code=child.village_code,
            urgent=kept.urgent,
        )
        return kept


@route(blueprint, "PUT", "/family/sms", policy=family_link(), body=SmsRequest)
def set_sms(caregiver: Caregiver, body: dict[str, Any]) -> None:
    """Agree to text messages at the number the doctor knows, or stop them at once."""
    here = house()
    with here.write() as session:
        child = child_of(session, caregiver.link)
        if body["wanted"]:
            family.give_consent(session, child.id, VACCINATION_SMS, "guardian", here.clock())
        else:
            family.withdraw_consent(session, child.id, VACCINATION_SMS, here.clock())
        trail.record(
            session,
            caregiver,
            "sms_consented" if body["wanted"] else "sms_stopped",
            "resident",
            child.id,
            area_code=child.village_code,
        )


def _questions(session: Session) -> list[Mapping[str, Any]]:
    """What is asked before a dose, in the words of the newest vaccination form."""
    known = [version for key, version in forms.published(session).forms if key == "vaccination"]
    newest = forms.bundle(session, "vaccination", max(known)) if known else None
    codes = {} if newest is None else newest.body["codes"]
    listed: Iterable[Mapping[str, Any]] = codes.get("vaccination_screening", {}).get("codes", ())
    return [one for one in listed if one["code"] != "0" and not one.get("retired")]


def _sms(session: Session, child: Resident) -> dict[str, Any]:
    """Whether text messages are wanted, and the end of the number they would go to."""
    phone = child.contact_phone or child.phone
    consents = family.standing_consents(session, [child.id], VACCINATION_SMS)
    return {"wanted": child.id in consents, "phone_tail": phone[-4:] if phone else None}
