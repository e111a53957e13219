"""One of everything in each of four villages, for tests of who may see what.

The villages are a doctor's own, its sibling in the township, one of another township and one of
another county. What is named after a place (a resident, a picture, a clinic) is named after no
other, so that a name in an answer tells where it comes from.
"""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import jobs, tables
from backend.api.policy import Policy
from backend.api.routing import policies
from backend.followups import store as followups
from backend.house import House
from backend.kernel.ids import new_id
from backend.programmes import store as programmes
from backend.programmes.model import Enrolment
from backend.rights import service as rights
from tests.builders.accounts import Page, make_account, make_phone
from tests.builders.areas import (
    COUNTY,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    SIBLING_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    make_area,
)
from tests.builders.county import make_people
from tests.builders.envelopes import Outbox
from tests.builders.pictures import Sealed, jpeg
from tests.builders.reminders import make_child, make_dose, make_link
from tests.builders.residents import make_household, make_resident
from tests.builders.tasks import make_task
from tests.builders.visits import answers, pressure

FAR_COUNTY = "990124000000"
FAR_TOWNSHIP = "990124100000"
FAR_VILLAGE = "990124100201"
VILLAGES = {"甲": VILLAGE, "乙": SIBLING_VILLAGE, "丙": OTHER_VILLAGE, "丁": FAR_VILLAGE}
WIDER = {"镇": TOWNSHIP, "邻": OTHER_TOWNSHIP, "县": COUNTY, "远": FAR_COUNTY}
BORN = date(2026, 10, 12)  # the second hepatitis B dose was due on 12 November, eleven days ago
LINK_DAYS = {"form": "htn_followup", "days": 30, "reason": "每周核对"}


@dataclass
class Place:
    """An area and what lies in it; a wider area holds only what can be made for it.

    :param ids: id by kind: ``resident``, ``child``, ``submission``, ``task``, ...; ``taker`` is the
        doctor who could be given the village
    :param names: what stands in answers about this place and in no others
    """

    mark: str
    area: str
    ids: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    @property
    def telling(self) -> set[str]:
        """Whatever of these an answer holds, it tells of this place."""
        return self.names | {id_ for kind, id_ in self.ids.items() if kind != "taker"}

    @property
    def token(self) -> str:
        """Of the family link there."""
        return f"family-link-of-{self.area}"


@dataclass
class World:
    """The people who ask, and the places they ask about."""

    app: APIFlask
    house: House
    people: dict[str, Page]
    places: dict[str, Place]
    file: Path
    kept: Path

    def policies(self) -> dict[str, Policy]:
        """The policy of every route of the API, by ``METHOD /rule`` below ``/api/v1``."""
        found = policies(self.app)
        return {
            f"{method} {rule.rule.removeprefix('/api/v1')}": found[rule.endpoint]
            for rule in self.app.url_map.iter_rules()
            if rule.rule.startswith("/api/v1/")
            for method in (rule.methods or set()) - {"HEAD"}
        }

    def restored(self) -> None:
        """Undo whatever was asked of the server since the world was made."""
        self.house.engine.dispose()
        shutil.copyfile(self.kept, self.file)


def make_world(app: APIFlask, file: Path) -> World:
    """Fill a fresh SQLite file with the world.

    :param file: where the database of ``app`` lies; beside it a copy is kept
    """
    house: House = app.extensions["suifang"]
    people = {name: page for name, page in vars(make_people(app)).items()}
    people |= _far_county(app, house)
    doctors = dict(zip(VILLAGES, _doctors(people), strict=True))
    places = {mark: Place(mark, code) for mark, code in (VILLAGES | WIDER).items()}
    for mark, doctor in doctors.items():
        _furnish(app, places[mark], doctor)
    for job in (jobs.plan_calls, jobs.match_people, jobs.plan_clinics, jobs.weigh_credibility):
        job(house, house.clock())
    jobs.refresh_figures(house, house.clock())
    for place in places.values():
        _settle(house, place, people[_staff_of(place)])
        place.ids["taker"] = people["doctor" if place.mark == "乙" else "sibling_doctor"].account.id
    for page in people.values():
        _ = page.session_id  # opened now, so that it is there again after a restoring
    with house.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    house.engine.dispose()
    kept = file.with_suffix(".kept")
    shutil.copyfile(file, kept)
    return World(app, house, people, places, file, kept)


def _doctors(people: dict[str, Page]) -> list[Page]:
    return [people[name] for name in ("doctor", "sibling_doctor", "other_doctor", "far_doctor")]


def _staff_of(place: Place) -> str:
    return "far_supervisor" if place.area.startswith("990124") else "supervisor"


def _far_county(app: APIFlask, house: House) -> dict[str, Page]:
    with house.write() as session:
        make_area(session, FAR_COUNTY, "远山县", "county", None)
        make_area(session, FAR_TOWNSHIP, "远山镇", "township", FAR_COUNTY)
        make_area(session, FAR_VILLAGE, "远山村", "village", FAR_TOWNSHIP)
        doctor = make_account(house, session, "worker", (FAR_VILLAGE,), name="马远")
        phone = make_phone(house, session, doctor)
        head = make_account(house, session, "supervisor", (FAR_COUNTY,), name="高远")
    return {"far_doctor": Page(app, doctor, phone), "far_supervisor": Page(app, head)}


def _furnish(app: APIFlask, place: Place, doctor: Page) -> None:
    """Households, people and visits of a village."""
    house: House = app.extensions["suifang"]
    assert doctor.phone is not None
    mark, village, ids = place.mark, place.area, place.ids
    named = {"resident": f"张{mark}秀英", "twin": f"张{mark}秀瑛", "child": f"王{mark}小宝"}
    place.names |= {*named.values(), f"赵{mark}大山", doctor.account.name}
    ids |= {"doctor": doctor.account.id, "device": doctor.phone.device_id}
    with house.write() as session:
        other_phone = make_phone(house, session, doctor.account)
        home = make_household(
            house, session, village, head_name=f"赵{mark}大山", address=f"{mark}组{ord(mark)}号"
        )
        year = 1940 + 7 * list(VILLAGES).index(mark)  # nobody is taken for one of another village
        grown: dict[str, Any] = {
            "household_id": home.id,
            "phone": f"138{ord(mark) % 100_000_000:08}",
            "birth_date": date(year, 3, 4),
        }
        ids["household"] = home.id
        for kind in ("resident", "twin"):
            ids[kind] = make_resident(house, session, village, name=named[kind], **grown).id
        ids["child"] = make_child(
            house, session, named["child"], BORN, village=village, household_id=home.id
        )
        for vaccine in ("HepB", "BCG"):
            make_dose(session, ids["child"], vaccine, BORN)
        enrolled = Enrolment(new_id(), ids["resident"], village, "hypertension", date(2025, 1, 1))
        programmes.save(session, [enrolled], house.clock())
        late = make_task(
            date(2026, 12, 12), village, service="immunization", kind="dose", anchor="HepB-2",
            subject_id=ids["child"], due=date(2026, 11, 12), opens=date(2026, 11, 12),
        )  # fmt: skip
        overdue = make_task(
            date(2026, 11, 2), village, service="diabetes", subject_id=ids["resident"]
        )
        followups.save(session, [late, overdue], house.clock())
        ids["task"] = overdue.id
        ids["gone"] = make_resident(house, session, village, name=f"何{mark}去", birth_date=BORN).id
        rights.seal(session, house.vault, ids["gone"], doctor.account.id, house.clock())
        ids["link"] = make_link(house, session, ids["child"], place.token).id
    _visits(place, doctor)
    _visits_again(place, Page(app, doctor.account, other_phone))
    reaction = {
        "id": new_id(),
        "signs": ["high_fever"],
        "onset_on": "2026-11-22",
        "vaccinated_on": "2026-11-21",
        "note": f"烧了一夜{mark}",
        "phone": None,
    }
    family = {"Authorization": f"Family {place.token}", "X-Birth-Date": BORN.isoformat()}
    told = doctor.client.post("/api/v1/family/reactions", json=reaction, headers=family)
    assert told.status_code == 201, told.text
    ids["reaction"] = reaction["id"]


def _outbox(page: Page) -> Outbox:
    assert page.phone is not None
    return Outbox(page.phone, page.account.id, page.house.seal_key, page.house.clock())


def _send(page: Page, *envelopes: dict[str, Any]) -> list[str]:
    answer = page.post("/submissions", {"envelopes": list(envelopes)})
    assert answer.status_code == 200, answer.text
    return [one["status"] for one in (answer.json or {})["receipts"]]


def _visits(place: Place, doctor: Page) -> None:
    """A blood pressure, a household visit with a photo, and one that nobody can read."""
    ids, outbox = place.ids, _outbox(doctor)
    photo = Sealed(outbox.phone, outbox.seal_key, jpeg(seed=place.mark))
    person, home = ("resident", ids["resident"]), ("household", ids["household"])
    sent = {
        "submission": outbox.finalise("htn_followup", person, pressure(150, 92)),
        "visit": outbox.finalise(
            "household_visit", home, answers("household_visit"), attachments=[photo.named]
        ),
        "strange": outbox.finalise("htn_followup", person, pressure(150, 92), version=99),
    }
    assert _send(doctor, *sent.values()) == ["stored", "stored", "quarantined"]
    put = photo.put(doctor, doctor.house.clock)
    assert put.json == {"received": len(photo.data), "complete": True}, put.text
    ids |= {kind: envelope["id"] for kind, envelope in sent.items() if kind != "strange"}
    ids["photo"] = photo.told


def _visits_again(place: Place, doctor: Page) -> None:
    """The same blood pressure, from the doctor's other phone."""
    person = ("resident", place.ids["resident"])
    again = _outbox(doctor).finalise("htn_followup", person, pressure(150, 92))
    assert _send(doctor, again) == ["stored"]
    place.ids["again"] = again["id"]


def _settle(house: House, place: Place, staff: Page) -> None:
    """What is made at the desk, for villages and wider areas alike."""
    ids = place.ids
    made: dict[str, tuple[str, dict[str, Any], Callable[[Any], str]]] = {
        "csv_link": (
            "/exports/links",
            LINK_DAYS | {"area": place.area},
            lambda told: told["id"],
        ),
        "clinic_day": (
            "/clinic/days",
            {"area_code": place.area, "on": ["2026-12-02"], "starts": "08:30", "ends": "11:00",
             "place": f"{place.mark}卫生室"},
            lambda told: told["items"][0]["id"],
        ),
        "audit": (
            "/review/audits",
            {"area_code": place.area, "programme": "hypertension", "from": "2026-01-01",
             "to": "2026-11-23", "method": "systematic", "size": 5, "seed": 1},
            lambda told: told["id"],
        ),
    }  # fmt: skip
    made["webhook"] = ("/webhooks", webhook(ids | {"area": place.area}), lambda told: told["id"])
    if place.mark in VILLAGES:
        made["request"] = (
            f"/residents/{ids['resident']}/rights/requests",
            {"id": new_id(), "kind": "copy", "asked_by": "self"},
            lambda told: told["id"],
        )
        taken = roster({"area": place.area}) | {"id": new_id(), "file_name": "旧花名册.csv"}
        made["roster"] = ("/rosters", taken, lambda told: told["id"])
    for kind, (path, body, read) in made.items():
        answer = staff.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        ids[kind] = read(answer.json)
    tried = staff.post(f"/webhooks/{ids['webhook']}/test")
    assert tried.status_code == 200, tried.text
    ids["delivery"] = (tried.json or {})["items"][0]["id"]
    place.names.add(f"{place.mark}卫生室")
    if place.mark not in VILLAGES:
        return
    with Session(house.engine) as session:
        ids |= _found(session, place)


def _found(session: Session, place: Place) -> dict[str, str]:
    """Ids of what the line and the jobs made by themselves."""
    waiting, twins, reminder = (
        tables.submissions.QuarantineRow,
        tables.dedup.DuplicateCandidateRow,
        tables.reminders.ReminderRow,
    )
    device, child = place.ids["device"], place.ids["child"]
    pair = (place.ids["resident"], place.ids["twin"])
    return {
        "quarantine": session.scalars(select(waiting.id).where(waiting.device_id == device)).one(),
        "pair": session.scalars(
            select(twins.id).where(twins.resident_id.in_(pair), twins.other_id.in_(pair))
        ).one(),
        "reminder": session.scalars(
            select(reminder.id).where(reminder.addressee_id == child)
        ).one(),
    }


def roster(ids: Mapping[str, str], family: str = "钱") -> dict[str, Any]:
    """A village's list of one, as the desk sends it."""
    born = 1930 + 5 * sorted(VILLAGES.values()).index(ids["area"]) if _is_village(ids) else 1925
    told = f"姓名,性别,出生日期\n{family}新{born},男,{born}-02-03\n"
    return {
        "id": new_id(),
        "content": b64encode(told.encode()).decode(),
        "columns": None,
        "village_code": ids["area"],
    }


def _is_village(ids: Mapping[str, str]) -> bool:
    return ids["area"] in VILLAGES.values()


def webhook(ids: Mapping[str, str]) -> dict[str, Any]:
    """Somebody who wants to be told of an area."""
    return {"url": "https://hooks.example.org/suifang", "area": ids["area"], "note": "县平台"}


def digest(text: str) -> str:
    """SHA-256 of a token, as the server keeps it."""
    return sha256(text.encode()).hexdigest()
