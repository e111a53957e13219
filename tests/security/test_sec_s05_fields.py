"""S05: what each role reads and writes of a thing. S40: numbers are masked on every screen.

Whole numbers leave by two doors, both with a reason and a row in the audit: files for other systems
and the copy for the person. A doctor's own phone needs them to telephone.
"""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.ids import new_id
from backend.kernel.sealing import b64
from tests.builders.accounts import Page
from tests.builders.residents import make_resident
from tests.builders.world import World
from tests.security.doors import DOORS, At, Tells
from tests.security.test_sec_s03_matrix import told

ID_NO, PHONE, CONTACT = "510101195803040023", "13987654321", "13912345678"


@pytest.fixture(scope="module")
def numbered(world: World) -> World:
    """The world, the first village's resident with numbers in the register."""
    house = world.house
    with house.write() as session:
        shown = make_resident(
            house, session, world.places["甲"].area, name="何号码", id_no=ID_NO, phone=PHONE,
            contact_name="何某", contact_phone_locked=house.vault.lock(CONTACT),
        )  # fmt: skip
        world.places["甲"].ids["numbered"] = shown.id
    return world


def test_sec_s40_no_screen_of_the_desk_shows_a_whole_number(numbered: World) -> None:
    page, place = numbered.people["supervisor"], numbered.places["甲"]
    ids = place.ids
    asked = {**ids, "resident": ids["numbered"]}
    shown = []
    for route, door in DOORS.items():
        method, _, _rule = route.partition(" ")
        if not isinstance(door, At | Tells) or method != "GET":
            continue
        path = (
            door.path.format_map({**asked, "area": place.area})
            if isinstance(door, At)
            else door.path
        )
        answer = told(page.call(method, path))
        if any(number in answer for number in (ID_NO, PHONE, CONTACT)):
            shown.append(route)
    assert shown == []
    masked = page.get(f"/residents/{ids['numbered']}").json or {}
    assert masked["id_no"] == "510101********0023"
    assert (masked["phone"], masked["contact_phone"]) == ("139****4321", "139****5678")


def test_sec_s05_the_doctors_own_phone_reads_whole_numbers_and_no_other(numbered: World) -> None:
    def fetched(page: Page) -> str:
        text, cursor = "", None
        while True:
            query = f"/sync?limit=500{'' if cursor is None else f'&cursor={cursor}'}"
            answer = page.get(query)
            text, cursor = text + answer.text, (answer.json or {})["cursor"]
            if not (answer.json or {})["more"]:
                return text

    assert PHONE not in fetched(numbered.people["sibling_doctor"])
    for who in ("reviewer", "supervisor"):
        assert numbered.people[who].get("/sync").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/accounts", {"login": "new.one", "name": "新人", "role": "worker", "areas": ["{area}"],
                       "totp_confirmed": True}),
        ("/accounts", {"login": "new.one", "name": "新人", "role": "worker", "areas": ["{area}"],
                       "password_hash": "x"}),
        ("/residents/{resident}/rights/requests", {"id": "{new}", "kind": "access",
                                                   "asked_by": "self", "state": "done"}),
        ("/residents/{resident}/rights/requests", {"id": "{new}", "kind": "access",
                                                   "asked_by": "self", "due_on": "2099-01-01"}),
        ("/tasks/{task}/postponement", {"until": "2026-11-25", "reason": "asked",
                                        "state": "completed"}),
        ("/submissions/{submission}/comments", {"text": "请说明", "kind": None,
                                                "author_id": "{doctor}"}),
    ],
)  # fmt: skip
def test_sec_s05_nobody_writes_a_field_that_is_not_theirs(
    numbered: World, path: str, body: dict[str, Any]
) -> None:
    """What the server decides (who, when, in which state) cannot be sent along."""
    place = numbered.places["甲"]
    ids = {**place.ids, "area": place.area, "new": new_id()}

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value.format_map(ids) if isinstance(value, str) else value

    sent = {key: filled(value) for key, value in body.items()}
    answer = numbered.people["reviewer"].post(path.format_map(ids), sent)
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        ("reviewer", "worker", 201),
        ("reviewer", "reviewer", 404),
        ("reviewer", "supervisor", 422),
        ("supervisor", "reviewer", 201),
        ("supervisor", "supervisor", 422),
        ("doctor", "worker", 404),
    ],
)
def test_sec_s05_a_role_is_given_by_a_higher_one_alone(
    numbered: World, who: str, role: str, status: int
) -> None:
    page = numbered.people[who]
    area = numbered.places["甲"].area if who != "supervisor" else numbered.places["镇"].area
    body = {"login": f"n{b64(new_id().encode())[-10:].lower()}".replace("_", "x").replace("-", "y"),
            "name": "新人", "role": role, "areas": [area]}  # fmt: skip
    assert page.post("/accounts", body).status_code == status
