"""The jobs as the worker calls them. Today is Monday, 23 November 2026, 10:00 in China."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from backend import jobs
from backend.followups import store as followups
from backend.followups.model import Task
from backend.house import House
from backend.kernel.ids import task_id
from backend.reminders.store import reminders
from tests.builders.accounts import make_account
from tests.builders.areas import OTHER_VILLAGE, VILLAGE
from tests.builders.reminders import push_address, subscribe_account
from tests.builders.residents import make_household
from tests.builders.tasks import make_task
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock

TODAY = date(2026, 11, 23)


def a_doctor(house: House, village: str, browser: str) -> str:
    with house.write() as session:
        account = make_account(house, session, "worker", (village,))
        subscribe_account(house, session, account.id, browser)
    return account.id


def save(house: House, *tasks: Task) -> None:
    house.transact(lambda session: followups.save(session, tasks, house.clock()))


def test_one_digest_a_day_with_the_counts_of_the_own_villages(
    house: House, clock: FakeClock
) -> None:
    a_doctor(house, VILLAGE, "mine")
    a_doctor(house, OTHER_VILLAGE, "other")
    with house.write() as session:
        make_account(house, session, "worker", (VILLAGE,))  # has no browser: nothing to send to
    save(
        house,
        make_task(TODAY - timedelta(days=1)),
        make_task(TODAY - timedelta(days=90)),
        make_task(TODAY),
        make_task(TODAY + timedelta(days=60)),  # opens in three weeks
        make_task(TODAY - timedelta(days=1), state="completed"),
        make_task(TODAY - timedelta(days=1), expires=TODAY - timedelta(days=1)),
    )
    channel = FakeChannel()
    assert jobs.sweep(house, clock()) == 1
    assert jobs.sweep(house, clock()) == 0
    assert jobs.dispatch(house, channel) == 1
    ((endpoint, message, _handling),) = channel.sent
    assert endpoint == push_address("mine")
    assert (message.title, message.body) == ("今日随访", "逾期 2 项，该做 1 项")


def test_after_a_day_down_there_is_one_digest_and_not_a_burst(
    house: House, clock: FakeClock
) -> None:
    a_doctor(house, VILLAGE, "mine")
    save(house, make_task(TODAY - timedelta(days=1)))
    channel = FakeChannel()
    jobs.sweep(house, clock())  # planned; then the worker dies for two days
    clock.advance(days=2, hours=1)
    jobs.sweep(house, clock())
    jobs.dispatch(house, channel)
    assert len(channel.sent) == 1
    with house.read() as session:
        rows = reminders.page(session, [("0" * 12, "9" * 12)], None, None, 50)
    assert sorted((row.occurrence, row.state) for row in rows) == [
        ("2026-11-23", "failed"),
        ("2026-11-25", "sent"),
    ]


def test_no_digest_in_the_night(house: House, clock: FakeClock) -> None:
    a_doctor(house, VILLAGE, "mine")
    save(house, make_task(TODAY - timedelta(days=1)))
    clock.set(datetime(2026, 11, 22, 23, 29, tzinfo=UTC))  # 07:29 in China
    assert jobs.sweep(house, clock()) == 0
    clock.advance(minutes=1)
    assert jobs.sweep(house, clock()) == 1


def test_tasks_that_can_no_longer_be_done_have_failed(house: House, clock: FakeClock) -> None:
    late = make_task(TODAY - timedelta(days=30), expires=TODAY - timedelta(days=1))
    still = make_task(TODAY - timedelta(days=30), expires=TODAY)
    save(house, late, still)
    assert jobs.miss_expired(house, clock()) == 1
    assert jobs.miss_expired(house, clock()) == 0
    with house.read() as session:
        found = followups.by_ids(session, [late.id, still.id])
    assert (found[late.id].state, found[still.id].state) == ("failed", "requested")


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────


def household_tasks(house: House, household_id: str) -> list[tuple[str, str]]:
    with house.read() as session:
        found = followups.by_subjects(session, [household_id])[household_id]
    return [(task.anchor, task.state) for task in found]


def test_every_household_gets_its_visit_of_the_quarter(house: House, clock: FakeClock) -> None:
    with house.write() as session:
        one = make_household(house, session).id
        two = make_household(house, session).id
        gone = make_household(house, session, status="3").id
    assert jobs.turn_calendar(house, clock()) == 2
    assert jobs.turn_calendar(house, clock()) == 0
    assert household_tasks(house, one) == [("2026Q4", "requested")]
    assert household_tasks(house, gone) == []
    with house.read() as session:
        (task,) = followups.by_subjects(session, [two])[two]
    assert task.id == task_id(two, "household_visit", "2026Q4")
    assert (task.opens, task.due, task.closes) == (
        date(2026, 10, 1),
        date(2026, 11, 14),
        date(2026, 12, 31),
    )


def test_a_new_quarter_opens_and_the_old_one_is_missed(house: House, clock: FakeClock) -> None:
    with house.write() as session:
        one = make_household(house, session).id
    jobs.turn_calendar(house, clock())
    clock.set(datetime(2026, 12, 31, 16, 20, tzinfo=UTC))  # 00:20 on New Year's Day in China
    jobs.miss_expired(house, clock())
    assert jobs.turn_calendar(house, clock()) == 1
    assert household_tasks(house, one) == [("2026Q4", "failed"), ("2027Q1", "requested")]


def test_many_households_are_done_page_by_page(
    house: House, clock: FakeClock, monkeypatch: Any
) -> None:
    monkeypatch.setattr(jobs, "SUBJECTS_AT_ONCE", 3)
    with house.write() as session:
        for _ in range(7):
            make_household(house, session)
    assert jobs.turn_calendar(house, clock()) == 7
    assert jobs.turn_calendar(house, clock()) == 0
