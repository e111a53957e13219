"""Whether the server lives, and whether the line is open."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from backend.house import House


def test_a_new_installation_is_ready(client: FlaskClient) -> None:
    assert client.get("/api/v1/health/live").json == {"status": "ok"}
    answer = client.get("/api/v1/health/ready")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("broken", "missing"),
    [
        ("DELETE FROM server_state WHERE key = 'epoch'", "epoch"),
        ("UPDATE alembic_version SET version_num = '0000'", "schema"),
    ],
)
def test_what_is_missing_is_named(
    client: FlaskClient, house: House, broken: str, missing: str
) -> None:
    with house.write() as session:
        session.execute(text(broken))
    answer = client.get("/api/v1/health/ready")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["details"]["missing"] == [missing]
