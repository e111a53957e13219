"""S17: no request of another site. S18: no CORS. S19, S21: headers on every answer. S22: no-store.
S34: proxy headers only from configured hops. S36: no description in production."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask import request
from flask.testing import FlaskClient

from backend.app import create_app
from backend.settings import Settings
from tests.builders.accounts import PASSWORD, browser
from tests.builders.county import County
from tests.builders.settings import make_settings
from tests.databases import Database
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.sqlite_only(reason="headers and origins: the database has no part in it")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
EVERYWHERE = {
    "Content-Security-Policy": CSP,
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BODY = {"login": "doctor", "password": PASSWORD, "entry": "capture"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://localhost"}, 200),
        ({"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://localhost.evil.example"}, 403),
        ({"Origin": "https://localhost:8443"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_sec_s17_only_our_own_pages_change_anything(
    client: FlaskClient, county: County, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/api/v1/auth/login", json=BODY, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json is not None
        assert answer.json["code"] == "not_same_origin"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_sec_s17_what_a_foreign_form_can_send_is_not_read(
    client: FlaskClient, county: County, kind: str
) -> None:
    data = f'{{"login":"doctor","password":"{PASSWORD}","entry":"capture"}}'
    answer = client.post("/api/v1/auth/login", data=data.encode(), content_type=kind)
    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/api/v1/auth/refresh", "/api/v1/auth/logout"])
def test_sec_s17_a_cookie_alone_does_nothing(app: APIFlask, county: County, path: str) -> None:
    client = browser(app)
    assert client.post("/api/v1/auth/login", json=BODY).status_code == 200
    del client.environ_base["HTTP_X_SUIFANG"]
    refused = client.post(path, json={"entry": "capture"})
    assert (refused.status_code, refused.json and refused.json["code"]) == (403, "not_same_origin")
    headers = {"X-Suifang": "1"}
    kept = client.post("/api/v1/auth/refresh", json={"entry": "capture"}, headers=headers)
    assert kept.status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/config", "/api/v1/auth/login", "/", "/sw.js"])
def test_sec_s18_no_other_origin_is_ever_allowed(client: FlaskClient, path: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "GET"):
        answer = client.open(path, method=method, headers=asked)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert client.open(path, method="OPTIONS", headers=asked).status_code == 405


def built(folder: Path) -> Path:
    """What the PWA's build leaves."""
    for name, text in {
        "index.html": "<!doctype html><title>landing</title>",
        "capture/index.html": "<!doctype html><title>capture</title>",
        "desk/index.html": "<!doctype html><title>desk</title>",
        "family/index.html": "<!doctype html><title>family</title>",
        "sw.js": "self",
        "manifest.webmanifest": "{}",
        "assets/app-1a2b.js": "plain",
        "assets/app-1a2b.js.br": "brotli",
        "assets/app-1a2b.js.gz": "gzip",
        "icons/icon.svg": "<svg/>",
        ".secret": "never",
    }.items():
        path = folder / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "dist"


@pytest.fixture
def pages(database: Database, tmp_path: Path, clock: FakeClock) -> FlaskClient:
    settings = make_settings(tmp_path, database.url, pwa=built(tmp_path))
    return browser(create_app(settings, clock))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/capture/residents/5", 200),
        ("/family/", 200),
        ("/sw.js", 200),
        ("/assets/app-1a2b.js", 200),
        ("/nowhere", 404),
        ("/api/v1/config", 200),
        ("/api/v1/nowhere", 404),
        ("/api/v1/devices", 401),
    ],
)
def test_sec_s19_s21_every_answer_has_its_headers(
    pages: FlaskClient, path: str, status: int
) -> None:
    answer = pages.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "microphone=()" in answer.headers["Permissions-Policy"]


def test_sec_s19_errors_have_them_too(pages: FlaskClient) -> None:
    answer = pages.put("/api/v1/config")
    assert answer.headers["Content-Security-Policy"] == CSP


@pytest.mark.parametrize("path", ["/desk", "/desk/", "/desk/review/1"])
def test_sec_s19_the_desk_alone_names_its_policies(pages: FlaskClient, path: str) -> None:
    assert pages.get(path).headers["Content-Security-Policy"] == (
        f"{CSP}; trusted-types default dompurify vue"
    )


@pytest.mark.parametrize("path", ["/api/v1/config", "/api/v1/nowhere", "/api/v1/devices"])
def test_sec_s22_nothing_of_the_api_is_kept(pages: FlaskClient, path: str) -> None:
    assert pages.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "title", "cache"),
    [
        ("/", "landing", "no-cache"),
        ("/capture", "capture", "no-cache"),
        ("/capture/forms/x/new", "capture", "no-cache"),
        ("/desk/review", "desk", "no-cache"),
        ("/family/", "family", "no-cache"),
        ("/sw.js", "self", "no-cache"),
        ("/manifest.webmanifest", "{}", "no-cache"),
        ("/icons/icon.svg", "<svg/>", "no-cache"),
        ("/assets/app-1a2b.js", "plain", "public, max-age=31536000, immutable"),
    ],
)
def test_pages_and_how_long_they_last(
    pages: FlaskClient, path: str, title: str, cache: str
) -> None:
    answer = pages.get(path)
    assert answer.status_code == 200
    assert title in answer.text
    assert answer.headers["Cache-Control"] == cache


@pytest.mark.parametrize(
    ("accepts", "text", "coding"),
    [("br, gzip", "brotli", "br"), ("gzip", "gzip", "gzip"), ("", "plain", None),
     ("br;q=0, gzip", "gzip", "gzip"), ("identity", "plain", None)],
)  # fmt: skip
def test_the_smaller_copy_is_sent_to_who_takes_it(
    pages: FlaskClient, accepts: str, text: str, coding: str | None
) -> None:
    answer = pages.get("/assets/app-1a2b.js", headers={"Accept-Encoding": accepts})
    assert (answer.text, answer.headers.get("Content-Encoding")) == (text, coding)
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_an_unchanged_page_is_not_sent_again(pages: FlaskClient) -> None:
    first = pages.get("/capture/")
    again = pages.get("/capture/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/../settings.py", "/assets/../../secret", "/%2e%2e/secret", "/.secret", "/assets/gone.js",
     "/capture/gone.js", "/..%5csecret", "/assets", "/nowhere/"],
)  # fmt: skip
def test_nothing_outside_of_the_build_is_served(pages: FlaskClient, path: str) -> None:
    assert pages.get(path).status_code == 404


def test_before_the_build_the_page_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/capture/")
    assert answer.status_code == 503
    assert "make build" in answer.text
    assert "<script" not in answer.text
    assert "style" not in answer.text


@pytest.mark.parametrize(("hops", "counted"), [(0, "10.0.0.1"), (1, "203.0.113.9")])
def test_sec_s34_forwarded_headers_count_only_behind_a_configured_proxy(
    settings: Settings, clock: FakeClock, hops: int, counted: str
) -> None:
    app = create_app(replace(settings, proxy_hops=hops), clock)
    seen: list[str] = []
    app.before_request(lambda: seen.append(request.remote_addr or ""))
    browser(app).get(
        "/api/v1/config",
        headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"},
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
    )
    assert seen == [counted]


def test_sec_s36_production_describes_nothing(settings: Settings, clock: FakeClock) -> None:
    client = browser(create_app(replace(settings, development=False), clock))
    assert client.get("/api/v1/openapi.json").status_code == 404
    assert client.get("/docs").status_code != 200
    assert client.open("/", method="TRACE").status_code == 405


def test_the_description_is_openapi_31_and_knows_every_route(
    app: APIFlask, client: FlaskClient
) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    login = document["paths"]["/api/v1/auth/login"]["post"]
    assert login["x-policy"] == "anonymous"
    assert login["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/LoginRequest"
    }
    refused = login["responses"]["422"]["content"]
    assert refused == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    described = {
        (path, method) for path, methods in document["paths"].items() for method in methods
    }
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert described == served
