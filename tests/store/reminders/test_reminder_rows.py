"""The rows are the truth: made once, taken up by one, settled by who holds them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.house import House
from backend.kernel.ids import new_id
from backend.reminders.model import Reminder
from backend.reminders.rules.outcomes import Settlement
from backend.reminders.store import reminders
from tests.builders.reminders import make_plan
from tests.fakes.clock import FakeClock

LEASE = timedelta(minutes=10)
SENT = Settlement("sent", channel="web_push")


def claim(house: House, holder: str = "one", limit: int = 50) -> list[Reminder]:
    return house.transact(lambda s: reminders.claim(s, holder, house.clock(), LEASE, limit))


def plan(house: House, *plans: object) -> int:
    return house.transact(lambda s: reminders.plan(s, plans, house.clock()))  # type: ignore[arg-type]


def states(house: House) -> list[str]:
    with house.read() as session:
        everything = [("000000000000", "999999999999")]
        return sorted(r.state for r in reminders.page(session, everything, None, None, 250))


def test_planning_twice_makes_nothing_twice(house: House) -> None:
    who = new_id()
    plans = [make_plan(house, who), make_plan(house, who), make_plan(house, new_id())]
    assert plan(house, *plans) == 2
    assert plan(house, *plans) == 0
    assert states(house) == ["planned", "planned"]


def test_two_planners_at_once_make_one(house: House) -> None:
    plans = [make_plan(house, new_id()) for _ in range(20)]
    made: list[int] = []
    start = threading.Barrier(4)

    def work(order: int) -> None:
        start.wait()
        made.append(plan(house, *(plans if order % 2 else reversed(plans))))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == 20
    assert len(states(house)) == 20


def test_a_claimed_reminder_is_nobody_elses_until_the_lease_ends(
    house: House, clock: FakeClock
) -> None:
    plan(house, make_plan(house, new_id()))
    (mine,) = claim(house)
    assert (mine.state, mine.attempts) == ("planned", 1)
    assert claim(house, "two") == []
    clock.advance(minutes=11)
    (theirs,) = claim(house, "two")
    assert theirs.id == mine.id
    assert theirs.attempts == 2


def test_four_workers_at_once_share_the_work_without_meeting(house: House) -> None:
    plan(house, *(make_plan(house, new_id()) for _ in range(40)))
    found: list[str] = []
    start = threading.Barrier(4)

    def work(holder: str) -> None:
        start.wait()
        while batch := claim(house, holder, 3):
            found.extend(one.id for one in batch)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert len(set(found)) == 40


@pytest.mark.postgresql_only("SQLite has one writer at a time: nobody can look past its lock")
def test_a_reminder_locked_by_another_transaction_is_skipped(house: House) -> None:
    plan(house, make_plan(house, new_id()), make_plan(house, new_id()))
    with house.write() as one, house.write() as two:
        first = reminders.claim(one, "one", house.clock(), LEASE, 1)
        second = reminders.claim(two, "two", house.clock(), LEASE, 1)
    assert {r.id for r in first}.isdisjoint(r.id for r in second)
    assert len(first) == len(second) == 1


def test_nothing_is_taken_up_before_it_is_due_or_after_it_is_worth_it(
    house: House, clock: FakeClock
) -> None:
    now = clock()
    plan(
        house,
        make_plan(house, new_id(), due_at=now + timedelta(minutes=5)),
        make_plan(house, new_id(), expires_at=now),
    )
    assert claim(house) == []
    clock.advance(minutes=5)
    assert len(claim(house)) == 1


def test_who_was_too_slow_settles_nothing(house: House, clock: FakeClock) -> None:
    plan(house, make_plan(house, new_id()))
    (mine,) = claim(house)
    clock.advance(minutes=11)
    claim(house, "two")
    with house.write() as session:
        assert not reminders.is_held(session, mine.id, "one", clock())
        assert reminders.is_held(session, mine.id, "two", clock())
        assert not reminders.settle(session, [mine.id], "one", SENT, clock())
        assert reminders.settle(session, [mine.id], "two", SENT, clock())
    assert states(house) == ["sent"]


def test_one_that_rests_is_taken_up_again_when_it_has_rested(
    house: House, clock: FakeClock
) -> None:
    plan(house, make_plan(house, new_id()))
    (mine,) = claim(house)
    rest = Settlement("planned", clock() + timedelta(minutes=15))
    house.transact(lambda s: reminders.settle(s, [mine.id], "one", rest, clock()))
    clock.advance(minutes=14)
    assert claim(house) == []
    clock.advance(minutes=1)
    assert [one.attempts for one in claim(house)] == [2]


def test_cancelled_in_the_middle_of_sending_stays_cancelled(house: House) -> None:
    plan(house, make_plan(house, new_id(), reason="urgent:t1"))
    (mine,) = claim(house)
    assert house.transact(lambda s: reminders.cancel(s, house.clock(), reason="urgent:t1")) == 1
    with house.write() as session:
        assert not reminders.is_held(session, mine.id, "one", house.clock())
        assert not reminders.settle(session, [mine.id], "one", SENT, house.clock())
    assert states(house) == ["cancelled"]


def test_cancelling_touches_nothing_else(house: House) -> None:
    who = new_id()
    plan(house, make_plan(house, who), make_plan(house, who, reason="urgent:t2"))
    assert house.transact(lambda s: reminders.cancel(s, house.clock(), reason="urgent:t2")) == 1
    assert states(house) == ["cancelled", "planned"]


def test_what_was_never_sent_fails_when_it_is_too_late(house: House, clock: FakeClock) -> None:
    plan(house, make_plan(house, new_id()), make_plan(house, new_id()))
    claim(house, limit=1)
    clock.advance(hours=1, minutes=55)
    claim(house, limit=1)  # at work right now: its lease outlives its worth by a little
    clock.advance(minutes=6)
    assert house.transact(lambda s: reminders.expire(s, clock())) == 1
    clock.advance(minutes=10)
    assert house.transact(lambda s: reminders.expire(s, clock())) == 1
    assert states(house) == ["failed", "failed"]


def test_a_reminder_that_kills_its_worker_is_left_alone_in_the_end(
    house: House, clock: FakeClock
) -> None:
    plan(house, make_plan(house, new_id(), expires_at=clock() + timedelta(days=3)))
    for _ in range(reminders.MOST_CLAIMS):
        assert len(claim(house)) == 1
        clock.advance(minutes=11)
    assert claim(house) == []


def test_a_list_is_read_page_by_page_inside_an_area(
    house: House, write_session: Session, clock: FakeClock
) -> None:
    plans = [
        make_plan(house, new_id(), due_at=clock() + timedelta(minutes=n // 2)) for n in range(6)
    ]
    other = make_plan(house, new_id(), area_code="990123101201")
    reminders.plan(write_session, [*plans, other], clock())
    township = [("990123100000", "990123100999")]
    first = reminders.page(write_session, township, None, None, 4)
    last = first[-1]
    rest = reminders.page(write_session, township, "planned", (last.due_at, last.id), 4)
    assert len(first) == 4
    assert len(rest) == 2
    assert {r.addressee_id for r in first + rest} == {p.addressee_id for p in plans}
    assert reminders.page(write_session, township, "sent", None, 4) == []
