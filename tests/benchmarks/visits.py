"""What the benchmark's doctors write down: the ordinary forms of an ordinary month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from random import Random
from typing import Any

from backend.kernel.clock import local_date
from backend.kernel.dates import age_years, quarter
from backend.residents.model import Resident
from backend.sample.generate.blood_pressure import follow_ups


def answers_for(
    subject: Mapping[str, Any], finalised: datetime, rng: Random
) -> tuple[str, dict[str, str], Mapping[str, Any]]:
    """(form, subject, answers) of one visit.

    :param subject: a resident or household as synced, with its ``kind``; a household also with
        the ids of its ``members``
    """
    on = local_date(finalised)
    reference = {"kind": subject["kind"], "id": subject["id"]}
    if subject["kind"] == "household":
        return "household_visit", reference, _household_visit(subject["members"], on, rng)
    programmes = {entry["programme"] for entry in subject["programmes"]}
    if "hypertension" in programmes:
        return "htn_followup", reference, _follow_up(subject, on, rng)
    return "bp_reading", reference, _reading(subject, on, rng)


def _household_visit(members: Sequence[str], on: date, rng: Random) -> Mapping[str, Any]:
    return {
        "visit_date": on.isoformat(),
        "visit_quarter": quarter(on),
        "visit_result": "1",
        "persons_seen": rng.sample(members, rng.randint(1, len(members))),
        "purposes": ["1"],
        "member_changes": ["0"],
        "education_topics": ["1", "2"],
        "materials_given": 1,
    }


def _follow_up(subject: Mapping[str, Any], on: date, rng: Random) -> Mapping[str, Any]:
    born = date.fromisoformat(subject["birth_date"])
    person = Resident(subject["id"], subject["village_code"], "", subject["sex"], born)
    first = next(follow_ups(person, date(1990, 1, 1), on, rng))
    answers = {**first.answers, "visit_date": on.isoformat()}
    answers.pop("maternal_status", None)
    if person.sex == "2" and 15 <= age_years(born, on) < 50:
        answers["maternal_status"] = "0"
    limit = 150 if age_years(born, on) >= 65 else 140
    class_ = "2" if answers["sbp"] >= limit or answers["dbp"] >= 90 else "1"
    return {**answers, "fu_class": class_, "fu_class_computed": class_}


def _reading(subject: Mapping[str, Any], on: date, rng: Random) -> Mapping[str, Any]:
    sbp, dbp, pulse = rng.randint(108, 134), rng.randint(66, 84), rng.randint(62, 88)
    answers: dict[str, Any] = {
        "visit_date": on.isoformat(),
        "scene": "2",
        "known_htn": "2",
        "rest_5min": True,
        "factors": ["0"],
        "position": "1",
        "device": "1",
        **{"sbp1": sbp, "dbp1": dbp, "pulse1": pulse, "arm1": "1"},
        **{"sbp2": sbp, "dbp2": dbp, "pulse2": pulse, "arm2": "1"},
        "sbp": sbp,
        "dbp": dbp,
        "risk_factors": ["0"],
    }
    if subject["sex"] == "2" and 15 <= _age(subject, on) < 50:
        answers["maternal_status"] = "0"
    return answers


def _age(subject: Mapping[str, Any], on: date) -> int:
    return age_years(date.fromisoformat(subject["birth_date"]), on)
