"""``flask immunization forecast``: a file in, a plan out; mistakes with their place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from click.testing import Result

GIRL = {"birth_date": "2026-01-15", "sex": "2", "asked_on": "2026-03-20"}


def ask(app: APIFlask, file: Path | str, given: str | None = None) -> Result:
    runner = app.test_cli_runner()
    return runner.invoke(args=["immunization", "forecast", str(file)], input=given)


def plan(result: Result) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return {row["dose_id"]: row for row in json.loads(result.stdout)}


def test_a_plan_from_a_file_and_from_standard_input(app: APIFlask, tmp_path: Path) -> None:
    body = json.dumps(GIRL | {"doses": [{"vaccine": "HepB", "date": "2026-01-15"}]})
    file = tmp_path / "girl.json"
    file.write_text(body)
    told = plan(ask(app, file))
    assert told == plan(ask(app, "-", body))
    assert told["HepB-1"]["status"] == "done"
    assert told["HepB-2"] == {
        "dose_id": "HepB-2",
        "earliest": "2026-02-15",
        "due": "2026-02-15",
        "complete_before": None,
        "status": "overdue",
        "note": None,
    }


def test_facts_and_settings_are_used(app: APIFlask) -> None:
    facts = {"mother_hbsag": "2", "birth_weight_g": 1800, "immunoglobulin_on": "2026-08-01"}
    told = plan(ask(app, "-", json.dumps(GIRL | {"facts": facts})))
    assert "HepB-0" in told
    assert (told["MMR-1"]["due"], told["MMR-1"]["note"]) == ("2026-11-01", "after_immunoglobulin")
    other = plan(ask(app, "-", json.dumps(GIRL | {"settings": {"hepa_product": "HepA-I"}})))
    assert {"HepA-I-1", "HepA-I-2"} <= set(other)


def test_what_is_not_known_is_told_beside_the_plan(app: APIFlask) -> None:
    told = ask(app, "-", json.dumps(GIRL | {"name": "x", "facts": {"weight": 3}}))
    assert plan(told) == plan(ask(app, "-", json.dumps(GIRL)))
    assert told.stderr.splitlines() == [
        "warning: name: is not known here and is ignored",
        "warning: facts.weight: is not known here and is ignored",
    ]


def test_a_wrong_question_is_refused_with_the_place(app: APIFlask) -> None:
    wrong = GIRL | {"doses": [{"vaccine": "Polio", "date": "2026-01-01"}]}
    refused = ask(app, "-", json.dumps(wrong))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "doses[0].vaccine: 'Polio' is no vaccine" in refused.stderr
    assert "doses[0].date: 2026-01-01 lies before birth_date 2026-01-15" in refused.stderr


def test_what_is_no_json_and_what_is_no_file(app: APIFlask, tmp_path: Path) -> None:
    refused = ask(app, "-", '{"birth_date": ')
    assert refused.exit_code == 2 and "is no JSON" in refused.stderr
    assert ask(app, tmp_path / "missing.json").exit_code == 2
