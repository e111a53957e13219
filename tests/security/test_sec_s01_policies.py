"""S01: every route states who may call it, or the application does not start.
S02: scope is asked in one place. S03: the list of routes, for the matrix."""

from __future__ import annotations

import re

import pytest
from apiflask import APIBlueprint, APIFlask

from backend.api.policy import Policy, anonymous
from backend.api.routing import declare, policies
from backend.settings import Settings

OPEN = {
    "GET /",
    "GET /<path:path>",
    "GET /api/v1/config",
    "GET /api/v1/health/live",
    "GET /api/v1/health/ready",
    "GET /api/v1/openapi.json",
    "POST /api/v1/auth/login",
    "POST /api/v1/push/receipts",  # a service worker has no session; the receipt is the proof
}
"""Everything that anybody may call. A new line here is a decision, not a detail."""


EXAMPLES = {
    "id": "01a20100-0000-7000-8000-000000000001",
    "area": "990123100201",
    "sha256": "0" * 64,
    "int": "1",
}
"""What may stand in a path, by the kind of its place."""


def routes(app: APIFlask) -> dict[str, Policy]:
    found = policies(app)
    return {
        f"{method} {rule.rule}": found[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }


def test_sec_s01_a_route_without_a_policy_stops_the_start(app: APIFlask) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "open to all")
    with pytest.raises(RuntimeError, match="/api/v1/forgotten"):
        policies(app)


def test_sec_s01_a_blueprints_route_without_a_policy_is_seen_too(app: APIFlask) -> None:
    blueprint = APIBlueprint("bare", __name__)
    blueprint.add_url_rule("/bare", "bare", lambda: "open to all")
    app.register_blueprint(blueprint, url_prefix="/api/v1")
    with pytest.raises(RuntimeError, match="/api/v1/bare"):
        policies(app)


def test_sec_s01_a_declared_view_passes(app: APIFlask) -> None:
    app.add_url_rule("/said", "said", declare(anonymous(), lambda: "x"))
    assert policies(app)["said"].kind == "anonymous"


def test_sec_s01_only_these_routes_are_open_to_anybody(app: APIFlask) -> None:
    assert {name for name, policy in routes(app).items() if policy.kind == "anonymous"} == OPEN


def test_sec_s01_no_route_answers_a_question_about_its_verbs(app: APIFlask) -> None:
    assert {method for name in routes(app) for method in [name.split()[0]]} <= {
        "GET", "POST", "PUT", "PATCH", "DELETE",
    }  # fmt: skip


def test_sec_s01_every_protected_route_is_shut_without_a_session(
    app: APIFlask, settings: Settings
) -> None:
    client = app.test_client()
    shut = 0
    for rule in app.url_map.iter_rules():
        policy = policies(app)[rule.endpoint]
        if policy.kind in ("anonymous", "refresh_cookie", "metrics"):
            continue  # metrics are not there at all without a token (S36)
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda m: EXAMPLES.get(m[1], "x"), rule.rule)
        for method in (rule.methods or set()) - {"HEAD"}:
            answer = client.open(path, method=method, json={})
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
            shut += 1
    assert shut >= 10
