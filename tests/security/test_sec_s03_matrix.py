"""S03: every route, for every role, about everything it could be asked about.

S04, fault 61: what is not theirs looks like what does not exist, and is written down. S41: whoever
is shown somebody, too.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from werkzeug.test import TestResponse

from backend.audit import service as audit
from backend.geo.rules import covers_any
from tests.builders.accounts import Page, browser
from tests.builders.world import BORN, Place, World
from tests.security.doors import DOORS, UNFILTERED, At, Own, Tells, unknown

ROLES = ("doctor", "reviewer", "supervisor")
"""Of each rank somebody of the first county; the link's holder and the phone stand for the rest."""


def told(answer: TestResponse) -> str:
    """Everything that stands in an answer, workbooks unpacked."""
    if answer.data[:2] != b"PK":
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def tells_of(answer: TestResponse, places: list[Place]) -> set[str]:
    text = told(answer)
    return {mark for place in places for mark in place.telling if mark in text}


def seen(page: Page, place: Place) -> bool:
    return covers_any(page.account.areas, place.area)


def ask(world: World, who: str, route: str, path: str, body: Any) -> TestResponse:
    """Ask, and undo what it did."""
    method = route.split(maxsplit=1)[0]
    answer = world.people[who].call(method, path, body)
    _ = answer.data
    if method != "GET" and answer.status_code < 300:
        world.restored()
    return answer


def without_id(answer: TestResponse) -> tuple[int, Any]:
    body = answer.json or {}
    return answer.status_code, {k: v for k, v in body.items() if k != "request_id"}


def test_sec_s03_every_route_stands_in_the_matrix(world: World) -> None:
    assert set(world.policies()) == set(DOORS)


@pytest.mark.parametrize("route", [name for name, door in DOORS.items() if isinstance(door, At)])
def test_sec_s03_what_lies_somewhere_is_for_those_who_see_that_place(
    world: World, route: str
) -> None:
    door, roles = DOORS[route], world.policies()[route].roles
    assert isinstance(door, At)
    path, body = door.asked(unknown())
    reached = 0
    for who in ROLES:
        page = world.people[who]
        missing = without_id(ask(world, who, route, path, body))
        for place in world.places.values():
            if place.mark not in "甲乙丙丁" and not door.wide:
                continue
            answer = ask(world, who, route, *door.asked(place))
            what = f"{who} {route} {place.area}: {answer.status_code} {told(answer)[:300]}"
            allowed = not roles or page.account.role in roles
            if allowed and seen(page, place):
                assert answer.status_code in door.status, what
                foreign = [other for other in world.places.values() if not seen(page, other)]
                assert tells_of(answer, foreign) == set(), what
                reached += 1
            elif "items" in (body or {}):
                refused_among_many(answer, missing, what)
            else:
                assert without_id(answer) == missing, what
                assert answer.status_code == 404, what
    assert reached, "nobody can use this route, or the place holds nothing of it"


def refused_among_many(answer: TestResponse, missing: tuple[int, Any], what: str) -> None:
    """Of several at once: each that is not theirs is left, as one that is missing is."""
    if answer.status_code == 200:
        assert answer.json is not None
        assert answer.json["approved"] == [], what
        assert {left["code"] for left in answer.json["left"]} == {"not_found"}, what
    else:
        assert without_id(answer) == missing, what


@pytest.mark.parametrize("route", [name for name, door in DOORS.items() if isinstance(door, Tells)])
def test_sec_s03_a_list_tells_of_what_the_caller_sees_and_of_nothing_else(
    world: World, route: str
) -> None:
    door, roles = DOORS[route], world.policies()[route].roles
    assert isinstance(door, Tells)
    for who in ROLES:
        page = world.people[who]
        answer = ask(world, who, route, door.path, door.body)
        if roles and page.account.role not in roles:
            assert answer.status_code == 404, f"{who} {route}: {answer.status_code}"
            continue
        assert answer.status_code == 200, f"{who} {route}: {answer.text}"
        places = list(world.places.values())
        foreign = [place for place in places if not seen(page, place)]
        assert tells_of(answer, foreign) == set(), f"{who} {route}"
        for place in (place for place in places if seen(page, place) and place.mark in "甲乙丙"):
            for kind in door.shows:
                wanted = place.names if kind == "names" else {place.ids[kind]}
                assert any(one in told(answer) for one in wanted), f"{who} {route} {kind}"


@pytest.mark.parametrize("route", UNFILTERED)
def test_sec_s03_without_an_area_a_route_tells_of_the_callers(world: World, route: str) -> None:
    path, body = UNFILTERED[route]
    for who in ("reviewer", "other_reviewer", "supervisor", "far_supervisor"):
        page = world.people[who]
        answer = ask(world, who, route, path, body)
        assert answer.status_code == 200, f"{who} {route}: {answer.text}"
        foreign = [place for place in world.places.values() if not seen(page, place)]
        assert tells_of(answer, foreign) == set(), f"{who} {route}"


def knock(world: World, route: str, headers: dict[str, str]) -> TestResponse:
    """Ask about the first village with whatever key."""
    door, method = DOORS[route], route.split(maxsplit=1)[0]
    assert isinstance(door, At | Tells)
    path, body = door.asked(world.places["甲"]) if isinstance(door, At) else (door.path, door.body)
    return browser(world.app).open("/api/v1" + path, method=method, json=body, headers=headers)


@pytest.mark.parametrize(
    "route", [name for name, door in DOORS.items() if isinstance(door, At | Tells)]
)
def test_sec_s03_no_other_key_opens_what_needs_an_account(world: World, route: str) -> None:
    village, phone = world.places["甲"], world.people["doctor"].phone
    assert phone is not None
    door, method = DOORS[route], route.split(maxsplit=1)[0]
    assert isinstance(door, At | Tells)
    path = door.asked(village)[0] if isinstance(door, At) else door.path
    signed = phone.headers(method, "/api/v1" + path.split("?")[0], b"", world.house.clock())
    family = {"Authorization": f"Family {village.token}", "X-Birth-Date": BORN.isoformat()}
    for key, headers in {"nobody": {}, "mother": family, "phone": signed}.items():
        assert knock(world, route, headers).status_code == 401, f"{key} {route}"


@pytest.mark.parametrize("route", [name for name, door in DOORS.items() if isinstance(door, Own)])
def test_sec_s03_what_is_ones_own_needs_the_session_too(world: World, route: str) -> None:
    path = route.split()[1].replace("<string:key>", "x").replace("<string:kind>", "x")
    for kind in ("session_id", "batch_id", "filter_id"):
        path = path.replace(f"<id:{kind}>", world.places["甲"].ids["resident"])
    path = path.replace("<int:version>", "1")
    answer = browser(world.app).open("/api/v1" + path, method=route.split(maxsplit=1)[0], json={})
    assert answer.status_code == 401, route


REMOVED = ("DELETE /devices/<id:device_id>", "DELETE /clinic/days/<id:day_id>")


@pytest.mark.parametrize("route", REMOVED)
def test_sec_s03_what_was_removed_looks_like_what_never_was(world: World, route: str) -> None:
    door, page = DOORS[route], world.people["reviewer"]
    assert isinstance(door, At)
    asked = door.asked(world.places["甲"])
    assert page.call("DELETE", *asked).status_code == 204
    again, never = page.call("DELETE", *asked), page.call("DELETE", *door.asked(unknown()))
    assert without_id(again) == without_id(never)
    assert again.status_code == 404
    world.restored()


READING = [
    route for route, door in DOORS.items()
    if isinstance(door, At | Tells) and (route.startswith("GET") or "/exports" in route)
]  # fmt: skip


@pytest.mark.parametrize("route", READING)
def test_sec_s41_whoever_is_shown_a_resident_is_written_down(world: World, route: str) -> None:
    """No name leaves without a row; what tells of nobody need not be written down."""
    door, village = DOORS[route], world.places["甲"]
    assert isinstance(door, At | Tells)
    path, body = door.asked(village) if isinstance(door, At) else (door.path, door.body)
    residents = village.names - {world.people["doctor"].account.name, "甲卫生室"}
    for who in ("doctor", "reviewer"):
        page = world.people[who]
        with world.house.read() as session:
            before = len(audit.by_actor(session, page.account.id))
        answer = page.call(route.split(maxsplit=1)[0], path, body)
        shown = {name for name in residents if name in told(answer)}
        with world.house.read() as session:
            after = audit.by_actor(session, page.account.id)[before:]
        assert not shown or after, f"{who} {route} was shown {shown}"
    world.restored()


def test_fault_61_asking_for_what_is_not_ones_own_is_written_down(world: World) -> None:
    foreign = world.places["丙"].ids["resident"]
    assert world.people["reviewer"].get(f"/residents/{foreign}").status_code == 404
    with world.house.read() as session:
        last = audit.by_actor(session, world.people["reviewer"].account.id)[-1]
    assert (last.action, last.object_kind, last.object_id) == ("refused", "read_resident", foreign)
    world.restored()
