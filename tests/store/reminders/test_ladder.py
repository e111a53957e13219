"""A family that no push reaches: SMS, the doctor's telephone, a slip. Monday, 10:00 in China."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.house import House
from backend.kernel.ids import new_id
from backend.reminders import families, reaching, service
from backend.reminders.model import CALL, SLIP, DueDose, Outcome, Reminder
from backend.reminders.store import attempts, reminders
from backend.residents import service as residents
from backend.residents.store import family
from tests.builders.reminders import (
    FakeForecast,
    make_child,
    make_dispatcher,
    make_link,
    push_address,
    subscribe_family,
)
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeGateway

DUE = DueDose("DTaP-2", date(2026, 11, 24))  # tomorrow: the step one day before is today
NUMBER = "13900000001"
EVERYWHERE = [("0" * 12, "9" * 12)]


class Ladder:
    """A child, its family, and what was sent."""

    def __init__(self, house: House, clock: FakeClock) -> None:
        self.house, self.clock = house, clock
        self.push, self.sms, self.forecast = FakeChannel(), FakeGateway(), FakeForecast()
        self.dispatcher = make_dispatcher(house, self.push, self.forecast, self.sms)

    def a_family(
        self, name: str = "mother", *, browser: bool = True, sms: bool = True, number: str = NUMBER
    ) -> str:
        """A child whose caregivers agreed a month ago."""
        self.clock.set(self.clock() - timedelta(days=30))
        with self.house.write() as session:
            child = make_child(self.house, session, phone=number)
            link = make_link(self.house, session, child, name)
            if browser:
                subscribe_family(self.house, session, link, name)
            if sms:
                service.agree_to_sms(session, child, self.clock())
        self.clock.set(self.clock() + timedelta(days=30))
        self.forecast.doses[child] = [DUE]
        return child

    def plan(self, *children: str) -> int:
        return self.house.transact(
            lambda s: families.plan_families(
                s, self.house.vault, children, self.forecast, self.clock()
            )
        )

    def climb(self) -> int:
        return self.house.transact(
            lambda s: reaching.climb(s, self.house.vault, True, self.clock(), 100)
        )

    def rows(self) -> list[Reminder]:
        with self.house.read() as session:
            return reminders.page(session, EVERYWHERE, None, None, 50)

    def row(self) -> Reminder:
        (only,) = self.rows()
        return only

    def tries(self) -> list[tuple[str, str]]:
        with self.house.read() as session:
            found = attempts.of(session, [one.id for one in self.rows()])
        return [(one.channel, one.outcome.kind) for several in found.values() for one in several]

    def on_list(self, rung: str) -> list[reaching.Waiting]:
        with self.house.read() as session:
            items, _more = reaching.waiting(
                session, self.house.vault, EVERYWHERE, rung, self.forecast, self.clock(), None, 50
            )
        return items


@pytest.fixture
def ladder(house: House, clock: FakeClock) -> Ladder:
    return Ladder(house, clock)


def test_a_receipt_ends_the_climb(ladder: Ladder, clock: FakeClock) -> None:
    ladder.plan(ladder.a_family())
    ladder.dispatcher.run()
    ((_endpoint, message, _handling),) = ladder.push.sent
    assert message.receipt.startswith(ladder.row().id)
    shown = ladder.house.transact(lambda s: reaching.shown(s, ladder.row().id, clock()))
    assert shown
    assert not ladder.house.transact(lambda s: reaching.shown(s, ladder.row().id, clock()))
    clock.advance(hours=5)
    assert ladder.climb() == 0
    assert (ladder.row().state, ladder.row().channel) == ("confirmed", "web_push")
    assert ladder.sms.sent == []


def test_without_a_receipt_the_sms_goes_exactly_once(ladder: Ladder, clock: FakeClock) -> None:
    ladder.plan(ladder.a_family())
    ladder.dispatcher.run()
    clock.advance(hours=3, minutes=59)
    assert ladder.climb() == 0
    clock.advance(minutes=1)
    assert ladder.climb() == 1
    for _ in range(3):
        ladder.dispatcher.run()
    (sms,) = ladder.sms.sent
    assert (sms.to, sms.template, sms.id) == (NUMBER, "family.soon", ladder.row().id)
    assert set(sms.params) == {"clinic"}, "nothing about the child"
    assert ladder.tries() == [("web_push", "accepted"), ("sms", "accepted")]
    assert (ladder.row().state, ladder.row().rung) == ("sent", "sms")


def test_a_late_receipt_still_stops_the_sms(ladder: Ladder, clock: FakeClock) -> None:
    ladder.plan(ladder.a_family())
    ladder.dispatcher.run()
    clock.advance(hours=4)
    ladder.climb()
    ladder.house.transact(lambda s: reaching.shown(s, ladder.row().id, clock()))
    ladder.dispatcher.run()
    assert ladder.sms.sent == []


def test_all_the_way_up(ladder: Ladder, clock: FakeClock) -> None:
    child = ladder.a_family()
    ladder.push.will(push_address("mother"), Outcome("gone", 410))
    ladder.plan(child)
    ladder.dispatcher.run()  # the browser is no more: the SMS at once
    assert ladder.row().rung == "sms"
    ladder.dispatcher.run()
    assert len(ladder.sms.sent) == 1
    clock.advance(days=1)
    ladder.climb()
    (call,) = ladder.on_list(CALL)
    assert (call.child.id, call.number, call.doses) == (child, NUMBER, (DUE,))
    doctor = new_id()
    for number in range(3):
        ladder.house.transact(
            lambda s: reaching.note_call(s, ladder.row(), "no_answer", doctor, clock())
        )
        assert len(ladder.on_list(CALL)) == (number < 2)
    (slip,) = ladder.on_list(SLIP)
    ladder.house.transact(
        lambda s: reaching.note_slip(s, slip.reminder, "handed_over", doctor, clock())
    )
    assert (ladder.row().state, ladder.row().channel) == ("confirmed", "slip")
    with ladder.house.read() as session:
        rungs, states = reaching.reach(
            session, EVERYWHERE, clock() - timedelta(days=9), clock() + timedelta(days=9)
        )
    assert [(one.rung, one.messages, one.reached, one.cost_fen) for one in rungs] == [
        ("web_push", 1, 0, 0), ("sms", 1, 0, 5), ("call_list", 1, 0, 0), ("slip", 1, 1, 0),
    ]  # fmt: skip
    assert states == {"confirmed": 1}


def test_nobody_called_and_the_slip_is_printed(ladder: Ladder, clock: FakeClock) -> None:
    ladder.plan(ladder.a_family(browser=False))
    ladder.dispatcher.run()
    for days in (1, 3):
        clock.advance(days=days)
        ladder.climb()
    assert len(ladder.on_list(SLIP)) == 1
    clock.advance(days=14)
    ladder.climb()
    assert ladder.row().state == "failed"


def test_a_family_that_agreed_to_sms_alone_needs_no_browser(ladder: Ladder) -> None:
    child = ladder.a_family(browser=False)
    with ladder.house.read() as session:
        assert families.reachable_children(session, ladder.clock()) == [child]
    ladder.plan(child)
    ladder.dispatcher.run()
    assert (len(ladder.push.sent), len(ladder.sms.sent)) == (0, 1)


def test_who_did_not_agree_to_sms_gets_none(ladder: Ladder, clock: FakeClock) -> None:
    ladder.plan(ladder.a_family(sms=False))
    ladder.dispatcher.run()
    clock.advance(hours=4)
    ladder.climb()
    ladder.dispatcher.run()
    assert ladder.sms.sent == []
    assert len(ladder.on_list(CALL)) == 1


def test_stop_works_at_once_on_every_way_of_saying_it(ladder: Ladder, clock: FakeClock) -> None:
    child = ladder.a_family(browser=False)
    ladder.plan(child)
    ladder.house.transact(lambda s: service.stop_sms(s, child, clock()))
    ladder.dispatcher.run()
    assert (ladder.sms.sent, ladder.row().state) == ([], "cancelled")


def test_an_answer_of_t_stops_every_child_of_that_number(ladder: Ladder, clock: FakeClock) -> None:
    children = [ladder.a_family(name, browser=False) for name in ("one", "two")]
    ladder.plan(*children)
    ladder.dispatcher.run()
    assert len(ladder.sms.sent) == 1, "one message a day to one number"
    stopped = ladder.house.transact(
        lambda s: reaching.stop_by_number(s, ladder.house.vault, "+86 139-0000-0001", clock())
    )
    assert stopped == 2
    with ladder.house.read() as session:
        assert family.standing_consents(session, children, service.SMS_CONSENT) == {}


def test_told_on_the_telephone_to_stop(ladder: Ladder, clock: FakeClock) -> None:
    child = ladder.a_family()
    ladder.push.will(push_address("mother"), Outcome("gone", 410))
    ladder.sms.answers.append(Outcome("refused", 400))
    ladder.plan(child)
    ladder.dispatcher.run()
    ladder.dispatcher.run()
    (call,) = ladder.on_list(CALL)
    ladder.house.transact(lambda s: reaching.note_call(s, call.reminder, "stop", new_id(), clock()))
    with ladder.house.read() as session:
        assert families.reachable_children(session, clock()) == []


def test_killed_while_texting_the_sms_is_never_sent_twice(ladder: Ladder, clock: FakeClock) -> None:
    class Killed(BaseException):
        """What kill -9 looks like from inside."""

    ladder.plan(ladder.a_family(browser=False))
    ladder.sms.answers.append(Killed())
    with pytest.raises(Killed):
        ladder.dispatcher.run()
    clock.advance(minutes=11)
    ladder.dispatcher.run()
    assert len(ladder.sms.sent) == 1
    clock.advance(days=1)
    ladder.climb()
    assert len(ladder.on_list(CALL)) == 1, "the telephone takes over"


@pytest.mark.parametrize(
    ("outcome", "goes_again"),
    [
        (Outcome("failed", detail="unreachable"), True),
        (Outcome("throttled", 429), True),
        (Outcome("unknown", 500), False),
        (Outcome("refused", 400), False),
    ],
)
def test_only_what_the_gateway_surely_did_not_take_is_sent_again(
    ladder: Ladder, clock: FakeClock, outcome: Outcome, goes_again: bool
) -> None:
    ladder.plan(ladder.a_family(browser=False))
    ladder.sms.answers.append(outcome)
    ladder.dispatcher.run()
    clock.advance(minutes=2)
    ladder.dispatcher.run()
    assert len(ladder.sms.sent) == (2 if goes_again else 1)


def test_a_gateway_that_is_down_all_day_hands_over_to_the_telephone(
    ladder: Ladder, clock: FakeClock
) -> None:
    ladder.plan(ladder.a_family(browser=False))
    ladder.sms.answers.extend([Outcome("failed", 503)] * 40)
    for _ in range(60):
        ladder.dispatcher.run()
        clock.advance(minutes=15)
        ladder.climb()
    assert len(ladder.on_list(CALL)) == 1
    assert len(ladder.sms.sent) <= 8


def test_workers_that_were_down_all_day_lose_no_family(ladder: Ladder, clock: FakeClock) -> None:
    ladder.plan(ladder.a_family(browser=False))
    clock.advance(days=1)
    assert ladder.house.transact(lambda s: reminders.expire(s, clock())) == 1
    assert ladder.climb() == 1
    assert (ladder.sms.sent, len(ladder.on_list(CALL))) == ([], 1)


def test_looking_at_the_plan_is_the_best_receipt(ladder: Ladder, clock: FakeClock) -> None:
    child = ladder.a_family()
    ladder.plan(child)
    ladder.dispatcher.run()
    assert ladder.house.transact(lambda s: reaching.seen(s, child, clock())) == 1
    assert ladder.row().state == "confirmed"


def test_a_child_that_died_this_morning_is_never_written_about(
    ladder: Ladder, clock: FakeClock
) -> None:
    child = ladder.a_family()
    ladder.plan(child)
    with ladder.house.write() as session:
        known = residents.by_ids(session, ladder.house.vault, [child])[child]
        residents.save(session, ladder.house.vault, (), [replace(known, status="4")], clock())
    ladder.dispatcher.run()
    assert (ladder.push.sent, ladder.row().state) == ([], "cancelled")


def test_vaccinated_meanwhile_and_off_the_list(ladder: Ladder, clock: FakeClock) -> None:
    child = ladder.a_family(browser=False, sms=False)
    clock.advance(days=9)
    ladder.house.transact(
        lambda s: families.plan_calls(s, ladder.house.vault, [child], ladder.forecast, clock())
    )
    assert len(ladder.on_list(CALL)) == 1, "nothing but a person can reach them"
    assert (
        ladder.house.transact(
            lambda s: families.plan_calls(s, ladder.house.vault, [child], ladder.forecast, clock())
        )
        == 0
    )
    ladder.forecast.doses[child] = []
    assert ladder.on_list(CALL) == []
    waiting = ladder.rows()
    ladder.house.transact(
        lambda s: reaching.settled_otherwise(
            s, ladder.house.vault, waiting, ladder.forecast, clock()
        )
    )
    assert ladder.row().state == "cancelled"
