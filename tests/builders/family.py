"""A caregiver's side of the API: the link, the birth date, and what a mother tells."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from apiflask import APIFlask
from werkzeug.test import TestResponse

from backend.house import House
from backend.kernel.ids import new_id
from tests.builders.accounts import browser
from tests.builders.reminders import make_child, make_dose, make_link

TOKEN = "kZr3mQ8vT2xW9bYcL5nPfA"
BORN = date(2026, 10, 24)  # one month old tomorrow: the second hepatitis B dose


def knowing(token: str, born: str | None = BORN.isoformat()) -> dict[str, str]:
    """The headers of a caregiver: the link, and the birth date of the child."""
    link = {"Authorization": f"Family {token}"}
    return link if born is None else link | {"X-Birth-Date": born}


def call(
    app: APIFlask,
    method: str,
    path: str,
    token: str | None,
    body: Any = None,
    born: str | None = BORN.isoformat(),
) -> TestResponse:
    headers = {} if token is None else knowing(token, born)
    return browser(app).open("/api/v1" + path, method=method, headers=headers, json=body)


def a_child(house: House, **changes: Any) -> str:
    with house.write() as session:
        child = make_child(house, session, birth_date=BORN, **changes)
        make_link(house, session, child, TOKEN)
        for vaccine in ("HepB", "BCG"):
            make_dose(session, child, vaccine, BORN)
    return child


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def reaction(**changes: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "signs": ["fever", "swelling"],
        "onset_on": "2026-11-22",
        "vaccinated_on": "2026-11-21",
        "note": "打针的地方有点硬",
        "phone": "13900000009",
    } | changes
