"""The command line: a fresh machine is set up, people get in, and again changes nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from backend.accounts import service as accounts
from backend.audit import service as audit
from backend.feed import service as feed
from backend.house import House
from backend.programmes import service as programmes
from tests.builders.accounts import PASSWORD
from tests.builders.areas import OTHER_VILLAGE, UNKNOWN_AREA, VILLAGE, make_county
from tests.builders.county import County
from tests.builders.settings import ROOT


def run(app: APIFlask, *args: str) -> str:
    result = app.test_cli_runner().invoke(args=list(args))
    assert result.exit_code == 0, result.output
    return str(result.output)


def log_in(client: FlaskClient, login: str, password: str) -> int:
    body = {"login": login, "password": password, "entry": "capture"}
    return client.post("/api/v1/auth/login", json=body).status_code


def test_from_the_root_without_options_twice(tmp_path: Path) -> None:
    flask = Path(sys.executable).parent / "flask"
    env = {"PATH": os.environ["PATH"], "SUIFANG_VAR": str(tmp_path)}

    def setup() -> str:
        done = subprocess.run(
            [flask, "setup"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    first, second = setup(), setup()
    epochs = [re.search(r"epoch: (\S+)", text) for text in (first, second)]
    assert epochs[0] and epochs[1] and epochs[0][1] == epochs[1][1]
    assert (tmp_path / "suifang.sqlite3").exists()


def test_an_account_is_made_and_its_password_works_once_printed(
    app: APIFlask, client: FlaskClient, house: House
) -> None:
    with house.write() as session:
        make_county(session)
    told = run(
        app,
        "accounts",
        "create",
        "WangLan",
        "--role",
        "worker",
        "--area",
        VILLAGE,
        "--name",
        "王兰",
    )
    password = re.search(r"(\w{4}-\w{4}-\w{4}-\w{4})", told)
    assert password
    assert log_in(client, "wanglan", password[1]) == 200
    with house.read() as session:
        account = accounts.account_by_login(session, "wanglan")
        assert account is not None
        assert (account.name, account.areas) == ("王兰", (VILLAGE,))
        assert [entry.actor.kind for entry in audit.of_action(session, "account_created")] == [
            "system"
        ]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("create", "doctor", "--role", "worker", "--area", VILLAGE, "--name", "x"), "login_taken"),
        (("create", "n", "--role", "worker", "--area", UNKNOWN_AREA, "--name", "x"), UNKNOWN_AREA),
        (("create", "n", "--role", "king", "--area", VILLAGE, "--name", "x"), "king"),
        (("one-time", "nobody"), "nobody"),
        (("areas", "doctor", UNKNOWN_AREA), UNKNOWN_AREA),
    ],
)
def test_mistakes_are_told_and_change_nothing(
    app: APIFlask, county: County, args: tuple[str, ...], told: str
) -> None:
    result = app.test_cli_runner().invoke(args=["accounts", *args])
    assert result.exit_code != 0
    assert told in result.output
    with county.doctor.house.read() as session:
        assert accounts.account_by_login(session, "n") is None


def test_a_forgotten_password(app: APIFlask, client: FlaskClient, county: County) -> None:
    told = run(app, "accounts", "one-time", "doctor")
    password = re.search(r"(\w{4}-\w{4}-\w{4}-\w{4})", told)
    assert password
    assert log_in(client, "doctor", PASSWORD) == 401
    assert log_in(client, "doctor", password[1]) == 200


def test_off_and_on_again(app: APIFlask, client: FlaskClient, county: County) -> None:
    run(app, "accounts", "disable", "doctor")
    assert log_in(client, "doctor", PASSWORD) == 403
    run(app, "accounts", "enable", "doctor")
    assert log_in(client, "doctor", PASSWORD) == 200


def test_a_lost_authenticator(app: APIFlask, client: FlaskClient, county: County) -> None:
    run(app, "accounts", "reset-second-factor", "reviewer")
    body = {"login": "reviewer", "password": PASSWORD, "entry": "desk"}
    answer = client.post("/api/v1/auth/login", json=body).json
    assert answer is not None
    assert answer["needs"] == ["second_factor_setup"]


def test_other_areas(app: APIFlask, county: County, house: House) -> None:
    run(app, "accounts", "areas", "doctor", OTHER_VILLAGE)
    with house.read() as session:
        account = accounts.account_by_login(session, "doctor")
        assert account is not None
        assert account.areas == (OTHER_VILLAGE,)


def test_a_new_epoch_after_a_restore(app: APIFlask, house: House) -> None:
    before = run(app, "epoch", "show").strip()
    assert before in run(app, "epoch", "show")
    run(app, "epoch", "renew")
    with house.read() as session:
        assert feed.epoch(session) != before
        assert len(audit.of_action(session, "epoch_renewed")) == 1


# ── rules: asking them, and what areas set ───────────────────────────────────────────────────────

VISIT = {
    "form": "htn_followup",
    "answers": {"visit_date": "2026-05-06", "sbp": 150, "dbp": 92},
    "resident": {"birth_date": "1967-06-15", "sex": "1"},
}


def test_what_a_visit_makes_due_is_explained(app: APIFlask, tmp_path: Path) -> None:
    file = tmp_path / "visit.json"
    file.write_text(json.dumps(VISIT), encoding="utf-8")
    told = json.loads(run(app, "followups", "explain", str(file)))
    assert (told["class"], told["rule"], told["referral"]) == ("2", "H5", "none")
    (task,) = told["tasks"]
    window = (task["opens"], task["due"], task["closes"])
    assert window == ("2026-05-13", "2026-05-16", "2026-05-20")
    runner = app.test_cli_runner()
    piped = runner.invoke(args=["followups", "explain", "-"], input=json.dumps(VISIT))
    assert json.loads(piped.output) == told
    assert "rule H5" in run(app, "followups", "explain", "--lines", str(file))
    more = json.dumps({**VISIT, "id": 7})
    warned = runner.invoke(args=["followups", "explain", "-"], input=more)
    assert (warned.exit_code, json.loads(warned.stdout)) == (0, told)
    assert warned.stderr == "warning: id: is not known here and is ignored\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "no JSON"),
        (json.dumps({**VISIT, "form": "nobody"}), "form: there is no form 'nobody'"),
        (json.dumps({**VISIT, "answers": {"visit_date": "2026-05-06", "sbp": "150"}}), "sbp: type"),
    ],
)
def test_what_cannot_be_explained_is_said_without_a_traceback(
    app: APIFlask, content: str, told: str
) -> None:
    result = app.test_cli_runner().invoke(args=["followups", "explain", "-"], input=content)
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output
    assert app.test_cli_runner().invoke(args=["followups", "explain", "away.json"]).exit_code == 2


POLICY = ("programmes", "policy", "hypertension", VILLAGE)


def test_an_areas_policy_reaches_its_phones(app: APIFlask, county: County, house: House) -> None:
    told = run(app, *POLICY, "follow_ups_per_year=12", "--from", "2026-01-01")
    assert told == run(app, "programmes", "policies", VILLAGE)
    assert "follow_ups_per_year=12" in told
    run(app, *POLICY, "follow_ups_per_year=6", "--from", "2026-01-01", "--to", "2026-12-31")
    elsewhere = ("programmes", "policy", "hypertension", OTHER_VILLAGE)
    run(app, *elsewhere, "screening_age=30", "--from", "2026-01-01")
    offered = county.doctor.get("/forms").json
    assert offered is not None
    assert [(p["area_code"], p["to_on"], p["parameters"]) for p in offered["policies"]] == [
        (VILLAGE, "2026-12-31", {"follow_ups_per_year": 6})
    ]
    with house.read() as session:
        assert len(audit.of_action(session, "policy_set")) == 3


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("nobody", VILLAGE, "x=1"), "nobody"),
        (("hypertension", UNKNOWN_AREA, "follow_ups_per_year=12"), UNKNOWN_AREA),
        (("hypertension", VILLAGE, "visits=12"), "visits"),
        (("hypertension", VILLAGE, "follow_ups_per_year=often"), "must be like 4"),
        (("hypertension", VILLAGE, "follow_ups_per_year=5"), "must divide 12"),
        (("hypertension", VILLAGE, "follow_ups_per_year=4", "--to", "2025-12-31"), "before"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(
    app: APIFlask, county: County, args: tuple[str, ...], told: str
) -> None:
    line = ["programmes", "policy", *args, "--from", "2026-01-01"]
    result = app.test_cli_runner().invoke(args=line)
    assert result.exit_code != 0
    assert told in result.output
    with county.doctor.house.read() as session:
        assert programmes.policies_of(session, [VILLAGE]) == []
