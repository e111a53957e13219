"""What comes to the door and is refused there, and what a refusal looks like."""

from __future__ import annotations

import gzip
import logging
import zlib
from typing import Any

import psycopg
import pytest
from apiflask import APIBlueprint, APIFlask
from flask.testing import FlaskClient
from marshmallow import fields
from sqlalchemy.exc import OperationalError

from backend.api.policy import Anonymous, Caller, anonymous, signed_in
from backend.api.requests import MAX_BODY
from backend.api.routing import route
from backend.api.wire.common import Page, Wire
from backend.audit import service as audit
from backend.house import House
from backend.kernel.ids import is_uuid, new_id
from tests.builders.county import County

pytestmark = pytest.mark.sqlite_only(reason="refused before the database is asked")

PACKED = gzip.compress(b'{"text":"x"}', mtime=0)  # the same in every worker of a run

probe = APIBlueprint("probe", __name__)


class Note(Wire):
    text = fields.String(required=True)


@route(probe, "POST", "/probe", policy=anonymous(), body=Note, output=Note)
def echo(_caller: Anonymous, body: dict[str, Any]) -> dict[str, Any]:
    """Answer what was sent."""
    return body


@route(probe, "GET", "/probe", policy=anonymous(), query=Page, output=Page)
def echo_query(_caller: Anonymous, query: dict[str, Any]) -> dict[str, Any]:
    """Answer the query."""
    return query


@route(probe, "POST", "/probe/mine/<id:thing_id>", policy=signed_in(), body=Note, output=Note)
def mine(_caller: Caller, thing_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Only for those who are signed in."""
    return body


@route(probe, "POST", "/probe/fails/<how>", policy=anonymous())
def fails(_caller: Anonymous, how: str) -> None:
    """Fail in one of several ways."""
    errors: dict[str, Exception] = {
        "unexpected": RuntimeError("张秀英 13800000000"),
        "gone": OperationalError("SELECT :x", {"x": "张秀英"}, psycopg.OperationalError("lost")),
    }
    raise errors[how]


@pytest.fixture
def client(app: APIFlask, client: FlaskClient) -> FlaskClient:
    app.register_blueprint(probe, url_prefix="/api/v1")
    app.testing = False
    return client


def send(client: FlaskClient, data: bytes, **headers: str) -> tuple[int, str]:
    answer = client.post(
        "/api/v1/probe", data=data, headers={"Content-Type": "application/json"} | headers
    )
    assert answer.json is not None
    return answer.status_code, answer.json.get("code", answer.json.get("text"))


def test_a_problem_document_is_complete(client: FlaskClient) -> None:
    answer = client.post("/api/v1/probe", json={"text": 5, "more": 1})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert set(answer.json) == {"type", "title", "status", "code", "details", "request_id"}
    assert answer.json["type"] == "urn:suifang:problem:invalid_request"
    assert answer.json["details"]["fields"] == {
        "text": ["Not a valid string."],
        "more": ["Unknown field."],
    }
    assert set(answer.json["title"]) == {"zh-CN", "en"}
    assert is_uuid(answer.json["request_id"])
    assert answer.headers["X-Request-Id"] == answer.json["request_id"]


@pytest.mark.parametrize(
    ("data", "headers", "expected"),
    [
        ('{"text":"张秀英 👩"}'.encode(), {}, (200, "张秀英 👩")),
        (b'{"text":"x"}', {"Content-Type": "application/json; charset=utf-8"}, (200, "x")),
        (b'{"text":"x"}', {"Content-Type": "text/plain"}, (415, "not_json")),
        (b"text=x", {"Content-Type": "application/x-www-form-urlencoded"}, (415, "not_json")),
        (b"<html>portal</html>", {}, (400, "not_readable")),
        (b"", {}, (400, "not_readable")),
        (b'{"text":NaN}', {}, (400, "not_readable")),
        (b'{"text":"\\ud800"}', {}, (400, "not_readable")),
        (b'{"text":"a\\u0000b"}', {}, (400, "not_readable")),
        (b'{"text":"a","text":"b"}', {}, (400, "not_readable")),
        (b"[" * 5000, {}, (400, "not_readable")),
        (b"[]", {}, (422, "invalid_request")),
        (b"null", {}, (422, "invalid_request")),
        (PACKED, {"Content-Encoding": "gzip"}, (200, "x")),
        (b'{"text":"x"}', {"Content-Encoding": "identity"}, (200, "x")),
        (b'{"text":"x"}', {"Content-Encoding": "gzip"}, (400, "bad_encoding")),
        (PACKED[:-4], {"Content-Encoding": "gzip"}, (400, "bad_encoding")),
        (PACKED * 2, {"Content-Encoding": "gzip"}, (400, "bad_encoding")),
        (zlib.compress(b'{"text":"x"}'), {"Content-Encoding": "deflate"}, (400, "bad_encoding")),
        (b"x", {"Content-Encoding": "br"}, (400, "bad_encoding")),
    ],
)
def test_the_door(
    client: FlaskClient, data: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert send(client, data, **headers) == expected


def test_sec_s31_too_much_is_refused_before_it_is_read(client: FlaskClient) -> None:
    big = b'{"text":"' + b"x" * MAX_BODY + b'"}'
    assert send(client, big) == (413, "too_large")


def test_fault_54_a_zip_bomb_is_refused_without_being_inflated(client: FlaskClient) -> None:
    bomb = gzip.compress(b'{"text":"' + b"x" * (64 << 20) + b'"}')
    assert len(bomb) < 100_000
    assert send(client, bomb, **{"Content-Encoding": "gzip"}) == (413, "too_large")


def test_exactly_the_limit_comes_in(client: FlaskClient) -> None:
    text = "x" * (MAX_BODY - len(b'{"text":""}'))
    packed = gzip.compress(f'{{"text":"{text}"}}'.encode())
    assert send(client, packed, **{"Content-Encoding": "gzip"}) == (200, text)


def test_who_is_calling_comes_before_what_is_said(client: FlaskClient) -> None:
    answer = client.post(f"/api/v1/probe/mine/{new_id()}", json={"wrong": 1})
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "sign_in_needed"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?limit=250&cursor=abc", 200),
        ("?limit=251", 422),
        ("?limit=0", 422),
        ("?limit=x", 422),
        ("?unknown=1", 422),
        ("?cursor=a%00b", 400),
    ],
)
def test_sec_s06_queries_are_checked_like_bodies(
    client: FlaskClient, query: str, status: int
) -> None:
    assert client.get("/api/v1/probe" + query).status_code == status


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/probe/mine/5", "/api", "/api/v2/x"])
def test_an_unknown_address_of_the_api_is_a_problem_not_a_page(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_wrong_verb_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.put("/api/v1/probe", json={})
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_sec_s35_an_unexpected_error_tells_a_number_and_nothing_else(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.post("/api/v1/probe/fails/unexpected")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["code"] == "server_error"
    assert "张秀英" not in answer.text
    assert "张秀英" not in caplog.text
    assert "unexpected RuntimeError at" in caplog.text
    assert any(
        getattr(record, "request_id", None) == answer.json["request_id"]
        for record in caplog.records
    )


def test_fault_34_a_lost_database_is_503_with_a_time_to_come_back(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.post("/api/v1/probe/fails/gone")
    assert (answer.status_code, answer.json and answer.json["code"]) == (503, "server_unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert "张秀英" not in caplog.text


def test_fault_61_what_is_missing_or_foreign_is_written_down(county: County, house: House) -> None:
    foreign = county.other_doctor.account.id
    answer = county.reviewer.post(f"/accounts/{foreign}/one-time-password")
    assert answer.status_code == 404
    with house.read() as session:
        refused = audit.of_action(session, "refused")
    assert [(entry.object_kind, entry.object_id) for entry in refused] == [
        ("issue_one_time_password", foreign)
    ]
    assert refused[0].actor.id == county.reviewer.account.id
