"""Classes, rules and tasks of whole histories, service by service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from backend.followups.model import Fold, Record, SubjectFacts, Task
from backend.followups.rules import Parameters, Service, compile_programme, fold, programmes
from backend.kernel.ids import task_id
from backend.programmes.model import Policy
from backend.programmes.service import Policies
from tests.contract.shared_cases import all_programmes, forms, named, types

VILLAGE = "530127103201"


def _subject(told: dict[str, Any]) -> SubjectFacts:
    birth, since = told.get("birth_date"), told.get("since")
    ended = told.get("ended_on")
    return SubjectFacts(
        kind=told["kind"],
        id=told["id"],
        county_code="530127000000",
        village_code=VILLAGE,
        birth_date=None if birth is None else date.fromisoformat(birth),
        sex=told.get("sex"),
        programmes=tuple(told.get("programmes", ())),
        since=None if since is None else date.fromisoformat(since),
        ended_on=None if ended is None else date.fromisoformat(ended),
    )


def _record(told: dict[str, Any], subject: dict[str, Any]) -> Record:
    field = forms()[told["form"]].bundle.form.visit_date
    answers = told["answers"]
    return Record(
        submission_id=told["submission_id"],
        subject_id=told.get("subject", subject)["id"],
        form_key=told["form"],
        visit_date=date.fromisoformat(told.get("visit_date") or answers[field]),
        finalised_at=datetime.fromisoformat(told["finalised_at"]),
        answers=answers,
    )


def _service(file: dict[str, Any]) -> Service:
    """A service of our own, or, in cases of the engine, one written out in the file."""
    programme = file["programme"]
    known = all_programmes()
    if not isinstance(programme, str):
        known = programmes((compile_programme(programme, types()),))
    return known.services[file["service"]]


def _parameters(case: dict[str, Any], programme: str) -> Parameters:
    given = case.get("parameters", {})
    policies = [
        Policy(
            told["id"],
            told["programme"],
            told["area_code"],
            date.fromisoformat(told["from_on"]),
            told["to_on"] and date.fromisoformat(told["to_on"]),
            told["parameters"],
        )
        for told in case.get("policies", ())
    ]
    if not policies:
        return lambda day: given
    return Policies(policies, VILLAGE).of(programme)


def run(file: dict[str, Any], case: dict[str, Any]) -> Fold:
    return fold(
        _service(file),
        _subject(case["subject"]),
        [_record(told, case["subject"]) for told in case["records"]],
        _parameters(case, _service(file).newest.programme),
        date.fromisoformat(case["today"]),
    )


def _told(task: Task) -> dict[str, Any]:
    """A task in the words of the cases."""
    return {
        "anchor": task.anchor,
        "kind": task.kind,
        "opens": task.opens.isoformat(),
        "due": task.due.isoformat(),
        "closes": task.closes.isoformat(),
        "expires": task.expires and task.expires.isoformat(),
        "state": task.state,
        "state_reason": task.state_reason,
        "done_by": task.done_by_submission_id,
        "face_to_face": task.face_to_face,
        "referral": task.referral,
        "escalation": task.escalation,
        "reasons": [reason.rule for reason in task.reasons],
    }


@pytest.mark.parametrize(("file", "case"), named("followups/*.json"))
def test_history_folds_as_the_case_says(file: Any, case: Any) -> None:
    found = run(file, case)

    expected = {task["anchor"]: task for task in case["expect"]["tasks"]}
    assert {task.anchor for task in found.tasks} == set(expected)
    for task in found.tasks:
        told = _told(task)
        wanted = expected[task.anchor]
        assert {name: told[name] for name in wanted} == wanted
        assert task.id == task_id(case["subject"]["id"], file["service"], task.anchor)


@pytest.mark.parametrize(("file", "case"), named("followups/*.json"))
def test_records_read_as_the_case_says(file: Any, case: Any) -> None:
    readings = {reading.submission_id: reading for reading in run(file, case).readings}

    for wanted in case["expect"].get("records", ()):
        reading = readings.get(wanted["submission_id"])
        told = {
            "submission_id": wanted["submission_id"],
            "class": reading and reading.class_code,
            "doctor_class": reading and reading.doctor_class,
            "rules": list(reading.rules) if reading else [],
            "referral": reading.referral if reading else "none",
            "escalation": reading.escalation if reading else "E0",
        }
        assert {name: told[name] for name in wanted} == wanted
    assert not [defect for reading in readings.values() for defect in reading.defects]


def test_every_service_has_cases() -> None:
    files = [param.values[0] for param in named("followups/*.json")]
    told = {file["service"] for file in files if isinstance(file["programme"], str)}
    assert told == set(all_programmes().services)
