"""Residents who are told of their own follow-ups by SMS. Monday, 10:00 in China."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from backend import jobs
from backend.followups import store as followups
from backend.house import House
from backend.reminders import families, owing, reaching, service
from backend.reminders.model import DueDose, Outcome, Reminder
from backend.reminders.store import attempts, reminders
from backend.residents.model import FOLLOWUP_SMS, GUARDIAN, SELF, ConsentTold
from backend.residents.store import family
from tests.builders.areas import make_county
from tests.builders.reminders import FakeForecast, make_child, make_dispatcher
from tests.builders.residents import make_resident
from tests.builders.settings import make_settings
from tests.builders.tasks import make_task
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeGateway

TODAY = date(2026, 11, 23)
NUMBER = "13900000001"
EVERYWHERE = [("0" * 12, "9" * 12)]


class Village:
    """A resident who is owed a visit, and what was sent."""

    def __init__(self, house: House, clock: FakeClock) -> None:
        self.house, self.clock = house, clock
        self.sms, self.forecast = FakeGateway(), FakeForecast()
        self.dispatcher = make_dispatcher(house, FakeChannel(), self.forecast, self.sms)

    def somebody(self, *, given_by: str | None = SELF, **changes: Any) -> str:
        """A resident with a visit whose ideal day is tomorrow."""
        values: dict[str, Any] = {"phone": NUMBER, "birth_date": date(1957, 6, 15)}
        with self.house.write() as session:
            one = make_resident(self.house, session, **(values | changes)).id
            if given_by is not None:
                self.says(session, one, given_by=given_by, days_ago=30)
            task = make_task(
                TODAY + timedelta(days=20), subject_id=one, due=TODAY + timedelta(days=1)
            )
            followups.save(session, [task], self.clock())
        return one

    def says(
        self,
        session: Any,
        resident: str,
        *,
        given: bool = True,
        given_by: str = SELF,
        days_ago: int = 0,
    ) -> None:
        at = self.clock() - timedelta(days=days_ago)
        told = ConsentTold(resident, FOLLOWUP_SMS, given, given_by, at)
        service.keep_consent(session, told, self.clock())

    def plan(self, *residents: str) -> int:
        return self.house.transact(
            lambda s: owing.plan(s, self.house.vault, residents, self.clock())
        )

    def rows(self) -> list[Reminder]:
        with self.house.read() as session:
            return reminders.page(session, EVERYWHERE, None, None, 50)

    def agreed(self) -> list[str]:
        with self.house.read() as session:
            return owing.agreed(session)


@pytest.fixture
def village(house: House, clock: FakeClock) -> Village:
    with house.write() as session:
        make_county(session)
    return Village(house, clock)


def test_the_eve_of_a_visit_brings_one_sms_that_names_no_service(village: Village) -> None:
    one = village.somebody()
    assert village.plan(one) == 1
    assert village.plan(one) == 0
    for _ in range(3):
        village.dispatcher.run()
    (sms,) = village.sms.sent
    assert (sms.to, sms.template, sms.params) == (NUMBER, "followup.soon", {"village": "上河村"})
    (row,) = village.rows()
    assert (row.state, row.climb_at) == ("sent", None), "the doctor has the task on the list"
    assert village.house.transact(lambda s: reaching.delivered(s, row.id, village.clock()))
    with village.house.read() as session:
        rungs, _states = reaching.reach(
            session, EVERYWHERE, village.clock() - timedelta(9), village.clock() + timedelta(9)
        )
    tried = [one for one in rungs if one.messages]
    assert [(one.rung, one.reached, one.cost_fen) for one in tried] == [("sms", 1, 5)]


def test_whom_it_reaches(village: Village) -> None:
    people = [
        village.somebody(),
        village.somebody(phone=None, contact_phone="13900000002"),
        village.somebody(phone="13900000003", contact_phone="13900000004", given_by=GUARDIAN),
        village.somebody(phone="13900000005", given_by=None),
        village.somebody(phone=None),
        village.somebody(phone="13900000006", status="4"),
        village.somebody(phone="13900000007", status="2"),
    ]
    assert village.plan(*people) == 3
    village.dispatcher.run()
    assert {one.to for one in village.sms.sent} == {NUMBER, "13900000002", "13900000004"}


def test_a_visit_made_this_morning_silences_it(village: Village) -> None:
    one = village.somebody()
    village.plan(one)
    with village.house.write() as session:
        (task,) = followups.by_subjects(session, [one])[one]
        followups.save(session, [replace(task, state="completed")], village.clock())
    village.dispatcher.run()
    assert (village.sms.sent, village.rows()[0].state) == ([], "cancelled")


def test_t_ends_whatever_went_to_that_number(village: Village, clock: FakeClock) -> None:
    told, quiet = village.somebody(), village.somebody()
    with village.house.write() as session:
        child = make_child(village.house, session, phone=NUMBER)
        service.agree_to_sms(session, child, clock() - timedelta(days=30))
    village.forecast.doses[child] = [DueDose("DTaP-2", TODAY + timedelta(days=1))]
    village.house.transact(
        lambda s: families.plan_families(s, village.house.vault, [child], village.forecast, clock())
    )
    village.dispatcher.run()
    village.plan(told)
    stopped = village.house.transact(
        lambda s: reaching.stop_by_number(s, village.house.vault, NUMBER, clock())
    )
    assert stopped == 3, "the child, and both whose number it is"
    assert village.agreed() == [], quiet
    with village.house.read() as session:
        assert family.standing_consents(session, [child], service.SMS_CONSENT) == {}
    village.dispatcher.run()
    assert len(village.sms.sent) == 1


def test_a_couple_with_one_telephone_is_told_once(village: Village) -> None:
    village.plan(village.somebody(), village.somebody())
    village.dispatcher.run()
    assert len(village.sms.sent) == 1
    assert [row.state for row in village.rows()] == ["sent", "sent"]


def test_mother_and_child_on_one_number_are_told_on_two_days(
    village: Village, clock: FakeClock
) -> None:
    mother = village.somebody()
    with village.house.write() as session:
        child = make_child(village.house, session, phone=NUMBER)
        service.agree_to_sms(session, child, clock() - timedelta(days=30))
    village.forecast.doses[child] = [DueDose("DTaP-2", TODAY + timedelta(days=1))]
    village.plan(mother)
    village.house.transact(
        lambda s: families.plan_families(s, village.house.vault, [child], village.forecast, clock())
    )
    for _ in range(3):
        village.dispatcher.run()
    assert len(village.sms.sent) == 1
    clock.advance(days=1)
    village.dispatcher.run()
    assert {one.template for one in village.sms.sent} == {"followup.soon", "family.soon"}


def test_a_gateway_that_was_down_all_day_is_asked_anew_and_a_refusal_is_final(
    village: Village, clock: FakeClock
) -> None:
    one = village.somebody()
    village.plan(one)
    clock.advance(days=1)
    village.house.transact(lambda s: reminders.expire(s, clock()))
    assert village.rows()[0].state == "failed"
    assert village.plan(one) == 1
    village.sms.answers.append(Outcome("refused", 400))
    village.dispatcher.run()
    clock.advance(days=1)
    assert village.plan(one) == 0
    assert [row.state for row in village.rows()] == ["failed", "failed"]


def test_a_visit_that_arrives_late_does_not_undo_a_stop(village: Village, clock: FakeClock) -> None:
    one = village.somebody()
    with village.house.write() as session:
        owing.stop(session, one, clock() - timedelta(days=2))
        village.says(session, one, days_ago=3)
    assert village.agreed() == []
    with village.house.write() as session:
        village.says(session, one, days_ago=1)
    assert village.agreed() == [one]
    with village.house.write() as session:
        village.says(session, one, given=False)
    assert village.agreed() == []


def test_without_registered_templates_nobody_is_planned_for(house: House, clock: FakeClock) -> None:
    village = Village(house, clock)
    village.somebody()
    assert jobs.plan_owed(house, clock()) == 0, "there is no gateway"
    house.settings = with_gateway(house, {"family.soon": "SMS_1", "family.now": "SMS_2"})
    assert jobs.plan_owed(house, clock()) == 0
    house.settings = with_gateway(house, {"followup.soon": "SMS_3", "followup.now": "SMS_4"})
    assert jobs.plan_owed(house, clock()) == 1
    with house.read() as session:
        assert attempts.of(session, [row.id for row in village.rows()]) == {}


def with_gateway(house: House, templates: dict[str, str]) -> Any:
    settings = house.settings
    return make_settings(
        settings.var, settings.database_url, sms_url="http://127.0.0.1:9/", sms_templates=templates
    )
