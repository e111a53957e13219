"""The clinic is closed when a child's day comes. Today is Monday, 23 November 2026, and we invent a
holiday from Tuesday to Friday: the dose is due on Tuesday."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from apiflask import APIFlask

from backend.followups import store as followups
from backend.house import House
from backend.jobs import dispatch, plan_families, sweep
from backend.kernel.clock import SHANGHAI
from backend.kernel.holidays import Holiday, Holidays
from tests.builders.county import County
from tests.builders.family import TOKEN, a_child, call
from tests.builders.reminders import push_request, subscribe_account
from tests.builders.tasks import make_task
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock

DAYS_OFF = Holiday(
    {"zh-CN": "国庆节", "en": "National Day"}, date(2026, 11, 24), date(2026, 11, 27)
)


@pytest.fixture(autouse=True)
def holiday(house: House) -> None:
    house.holidays = Holidays((DAYS_OFF,), frozenset({2026}))


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def view_of(app: APIFlask) -> dict[str, Any]:
    answer = call(app, "GET", "/family", TOKEN)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return dict(answer.json)


def days_request(county: County, on: str) -> dict[str, Any]:
    area = county.reviewer.account.areas[0]
    return {"area_code": area, "on": [on], "starts": "08:30", "ends": "11:30", "place": "卫生院"}


def test_the_visit_is_put_off_and_the_page_says_why(app: APIFlask, house: House) -> None:
    a_child(house)
    view = view_of(app)
    assert view["next"]["on"] == "2026-11-28"
    (told,) = view["holidays"]
    assert told == {
        "name": {"zh-CN": "国庆节", "en": "National Day"},
        "from_on": "2026-11-24",
        "to_on": "2026-11-27",
    }
    # The dose itself is due when it is due.
    assert {d["due"] for d in view["doses"] if d["dose_id"] == "HepB-2"} == {"2026-11-24"}


def test_where_the_clinic_set_a_day_inside_it_is_there(
    app: APIFlask, house: House, county: County
) -> None:
    a_child(house)
    body = days_request(county, "2026-11-25")
    answer = county.reviewer.post("/clinic/days", body)
    assert answer.json is not None
    assert [one["to_on"] for one in answer.json["holidays"]] == ["2026-11-27"]
    view = view_of(app)
    assert (view["next"]["on"], view["next"]["day"]["on"]) == ("2026-11-24", "2026-11-25")
    assert view["holidays"] == []


def test_the_family_is_told_on_the_eve_of_opening_and_not_on_the_holiday(
    app: APIFlask, house: House, clock: FakeClock
) -> None:
    clock.set(china(19, 9))
    a_child(house)
    assert call(app, "POST", "/family/push", TOKEN, push_request("mother")).status_code == 204
    channel = FakeChannel()
    for day in range(21, 28):
        for hour in (8, 12, 19):
            clock.set(china(day, hour, 5))
            plan_families(house, clock())
            dispatch(house, channel)
            assert len(channel.sent) == (1 if day < 27 else 2)
    # A week before Saturday the 28th, and the day before it: one message each.
    first, last = (message.body for _to, message, _how in channel.sent)
    assert first == "孩子的接种时间快到了，打开查看。门诊11月24日至27日放假，11月28日开诊"
    assert last == first


def test_the_doctor_hears_before_of_what_ends_in_it(house: House, county: County) -> None:
    doctor = county.doctor.account
    with house.write() as session:
        subscribe_account(house, session, doctor.id, "doctor")
    tasks = [make_task(date(2026, 11, day), min(doctor.areas)) for day in (23, 24, 27, 28)]
    house.transact(lambda session: followups.save(session, tasks, house.clock()))
    assert sweep(house, house.clock()) == 1
    channel = FakeChannel()
    dispatch(house, channel)
    ((_to, message, _how),) = channel.sent
    assert message.body.endswith("11月24日至27日放假，假期里到期 2 项，请提前做")


@pytest.mark.parametrize(("clinic_on", "told_on"), [(None, 27), ("2026-11-25", 23)])
def test_where_the_clinic_is_there_families_are_told_as_on_any_day(
    app: APIFlask,
    house: House,
    county: County,
    clock: FakeClock,
    clinic_on: str | None,
    told_on: int,
) -> None:
    house.holidays = Holidays(
        (Holiday(DAYS_OFF.name, date(2026, 11, 22), date(2026, 11, 27)),), frozenset({2026})
    )
    clock.set(china(19, 9))
    a_child(house)
    assert call(app, "POST", "/family/push", TOKEN, push_request("mother")).status_code == 204
    if clinic_on is not None:
        county.reviewer.post("/clinic/days", days_request(county, clinic_on))
    channel = FakeChannel()
    days = []
    for day in range(22, 28):
        clock.set(china(day, 8, 5))
        plan_families(house, clock())
        dispatch(house, channel)
        days += [day] * (len(channel.sent) - len(days))
    assert days == [told_on]
