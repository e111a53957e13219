"""A push sent by the real worker, shown by a real Firefox, and what its receipt stops."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from backend import jobs, tables
from backend.house import House
from backend.kernel.clock import local_date
from backend.kernel.ids import new_id
from backend.reminders import service
from backend.reminders.model import Reminder
from backend.reminders.store import attempts, reminders
from tests.browser.firefox import (
    press,
    push_prefs,
    running_firefox,
    tell_birth_date,
    until_shown,
)
from tests.browser.running import running_suifang
from tests.builders.areas import VILLAGE, make_county
from tests.builders.reminders import make_child, make_link, make_plan
from tests.fakes.push_server import running_push_server
from tests.fakes.sms_server import SmsServer, running_sms_server

pytestmark = pytest.mark.browser

TOKEN = "kZr3mQ8vT2xW9bYcL5nPfA"
NUMBER = "13900000001"
SHOWN = """navigator.serviceWorker.getRegistration('/family/')
  .then(r => r.getNotifications()).then(all => all.map(n => ({title: n.title, body: n.body})))"""


def born(house: House) -> date:
    return local_date(house.clock()) - timedelta(days=40)


def seed(house: House) -> str:
    """A child of forty days whose first doses are not on record, and her mother's link."""
    with house.write() as session:
        make_county(session)
        child = make_child(
            house,
            session,
            birth_date=born(house),
            phone=NUMBER,
        )
        make_link(house, session, child, TOKEN)
        service.agree_to_sms(session, child, house.clock())
    return child


def plan(house: House, child: str) -> None:
    """A message that is due now, whatever the hour: quiet hours have tests of their own."""
    due = make_plan(
        house,
        child,
        addressee_kind="family",
        reason="vaccination",
        occurrence=new_id(),
        message={"kind": "family", "steps": [["HepB-1", 30]]},
    )
    house.transact(lambda session: reminders.plan(session, [due], house.clock()))


def rows(house: House) -> list[Reminder]:
    with house.read() as session:
        return reminders.page(session, [(VILLAGE, VILLAGE)], None, None, 50)


def hours_pass(house: House) -> None:
    """The receipt had its four hours; the SMS goes now, whatever the hour; yesterday is over."""
    now = house.clock()
    row = tables.reminders.ReminderRow
    with house.write() as session:
        session.execute(update(row).where(row.state == "sent").values(climb_at=now))
    jobs.sweep(house, now)
    with house.write() as session:
        here = {"due_at": now, "expires_at": now + timedelta(hours=2)}
        session.execute(update(row).where(row.rung == "sms").values(here))
        tried = tables.reminders.DeliveryAttemptRow
        session.execute(update(tried).values(at=now - timedelta(days=2)))


def wait_for_sms(gateway: SmsServer, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not gateway.taken:
        assert time.monotonic() < end
        time.sleep(0.2)


def wait_for_state(house: House, number: int, state: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while [one.state for one in rows(house)].count(state) < number:
        assert time.monotonic() < end, [one.state for one in rows(house)]
        time.sleep(0.2)


def test_a_mother_is_told_on_her_lock_screen_and_can_stop_it_at_once(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with (
        running_push_server() as push,
        running_sms_server(b"") as gateway,
        running_suifang(
            tmp_path / "var", sqlite_template, push_test=push.origin, sms_url=gateway.url
        ) as suifang,
        running_firefox(tmp_path / "profile", push_prefs(push)) as firefox,
    ):
        house = suifang.house
        gateway.key = house.settings.secrets.sms
        child = seed(house)
        firefox.open(f"{suifang.origin}/family/#{TOKEN}")
        tell_birth_date(firefox, born(suifang.house))
        until_shown(firefox, "王小宝")
        press(firefox, "打开提醒")
        until_shown(firefox, "已打开提醒")

        # The push service takes it and the phone never gets it: the SMS goes, once.
        push.answers.append((202, {}))
        plan(house, child)
        wait_for_state(house, 1, "sent")
        hours_pass(house)
        wait_for_sms(gateway)
        wait_for_state(house, 1, "sent")
        time.sleep(6)  # the worker looks again every five seconds
        (sms,) = gateway.taken
        assert (sms["to"], sms["template"]) == (NUMBER, "SMS_2")

        # This one arrives, and the phone says so.
        plan(house, child)
        shown = firefox.until(SHOWN, seconds=30)
        assert shown == [{"title": "预防接种提醒", "body": "孩子的接种时间到了，打开查看"}]
        wait_for_state(house, 1, "confirmed")
        (reminder,) = [one for one in rows(house) if one.state == "confirmed"]
        assert reminder.channel == "web_push"
        with house.read() as session:
            tried = attempts.of(session, [reminder.id])[reminder.id]
        assert sorted(one.outcome.kind for one in tried) == ["accepted", "confirmed"]
        assert push.posts[-1].headers["content-encoding"] == "aes128gcm"
        assert "接种".encode() not in push.posts[-1].body
        assert push.acked.wait(5), "the browser took it"
        hours_pass(house)
        assert len(gateway.taken) == 1

        sent = len(push.posts)
        press(firefox, "关闭提醒")
        until_shown(firefox, "打开提醒")
        with house.write() as session:
            service.stop_sms(session, child, house.clock())
        plan(house, child)
        wait_for_state(house, 1, "cancelled")
        assert len(push.posts) == sent
