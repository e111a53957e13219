"""The command line: a fresh machine is set up, people get in, and again changes nothing."""

from __future__ import annotations

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
