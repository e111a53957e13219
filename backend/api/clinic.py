"""The vaccination clinic's desk: who is due, clinic days, notice slips, school entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api import trail
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.clinic import (
    BornQuery,
    ClinicDays,
    DaysQuery,
    DaysRequest,
    DueAnswer,
    DueQuery,
    ExpectedAnswer,
    ExpectedQuery,
    SchoolAnswer,
    SlipsAnswer,
    SlipsRequest,
)
from backend.clinic import service as clinic, store
from backend.clinic.model import ClinicDay, Expected, WaitingDose
from backend.clinic.rules.waiting import for_visit, missing
from backend.geo import service as geo
from backend.geo.model import Area
from backend.geo.rules import township_of
from backend.immunization import service as immunization
from backend.kernel.clock import local_date
from backend.kernel.dates import add_months
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.residents import service as residents
from backend.residents.model import FamilyLink
from backend.residents.rules import LINK_MONTHS
from backend.residents.store import family

blueprint = APIBlueprint("clinic", __name__)

MOST_CHILDREN = 2_000
"""Children whose forecast one request works out."""

Labels = Mapping[str, Mapping[str, str]]


@route(
    blueprint,
    "GET",
    "/clinic/expected",
    policy=signed_in(*STAFF),
    query=ExpectedQuery,
    output=ExpectedAnswer,
)
def list_expected(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Doses by vaccine that are due until a day, by village; as the night's forecast has them."""
    areas = narrowed(caller, query.get("area"))
    today = local_date(house().clock())
    with house().read() as session:
        found, children, as_of = clinic.expected(session, areas, query["until"], today)
        labels = labels_of(session, today)
        villages = geo.names(session, children)
    by_village: dict[str, list[Expected]] = {}
    for one in found:
        by_village.setdefault(one.village_code, []).append(one)
    return {
        "villages": [
            {
                "code": code,
                "name": name_of(villages, code),
                "children": children[code],
                "vaccines": _vaccines(doses, labels),
            }
            for code, doses in by_village.items()
        ],
        "total": _vaccines(found, labels),
        "children": sum(children.values()),
        "as_of": as_of,
    }


@route(
    blueprint,
    "GET",
    "/clinic/due",
    policy=signed_in(*STAFF),
    query=DueQuery,
    output=DueAnswer,
)
def list_due(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """The children of a village who are asked to come until a day, by the forecast of today."""
    here, village, until = house(), query["village"], query["until"]
    if not caller.sees(village):
        raise Refusal("not_found")
    today = local_date(here.clock())
    with here.write() as session:
        children = _children(session, [village], clinic.born_after(today), today)
        waiting = clinic.waiting_of(session, children, today, until)
        asked = {one.child_id: for_visit(one.waiting, until) for one in waiting}
        items = _lines(session, asked, labels_of(session, today), today)
        areas = geo.names(session, (village, township_of(village)))
        trail.record(
            session, caller, "due_children_read", "area", village, area_code=village,
            count=len(items),
        )  # fmt: skip
        return {
            "items": items,
            "village_name": name_of(areas, village),
            "clinic": _clinic(areas.get(township_of(village)), areas.get(village)),
            "day": clinic.days_for(session, [village], today)[village],
            "today": today,
        }


@route(
    blueprint,
    "GET",
    "/clinic/school",
    policy=signed_in(*STAFF),
    query=BornQuery,
    output=SchoolAnswer,
)
def check_school_entry(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Which doses the children of an age lack: the check at nursery and school entry."""
    here, area = house(), query["area"]
    if not caller.sees(area):
        raise Refusal("not_found")
    today = local_date(here.clock())
    with here.write() as session:
        children = _children(session, [area], query["born_from"], query["born_to"])
        waiting = clinic.waiting_of(session, children, today, today)
        lacking = {one.child_id: missing(one.waiting, today) for one in waiting}
        items = _lines(session, lacking, labels_of(session, today), today)
        trail.record(
            session, caller, "school_check_read", "area", area, area_code=area, count=len(items)
        )
        return {
            "items": items,
            "children": len(children),
            "complete": sum(not doses for doses in lacking.values()),
        }


@route(
    blueprint,
    "POST",
    "/clinic/slips",
    policy=signed_in(*STAFF),
    body=SlipsRequest,
    output=SlipsAnswer,
    status=201,
)
def add_slips(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Give each child of a printed sheet a family link. The tokens stand on the paper alone."""
    here, village = house(), body["village"]
    if not caller.sees(village):
        raise Refusal("not_found")
    expires_on = add_months(local_date(here.clock()), LINK_MONTHS)
    with here.write() as session:
        known = residents.by_ids(session, here.vault, (one["child_id"] for one in body["slips"]))
        for one in body["slips"]:
            child = known.get(one["child_id"])
            if child is None or child.village_code != village:
                raise Refusal("not_found")
            link = FamilyLink(
                id=new_id(),
                child_id=child.id,
                token_sha256=one["token_sha256"],
                made_by=caller.account_id,
                expires_on=expires_on,
            )
            family.add_link(session, link, here.clock())
            trail.record(
                session, caller, "notice_slip_printed", "resident", child.id, area_code=village
            )
    return {"expires_on": expires_on}


@route(
    blueprint,
    "GET",
    "/clinic/days",
    policy=signed_in(*STAFF),
    query=DaysQuery,
    output=ClinicDays,
)
def list_days(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Clinic days of an area, with the township around it and the villages in it."""
    area = query["area"]
    if not caller.sees(area):
        raise Refusal("not_found")
    with house().read() as session:
        codes = {one.code for one in geo.inside(session, [area])} | {area, township_of(area)}
        return _with_holidays(
            store.days(session, codes, query["from_on"], query["to_on"]),
            query["from_on"],
            query["to_on"],
        )


def _with_holidays(days: Sequence[ClinicDay], first: date, last: date) -> dict[str, Any]:
    holidays = house().holidays.between(first, last)
    return {"items": days, "holidays": [one.as_json() for one in holidays]}


@route(
    blueprint,
    "POST",
    "/clinic/days",
    policy=signed_in("reviewer", "supervisor"),
    body=DaysRequest,
    output=ClinicDays,
    status=201,
)
def add_days(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Set clinic days of an area; one on the same day is written anew."""
    here, area = house(), body["area_code"]
    if not caller.sees(area):
        raise Refusal("not_found")
    if body["starts"] >= body["ends"]:
        raise Refusal("clinic_times_wrong")
    wanted = sorted(set(body["on"]))
    with here.write() as session:
        if area not in geo.names(session, [area]):
            raise Refusal("not_found")
        days = [
            ClinicDay(new_id(), area, on, body["starts"], body["ends"], body["place"])
            for on in wanted
        ]
        store.add_days(session, days, caller.account_id, here.clock())
        trail.record(
            session, caller, "clinic_days_set", "area", area, area_code=area, count=len(days)
        )
        kept = store.days(session, [area], wanted[0], wanted[-1])
        return _with_holidays([day for day in kept if day.on in wanted], wanted[0], wanted[-1])


@route(
    blueprint,
    "DELETE",
    "/clinic/days/<id:day_id>",
    policy=signed_in("reviewer", "supervisor"),
)
def remove_day(caller: Caller, day_id: str) -> None:
    """Take a clinic day back; families see the next one."""
    with house().write() as session:
        day = store.day(session, day_id)
        if day is None or not caller.sees(day.area_code):
            raise Refusal("not_found")
        store.remove_day(session, day_id)
        trail.record(
            session, caller, "clinic_day_removed", "area", day.area_code, area_code=day.area_code
        )


def _children(session: Session, areas: Sequence[str], born_from: date, born_to: date) -> list[Any]:
    """:raises Refusal: ``too_many_children``"""
    found = clinic.children_born(session, areas, born_from, born_to, MOST_CHILDREN + 1)
    if len(found) > MOST_CHILDREN:
        raise Refusal("too_many_children", limit=MOST_CHILDREN)
    return found


def _lines(
    session: Session, asked: Mapping[str, Sequence[WaitingDose]], labels: Labels, today: date
) -> list[dict[str, Any]]:
    """Children with something to be given, by village and by what is due first."""
    wanted = {child: doses for child, doses in asked.items() if doses}
    vault = house().vault
    known = residents.by_ids(session, vault, wanted)
    homes = residents.households_by_ids(
        session, vault, {child.household_id for child in known.values() if child.household_id}
    )
    villages = geo.names(session, {child.village_code for child in known.values()})
    lines = []
    for child in known.values():
        home = homes.get(child.household_id or "")
        lines.append(
            {
                "id": child.id,
                "name": child.name,
                "sex": child.sex,
                "birth_date": child.birth_date,
                "village_code": child.village_code,
                "village_name": name_of(villages, child.village_code),
                "guardian": child.contact_name or (home and home.head_name),
                "phone": child.contact_phone or child.phone or (home and home.phone),
                "address": home and " ".join(filter(None, (home.group_name, home.address))),
                "doses": [_dose(dose, labels, today) for dose in wanted[child.id]],
            }
        )
    return sorted(lines, key=lambda one: (one["village_code"], one["doses"][0]["due"], one["id"]))


def _dose(dose: WaitingDose, labels: Labels, today: date) -> dict[str, Any]:
    return {
        **{key: getattr(dose, key) for key in ("dose_id", "vaccine", "no", "due", "note")},
        "label": labels.get(dose.vaccine, plain(dose.vaccine)),
        "late": dose.late_after < today,
    }


def _vaccines(found: Iterable[Expected], labels: Labels) -> list[dict[str, Any]]:
    """Doses by vaccine, in the order of the edition."""
    added: dict[str, tuple[int, int]] = {}
    for one in found:
        doses, late = added.get(one.vaccine, (0, 0))
        added[one.vaccine] = (doses + one.doses, late + one.late)
    order = {vaccine: place for place, vaccine in enumerate(labels)}
    return [
        {
            "vaccine": vaccine,
            "label": labels.get(vaccine, plain(vaccine)),
            "doses": doses,
            "late": late,
        }
        for vaccine, (doses, late) in sorted(
            added.items(), key=lambda one: order.get(one[0], len(order))
        )
    ]


def labels_of(session: Session, today: date) -> Labels:
    """The names of vaccines by code, as the edition of a day has them."""
    edition = immunization.edition_on(session, today)
    return {} if edition is None else {v.code: v.label for v in edition.vaccines.values()}


def plain(code: str) -> Mapping[str, str]:
    """A code where no name is known."""
    return {"zh-CN": code, "en": code}


def name_of(areas: Mapping[str, Area], code: str) -> str:
    """The name of an area, else its code."""
    return areas[code].name if code in areas else code


def _clinic(*areas: Area | None) -> dict[str, Any]:
    known = next((a for a in areas if a is not None and a.clinic_name), None)
    return {
        "name": None if known is None else known.clinic_name,
        "phone": None if known is None else known.clinic_phone,
        "address": None if known is None else known.clinic_address,
    }
