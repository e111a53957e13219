"""A family's days as a calendar that phones subscribe to, by a key of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.caregiver import Caregiver, child_of, family_link, live
from backend.api.children import plan_of
from backend.api.family_days import areas_of, clinic_of, open_checks, visit_ahead
from backend.api.house import house
from backend.api.policy import Policy
from backend.api.problems import sentence_of
from backend.api.routing import route
from backend.api.wire.family import CalendarRequest
from backend.clinic.model import VACCINES, CalendarEntry
from backend.clinic.rules.calendar import calendar
from backend.kernel.canonical import sha256_hex
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal
from backend.residents.model import FamilyLink, Resident
from backend.residents.store import family

blueprint = APIBlueprint("family_calendar", __name__)


@route(blueprint, "PUT", "/family/calendar", policy=family_link(), body=CalendarRequest)
def set_calendar(caregiver: Caregiver, body: dict[str, Any]) -> None:
    """Give the link a calendar feed in place of the one it had, or end it.

    The token is made on the phone; a calendar program keeps it in an address, so it opens nothing
    but the days.
    """
    with house().write() as session:
        child = child_of(session, caregiver.link)
        tells = body["tells"]
        known = family.link_by_feed(session, body["token_sha256"]) if tells else None
        if known is not None and known.id != caregiver.link.id:
            raise Refusal("not_found")  # somebody else's token: nothing is told about it
        family.set_feed(
            session,
            caregiver.link.id,
            body["token_sha256"] if tells else None,
            tells,
            body["language"] if tells else None,
        )
        trail.record(
            session,
            caregiver,
            "calendar_feed_set" if tells else "calendar_feed_ended",
            "resident",
            child.id,
            area_code=child.village_code,
        )


def calendar_feed() -> Policy:
    """The address of a calendar feed, which is its key: calendar programs send no headers."""
    return Policy("calendar_feed", _subscriber)


def _subscriber() -> Caregiver:
    token = (request.view_args or {}).get("feed", "")
    with house().read() as session:
        link = family.link_by_feed(session, sha256_hex(str(token).encode()))
    return Caregiver(live(link))


@route(
    blueprint,
    "GET",
    "/family/calendar/<string:feed>.ics",
    policy=calendar_feed(),
    octets="text/calendar",
)
def read_calendar(caregiver: Caregiver, feed: str) -> Response:
    """The family's days as a calendar to subscribe to (text/calendar, RFC 5545)."""
    del feed
    here = house()
    today = local_date(here.clock())
    with here.write() as session:
        child = child_of(session, caregiver.link)
        trail.record(
            session,
            caregiver,
            "calendar_read",
            "resident",
            child.id,
            area_code=child.village_code,
        )
        entries = _entries(session, child, caregiver.link, today)
    return Response(
        calendar(_said(caregiver.link, "name"), entries, here.clock()),
        content_type="text/calendar; charset=utf-8",
    )


def _said(link: FamilyLink, code: str) -> str:
    """A sentence of ``schemas/i18n`` under ``calendar``. Somebody may look over her shoulder: no
    name, and no vaccine unless that was chosen.
    """
    return sentence_of("calendar", code)[link.feed_language or "zh-CN"]


def _entries(
    session: Session, child: Resident, link: FamilyLink, today: date
) -> list[CalendarEntry]:
    entries = []
    doses = plan_of(session, child, today)["doses"]
    ahead = visit_ahead(session, child, doses, today, house().holidays)
    if ahead is not None:
        day = ahead["day"]
        place = clinic_of(areas_of(session, child), child.village_code)
        names = [label[link.feed_language or "zh-CN"] for label in ahead["vaccines"]]
        entries.append(
            CalendarEntry(
                key=f"visit-{link.id}",
                on=day.on if day else ahead["on"],
                title=_said(link, "visit"),
                place=day.place
                if day
                else " ".join(filter(None, (place["name"], place["address"]))),
                notes="\n".join(
                    [*(names if link.feed_tells == VACCINES else ()), _said(link, "bring")]
                ),
                starts=day.starts if day else None,
                ends=day.ends if day else None,
            )
        )
    entries += [
        CalendarEntry(key=f"check-{task.id}", on=max(task.due, today), title=_said(link, "home"))
        for task in open_checks(session, child, today)
    ]
    return entries
