"""Vaccine doses as tasks: the next of each series, in sight or late, and what became of it."""

from __future__ import annotations

from datetime import date

from backend.followups.model import COMPLETED, DOSE, REQUESTED, Task
from backend.followups.rules import dose_tasks
from backend.immunization.rules import forecast
from backend.kernel.ids import task_id
from tests.builders.followups import subject
from tests.unit.immunization.editions import EDITION

BORN = date(2026, 1, 15)
CHILD = subject(birth_date=BORN, sex="2")


def tasks(
    given: list[tuple[str, date]], today: date, stored: tuple[Task, ...] = ()
) -> dict[str, Task]:
    plan = forecast(EDITION, BORN, "2", given, today)
    return {task.anchor: task for task in dose_tasks(plan, CHILD, today, stored, "nip/1")}


def test_a_newborn_is_asked_for_what_comes_within_sixty_days() -> None:
    found = tasks([], BORN)
    assert set(found) == {"HepB-1", "BCG-1", "Polio-1", "DTaP-1"}
    polio = found["Polio-1"]
    assert (polio.kind, polio.service, polio.state) == (DOSE, "immunization", REQUESTED)
    assert (polio.opens, polio.due, polio.closes) == (
        date(2026, 3, 15),
        date(2026, 3, 15),
        date(2026, 4, 15),
    )
    assert polio.id == task_id(CHILD.id, "immunization", "Polio-1")
    assert polio.reasons[0].text["zh-CN"] == "脊灰灭活疫苗第1剂"
    assert polio.rule_version == "nip/1"


def test_only_the_next_dose_of_a_series_is_asked_for() -> None:
    found = tasks([("HepB", BORN), ("BCG", BORN)], date(2026, 7, 20))
    assert {"HepB-2", "Polio-1", "DTaP-1", "MPSV-A-1"} <= set(found)
    assert not {"HepB-3", "Polio-2", "DTaP-2", "MPSV-A-2"} & set(found)


def test_a_dose_given_completes_the_task_that_asked_for_it() -> None:
    asked = tasks([], date(2026, 3, 20))
    found = tasks([("IPV", date(2026, 3, 25))], date(2026, 3, 26), tuple(asked.values()))
    done = found["Polio-1"]
    assert (done.state, done.state_on) == (COMPLETED, date(2026, 3, 25))
    assert (done.due, done.closes) == (asked["Polio-1"].due, asked["Polio-1"].closes)
    assert found["Polio-2"].due == date(2026, 4, 22)


def test_a_dose_nobody_was_asked_for_needs_no_task() -> None:
    assert "HepB-1" not in tasks([("HepB", BORN)], date(2026, 1, 20))
