"""Sending what is due, with a rung that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.accounts.service import administration, devices
from backend.house import House
from backend.kernel.ids import new_id
from backend.reminders import families, service
from backend.reminders.model import FAMILY_LINK, DueDose, Outcome
from backend.reminders.store import addresses, attempts, reminders
from backend.residents.store import family
from tests.builders.accounts import make_account, make_phone
from tests.builders.areas import TOWNSHIP, VILLAGE
from tests.builders.reminders import (
    FakeForecast,
    make_child,
    make_dispatcher,
    make_link,
    make_plan,
    push_address,
    subscribe_account,
    subscribe_family,
)
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock

TODAY = date(2026, 11, 23)
MONTH = timedelta(days=30)
DUE = DueDose("DTaP-2", date(2026, 11, 24))  # tomorrow: the step one day before is today


def all_reminders(house: House) -> list[tuple[str, str]]:
    with house.read() as session:
        found = reminders.page(session, [("0" * 12, "9" * 12)], None, None, 250)
        return sorted((one.reason, one.state) for one in found)


def outcomes(house: House) -> list[str]:
    with house.read() as session:
        found = reminders.page(session, [("0" * 12, "9" * 12)], None, None, 250)
        tried = attempts.of(session, [one.id for one in found])
        return [one.outcome.kind for several in tried.values() for one in several]


def a_doctor(house: House, *browsers: str) -> str:
    with house.write() as session:
        account = make_account(house, session, "worker", (VILLAGE,))
        for browser in browsers:
            subscribe_account(house, session, account.id, browser)
    return account.id


def plan_urgent(house: House, account_id: str) -> None:
    house.transact(lambda s: reminders.plan(s, [make_plan(house, account_id)], house.clock()))


@contextmanager
def a_month_ago(clock: FakeClock) -> Iterator[None]:
    """What happened so long ago that every step of today still counts."""
    clock.set(clock() - MONTH)
    yield
    clock.set(clock() + MONTH)


def a_family(house: House, token: str, browser: str, name: str = "王小宝") -> str:
    """A child whose caregiver consents now."""
    with house.write() as session:
        child = make_child(house, session, name)
        subscribe_family(house, session, make_link(house, session, child, token), browser)
    return child


def plan_families(house: House, forecast: FakeForecast, *children: str) -> int:
    return house.transact(
        lambda s: families.plan_families(s, house.vault, children, forecast, house.clock())
    )


def test_every_phone_of_a_doctor_is_told_and_every_try_written_down(house: House) -> None:
    channel = FakeChannel()
    plan_urgent(house, a_doctor(house, "old", "new"))
    assert make_dispatcher(house, channel).run() == 1
    assert sorted(channel.told) == [push_address("new"), push_address("old")]
    assert outcomes(house) == ["accepted", "accepted"]
    assert all_reminders(house) == [("urgent:t1", "sent")]
    assert make_dispatcher(house, channel).run() == 0


def test_the_message_says_nothing_about_anybody(house: House) -> None:
    channel = FakeChannel()
    plan_urgent(house, a_doctor(house, "phone"))
    make_dispatcher(house, channel).run()
    ((_endpoint, message, handling),) = channel.sent
    assert message.title == "紧急事项"
    assert message.body == "有一项紧急事项需要马上处理，请打开查看"
    assert message.url == "/desk/"
    assert handling.urgency == "high"
    assert handling.ttl_s == 7200
    assert len(handling.topic) <= 32  # RFC 8030 §5.4


def test_each_reads_their_own_language(house: House) -> None:
    channel = FakeChannel()
    account_id = a_doctor(house, "phone")
    with house.write() as session:
        (one,) = addresses.live(session, house.vault, "account", [account_id])
        addresses.save(session, house.vault, replace(one, language="en"), house.clock())
    digest = make_plan(
        house,
        account_id,
        reason="digest",
        message={"kind": "digest", "overdue": 2, "due": 0, "returned": 1},
    )
    house.transact(lambda s: reminders.plan(s, [digest], house.clock()))
    make_dispatcher(house, channel).run()
    assert channel.sent[0][1].body == "2 overdue, 1 returned"


def test_a_browser_that_is_gone_is_forgotten(house: House) -> None:
    channel = FakeChannel()
    account_id = a_doctor(house, "phone")
    channel.will(push_address("phone"), Outcome("gone", 410))
    plan_urgent(house, account_id)
    make_dispatcher(house, channel).run()
    assert all_reminders(house) == [("urgent:t1", "unreachable")]
    with house.read() as session:
        assert addresses.live(session, house.vault, "account", [account_id]) == []


def test_what_failed_is_tried_again_and_only_there(house: House, clock: FakeClock) -> None:
    channel = FakeChannel()
    plan_urgent(house, a_doctor(house, "good", "bad"))
    channel.will(push_address("bad"), Outcome("failed", 503))
    dispatcher = make_dispatcher(house, channel)
    dispatcher.run()
    assert all_reminders(house) == [("urgent:t1", "planned")]
    assert dispatcher.run() == 0
    clock.advance(minutes=1)
    assert dispatcher.run() == 1
    assert sorted(channel.told) == [push_address("bad"), push_address("bad"), push_address("good")]
    assert all_reminders(house) == [("urgent:t1", "sent")]


def test_retry_after_is_waited_for(house: House, clock: FakeClock) -> None:
    channel = FakeChannel()
    plan_urgent(house, a_doctor(house, "phone"))
    channel.will(push_address("phone"), Outcome("throttled", 429, clock() + timedelta(minutes=40)))
    dispatcher = make_dispatcher(house, channel)
    dispatcher.run()
    clock.advance(minutes=39)
    assert dispatcher.run() == 0
    clock.advance(minutes=1)
    assert dispatcher.run() == 1


def test_three_refusals_in_a_row_end_an_address(house: House) -> None:
    channel = FakeChannel()
    account_id = a_doctor(house, "phone")
    channel.will(push_address("phone"), *[Outcome("refused", 403)] * 3)
    for number in range(4):
        plan = make_plan(house, account_id, reason=f"urgent:t{number}")
        house.transact(lambda s, plan=plan: reminders.plan(s, [plan], house.clock()))  # type: ignore[misc]
        make_dispatcher(house, channel).run()
    assert len(channel.sent) == 3
    assert {state for _reason, state in all_reminders(house)} == {"unreachable"}


def test_an_error_of_ours_is_written_down_and_stops_nobody_else(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    channel = FakeChannel()
    channel.will(push_address("a"), ZeroDivisionError("our own bug"))
    for browser in ("a", "b"):
        plan_urgent(house, a_doctor(house, browser))
    make_dispatcher(house, channel).run()
    assert sorted(channel.told) == [push_address("a"), push_address("b")]
    assert sorted(outcomes(house)) == ["accepted", "failed"]
    assert "ZeroDivisionError" in caplog.text
    assert push_address("a") not in caplog.text


def test_a_lost_phone_and_a_disabled_doctor_are_told_nothing(house: House) -> None:
    channel = FakeChannel()
    with house.write() as session:
        lost = make_account(house, session, "worker", (VILLAGE,))
        phone = make_phone(house, session, lost)
        subscribe_account(house, session, lost.id, "lost", phone.device_id)
        devices.revoke(session, phone.device_id, "lost", house.clock())
        left = make_account(house, session, "worker", (VILLAGE,))
        subscribe_account(house, session, left.id, "left")
        administration.disable(session, left.id, house.clock())
    for account_id in (lost.id, left.id):
        plan_urgent(house, account_id)
    make_dispatcher(house, channel).run()
    assert channel.told == []
    assert all_reminders(house) == [("urgent:t1", "unreachable")] * 2


def test_killed_between_sending_and_writing_it_is_sent_again_under_the_same_topic(
    house: House, clock: FakeClock
) -> None:
    class Killed(BaseException):
        """What kill -9 looks like from inside: nothing after it runs."""

    channel = FakeChannel()
    channel.will(push_address("phone"), Killed())  # the push service has it; we do not know
    plan_urgent(house, a_doctor(house, "phone"))
    dispatcher = make_dispatcher(house, channel)
    with pytest.raises(Killed):
        dispatcher.run()
    assert all_reminders(house) == [("urgent:t1", "planned")]
    assert dispatcher.run() == 0, "the dead worker's lease still holds"
    clock.advance(minutes=11)
    assert dispatcher.run() == 1
    assert channel.told == [push_address("phone")] * 2
    (_, first, one), (_, second, two) = channel.sent
    assert (first, one.topic) == (second, two.topic), "the phone shows it once"
    assert all_reminders(house) == [("urgent:t1", "sent")]
    assert dispatcher.run() == 0


# ── families ─────────────────────────────────────────────────────────────────────────────────────


def test_a_family_is_told_once_a_day_from_eight_on(house: House, clock: FakeClock) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    with a_month_ago(clock):
        child = a_family(house, "token", "mother")
    forecast.doses[child] = [DUE, DueDose("Polio-2", DUE.due)]
    clock.set(clock() - timedelta(hours=4))  # 06:00 in China
    assert plan_families(house, forecast, child) == 1
    assert plan_families(house, forecast, child) == 0
    dispatcher = make_dispatcher(house, channel, forecast)
    assert dispatcher.run() == 0
    clock.advance(hours=2)
    assert dispatcher.run() == 1
    ((endpoint, message, handling),) = channel.sent
    assert endpoint == push_address("mother")
    assert (message.title, message.body) == ("预防接种提醒", "孩子的接种时间快到了，打开查看")
    assert message.url == "/family/"
    assert handling.ttl_s == 12 * 3600  # nothing arrives after 20:00


def test_brother_and_sister_in_one_browser_are_one_message(house: House, clock: FakeClock) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    with a_month_ago(clock):
        children = [a_family(house, f"token-{n}", "mother", name) for n, name in enumerate("宝贝")]
    forecast.doses = {child: [DUE] for child in children}
    assert plan_families(house, forecast, *children) == 2
    make_dispatcher(house, channel, forecast).run()
    assert channel.told == [push_address("mother")]
    assert sorted(outcomes(house)) == ["accepted", "merged"]
    assert all_reminders(house) == [("vaccination", "sent")] * 2


def test_a_dose_given_this_morning_silences_the_message(house: House, clock: FakeClock) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    with a_month_ago(clock):
        child = a_family(house, "token", "mother")
    forecast.doses[child] = [DUE]
    plan_families(house, forecast, child)
    forecast.doses[child] = []
    make_dispatcher(house, channel, forecast).run()
    assert channel.told == []
    assert all_reminders(house) == [("vaccination", "cancelled")]


def test_no_consent_no_message(house: House, clock: FakeClock) -> None:
    forecast = FakeForecast()
    with house.write() as session:
        child = make_child(house, session)
        make_link(house, session, child, "token")
    forecast.doses[child] = [DUE]
    assert plan_families(house, forecast, child) == 0


def test_unsubscribing_works_at_once(house: House, clock: FakeClock) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    with a_month_ago(clock):
        child = a_family(house, "token", "mother")
    forecast.doses[child] = [DUE]
    plan_families(house, forecast, child)
    with house.write() as session:
        (link,) = family.links_of(session, [child])
        assert service.unsubscribe_family(session, link, push_address("mother"), clock())
    make_dispatcher(house, channel, forecast).run()
    assert channel.told == []
    assert all_reminders(house) == [("vaccination", "cancelled")]
    with house.read() as session:
        assert family.standing_consents(session, [child], service.CONSENT) == {}
        assert families.reachable_children(session, clock()) == []


def test_unsubscribing_while_the_round_is_going_on_reaches_the_other_phones_only(
    house: House, clock: FakeClock
) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    with a_month_ago(clock):
        child = a_family(house, "token", "mother")
        with house.write() as session:
            subscribe_family(house, session, make_link(house, session, child, "other"), "father")
    forecast.doses[child] = [DUE]
    plan_families(house, forecast, child)

    def mother_leaves() -> None:
        channel.before = None
        with house.write() as session:
            link = next(
                one
                for one in family.links_of(session, [child])
                if addresses.live(session, house.vault, FAMILY_LINK, [one.id])[0].endpoint
                == push_address("mother")
            )
            service.unsubscribe_family(session, link, push_address("mother"), clock())

    channel.before = mother_leaves  # the father's message is on its way
    make_dispatcher(house, channel, forecast).run()
    assert channel.told == [push_address("father")]
    assert all_reminders(house) == [("vaccination", "sent")]
    with house.read() as session:
        assert child in family.standing_consents(session, [child], service.CONSENT)


def test_a_link_that_ran_out_is_told_nothing(house: House, clock: FakeClock) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    with a_month_ago(clock), house.write() as session:
        child = make_child(house, session)
        link = make_link(house, session, child, "token", expires_on=TODAY - timedelta(days=1))
        subscribe_family(house, session, link, "mother")
    forecast.doses[child] = [DUE]
    with house.read() as session:
        assert families.reachable_children(session, clock()) == []
    plan_families(house, forecast, child)
    make_dispatcher(house, channel, forecast).run()
    assert channel.told == []


def test_a_year_of_a_child_brings_at_most_four_messages_a_dose(
    house: House, clock: FakeClock
) -> None:
    channel, forecast = FakeChannel(), FakeForecast()
    clock.set(clock() - MONTH)
    child = a_family(house, "token", "mother")
    forecast.doses[child] = [DUE]
    dispatcher = make_dispatcher(house, channel, forecast)
    days = []
    for day in range(120):
        clock.set(clock() + timedelta(days=1))
        plan_families(house, forecast, child)
        if dispatcher.run():
            days.append((clock().date() - DUE.due).days)
        assert len(channel.sent) == len(days), day
    assert days == [-7, -1, 7, 30]


# ── what other rooms tell us ─────────────────────────────────────────────────────────────────────


def test_an_emergency_reaches_the_reviewers_of_that_township(house: House) -> None:
    with house.write() as session:
        mine = make_account(house, session, "reviewer", (TOWNSHIP,))
        make_account(house, session, "reviewer", ("990123101000",))
        make_account(house, session, "worker", (VILLAGE,))
        make_account(house, session, "supervisor", ("990123000000",))
        gone = make_account(house, session, "reviewer", (TOWNSHIP,))
        administration.disable(session, gone.id, house.clock())
        assert service.township_staff(session, VILLAGE) == [mine.id]
        task = new_id()
        assert service.urgent(session, task, VILLAGE, house.clock()) == 1
        assert service.urgent(session, task, VILLAGE, house.clock()) == 0
        assert service.cancel_for_tasks(session, [task], house.clock()) == 1
