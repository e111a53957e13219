"""S13: argon2id, 12 to 128 characters, deny list. S43: nothing of it in a log."""

from __future__ import annotations

import logging

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from flask.testing import FlaskClient

from backend.accounts.service import hashing
from tests.builders.accounts import PASSWORD
from tests.builders.county import County


def test_sec_s13_hashes_are_argon2id_of_the_agreed_size() -> None:
    found = extract_parameters(hashing.hashed("x"))
    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost, found.parallelism) == (19_456, 2, 1)
    assert hashing.hashed("x") != hashing.hashed("x")


@pytest.mark.parametrize("broken", ["", "$argon2id$", "plain text", "$argon2id$v=19$m=1$x$y"])
def test_sec_s13_a_damaged_hash_opens_nothing(broken: str) -> None:
    assert not hashing.holds(broken, "x")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("玉兰花" * 60, "password_too_long"),
        ("P@ssw0rd!2026", "password_too_common"),
        ("i am the doctor here", "password_holds_login"),
        (PASSWORD, "password_unchanged"),
    ],
)
def test_sec_s13_weak_ones_are_refused_with_a_reason(
    county: County, password: str, code: str
) -> None:
    answer = county.doctor.post(
        "/auth/password", {"new_password": password, "current_password": PASSWORD}
    )
    assert (answer.status_code, answer.json and answer.json["code"]) == (422, code)


def test_sec_s43_no_log_line_names_a_person_a_login_or_a_password(
    client: FlaskClient, county: County, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for login, password in (("doctor", PASSWORD), ("canary-7131", "canary-guess-7131")):
            client.post(
                "/api/v1/auth/login",
                json={"login": login, "password": password, "entry": "capture"},
            )
        county.reviewer.get("/accounts?canary-7131=1")
        county.reviewer.post(f"/accounts/{county.doctor.account.id}/one-time-password")
    written = " ".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records
        if record.name.startswith(("suifang", "sqlalchemy", "werkzeug"))
    )  # fmt: skip
    assert "POST /api/v1/auth/login 200" in written
    for canary in ("canary", "doctor", PASSWORD, "张玉兰", county.doctor.account.id):
        assert canary not in written
