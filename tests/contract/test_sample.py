"""The sample county against the published forms and rules: what is invented obeys what is real."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.followups.rules import (
    Programmes,
    compile_programme,
    programmes,
    state_on,
)
from backend.forms import folder
from backend.forms.model import Context
from backend.forms.rules import CompiledForm, compile_form, evaluate, read_bundle
from backend.forms.rules.drafts import bundle
from backend.forms.rules.reading import field_types
from backend.immunization.rules import forecast, read_edition
from backend.kernel.clock import local_date
from backend.kernel.dates import age_years
from backend.sample.county import build
from backend.sample.generate.families import families
from backend.sample.model import Family
from backend.sample.schedule import scheduled

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = local_date(NOW)
RESIDENTS = 700


@pytest.fixture(scope="module")
def forms() -> Mapping[str, CompiledForm]:
    library = folder.library(SCHEMAS)
    return {
        draft.key: compile_form(read_bundle(bundle(draft, library)))
        for draft in folder.drafts(SCHEMAS)
    }


@pytest.fixture(scope="module")
def rules(forms: Mapping[str, CompiledForm]) -> Programmes:
    types = {key: field_types(form.bundle.schema) for key, form in forms.items()}
    documents = [_read(path) for path in sorted((SCHEMAS / "programmes").glob("*.json"))]
    return programmes(tuple(compile_programme(document, types) for document in documents))


@pytest.fixture(scope="module")
def homes() -> list[Family]:
    edition = _read(SCHEMAS / "immunization" / "2026.json")
    return list(families(build(RESIDENTS, 1), RESIDENTS, 1, NOW, edition))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_past_visit_is_what_its_form_would_have_taken(
    forms: Mapping[str, CompiledForm], homes: list[Family]
) -> None:
    seen: Counter[str] = Counter()
    for home in homes:
        people = {person.id: person for person in home.residents}
        for visit in home.visits:
            person = people.get(visit.subject_id)
            enrolled = [e.programme for e in home.enrolments if e.resident_id == visit.subject_id]
            context = Context(
                today=visit.visit_date,
                resident_birth_date=person.birth_date if person else None,
                resident_sex=person.sex if person else None,
                resident_programmes=tuple(enrolled) if person else None,
            )
            form = forms[visit.form_key]
            found = evaluate(form, visit.answers, context, visit.confirmed)
            assert found.violations == (), (visit.form_key, visit.answers)
            seen[visit.form_key] += 1
    assert set(seen) == {
        "household_visit", "htn_followup", "delivery_notice", "postpartum_visit", "newborn_visit",
        "dm_followup", "elderly_check",
    }  # fmt: skip


def test_the_rules_make_a_list_with_something_of_everything(
    rules: Programmes, homes: list[Family]
) -> None:
    edition = read_edition(_read(SCHEMAS / "immunization" / "2026.json"))
    states: Counter[tuple[str, str]] = Counter()
    urgent = 0
    for home in homes:
        plan = scheduled(home, rules, edition, TODAY)
        for task in plan.tasks:
            states[task.service, state_on(task, TODAY)] += 1
            urgent += task.is_open and task.referral == "urgent"
    pressure = {state: states["hypertension", state] for state in ("upcoming", "due", "overdue")}
    share = {state: count / sum(pressure.values()) for state, count in pressure.items()}
    assert share["upcoming"] > 0.35
    assert share["due"] > 0.2
    assert 0.02 < share["overdue"] < 0.2
    assert states["household_visit", "due"] > 20
    assert states["household_visit", "done"] > 500
    assert states["postpartum", "done"] + states["postpartum", "overdue"] > 0
    assert urgent >= 1
    assert states["diabetes", "upcoming"] + states["diabetes", "due"] > 5
    assert (
        states["elderly", "done"] > 5
        and states["elderly", "due"] + states["elderly", "overdue"] > 5
    )
    assert states["immunization", "overdue"] > 0
    assert states["immunization", "due"] + states["immunization", "upcoming"] > 10


def test_most_children_have_what_is_due_and_some_do_not(homes: list[Family]) -> None:
    document = _read(SCHEMAS / "immunization" / "2026.json")
    edition = read_edition(document)
    known = {vaccine["code"] for vaccine in document["vaccines"]}
    behind: Counter[bool] = Counter()
    for home in homes:
        for child in home.residents:
            if age_years(child.birth_date, TODAY) >= 18:
                continue
            doses = [dose for dose in home.doses if dose.resident_id == child.id]
            assert {dose.vaccine for dose in doses} <= known
            assert all(child.birth_date <= dose.given_on <= TODAY for dose in doses)
            given = [(dose.vaccine, dose.given_on) for dose in doses]
            told = forecast(edition, child.birth_date, child.sex, given, TODAY)
            overdue = [dose.due for dose in told if dose.status == "overdue" and dose.due]
            assert all((TODAY - due).days < 2 * 366 for due in overdue), "nobody waits for ever"
            behind[bool(overdue)] += 1
    assert behind.total() > 120
    assert 0.01 < behind[True] / behind.total() < 0.1
