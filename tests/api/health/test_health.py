"""Whether the server lives, and whether the line is open."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

from backend.feed import service as feed
from backend.forms import service as forms
from backend.house import House
from backend.kernel.sealing import unb64


@pytest.fixture(autouse=True)
def published(house: House) -> None:
    """Forms and rules, as ``flask setup`` leaves them; does nothing where they are there."""
    with house.write() as session:
        forms.publish_folder(session, house.settings.schemas, house.clock())


def test_a_new_installation_is_ready(client: FlaskClient) -> None:
    assert client.get("/api/v1/health/live").json == {"status": "ok"}
    answer = client.get("/api/v1/health/ready")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("broken", "missing"),
    [
        ("DELETE FROM server_state WHERE key = 'epoch'", "epoch"),
        ("DELETE FROM form_versions; DELETE FROM rule_versions", "forms"),
        ("UPDATE alembic_version SET version_num = '0000'", "schema"),
    ],
)
def test_what_is_missing_is_named(
    client: FlaskClient, house: House, broken: str, missing: str
) -> None:
    with house.write() as session:
        for statement in broken.split(";"):
            session.execute(text(statement))
    answer = client.get("/api/v1/health/ready")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["details"]["missing"] == [missing]


def test_a_database_that_is_not_there_is_named_too(
    client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/x?connect_timeout=1")
    monkeypatch.setattr(house, "_sessions", sessionmaker(nowhere))
    answer = client.get("/api/v1/health/ready")
    assert (answer.status_code, answer.json and answer.json["details"]) == (
        503,
        {"missing": ["database"]},
    )
    assert client.get("/api/v1/health/live").status_code == 200


def test_what_a_page_needs(client: FlaskClient, house: House) -> None:
    found = client.get("/api/v1/config").json
    assert found is not None
    assert found["server_time"] == "2026-11-23T02:00:00.000Z"
    assert unb64(found["seal"]["public_key"]) == house.seal_key.public
    assert len(unb64(found["push_public_key"])) == 65
    assert found["product_name"] == {"zh-CN": "随访", "en": "Suifang"}
    with house.read() as session:
        assert found["epoch"] == feed.epoch(session)


def test_before_the_first_setup_it_says_so(client: FlaskClient, house: House) -> None:
    with house.write() as session:
        session.execute(text("DELETE FROM server_state"))
    answer = client.get("/api/v1/config")
    assert (answer.status_code, answer.json and answer.json["code"]) == (503, "not_ready")
