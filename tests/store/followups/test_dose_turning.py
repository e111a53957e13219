"""Doses of children about whom nobody has sent anything. Today is 23 November 2026."""

from __future__ import annotations

from datetime import date

from backend import jobs
from backend.followups import store as followups
from backend.followups.model import Task
from backend.house import House
from tests.builders.reminders import make_child, make_dose
from tests.fakes.clock import FakeClock

TODAY = date(2026, 11, 23)


def tasks_of(house: House, child: str) -> dict[str, Task]:
    with house.read() as session:
        stored = followups.by_subjects(session, [child])[child]
    return {task.anchor: task for task in stored}


def test_a_newborn_of_the_register_stands_in_the_list_after_the_night(
    house: House, clock: FakeClock
) -> None:
    with house.write() as session:
        child = make_child(house, session, birth_date=TODAY)
        grown_up = make_child(house, session, birth_date=date(2000, 1, 1))
    assert jobs.turn_doses(house, clock()) == 2
    found = tasks_of(house, child)
    assert {anchor: task.due for anchor, task in found.items()} == {
        "HepB-1": TODAY,
        "BCG-1": TODAY,
    }
    assert tasks_of(house, grown_up) == {}
    assert jobs.turn_doses(house, clock()) == 0


def test_what_was_given_since_is_done_and_the_next_one_follows(
    house: House, clock: FakeClock
) -> None:
    with house.write() as session:
        child = make_child(house, session, birth_date=TODAY)
    jobs.turn_doses(house, clock())
    with house.write() as session:
        make_dose(session, child, "HepB", TODAY)
    jobs.turn_doses(house, clock())
    found = tasks_of(house, child)
    assert found["HepB-1"].state == "completed"
    assert found["HepB-2"].due == date(2026, 12, 23)
    assert found["BCG-1"].state == "requested"
