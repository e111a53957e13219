"""A push encrypted by pywebpush, sent by the real worker, decrypted and shown by a real Firefox."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from backend.house import House
from backend.kernel.clock import local_date
from backend.kernel.ids import new_id
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

pytestmark = pytest.mark.browser

TOKEN = "kZr3mQ8vT2xW9bYcL5nPfA"
SHOWN = """navigator.serviceWorker.getRegistration('/family/')
  .then(r => r.getNotifications()).then(all => all.map(n => ({title: n.title, body: n.body})))"""


def born(house: House) -> date:
    return local_date(house.clock()) - timedelta(days=40)


def seed(house: House) -> str:
    """A child of forty days whose first doses are not on record, and her mother's link."""
    with house.write() as session:
        make_county(session)
        child = make_child(house, session, birth_date=born(house))
        make_link(house, session, child, TOKEN)
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


def wait_for_state(house: House, number: int, state: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while [one.state for one in rows(house)].count(state) < number:
        assert time.monotonic() < end, [one.state for one in rows(house)]
        time.sleep(0.2)


def test_a_mother_is_told_on_her_lock_screen_and_can_stop_it_at_once(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with (
        running_push_server() as service,
        running_suifang(tmp_path / "var", sqlite_template, push_test=service.origin) as suifang,
        running_firefox(tmp_path / "profile", push_prefs(service)) as firefox,
    ):
        child = seed(suifang.house)
        firefox.open(f"{suifang.origin}/family/#{TOKEN}")
        tell_birth_date(firefox, born(suifang.house))
        until_shown(firefox, "王小宝")
        press(firefox, "打开提醒")
        until_shown(firefox, "已打开提醒")

        plan(suifang.house, child)
        shown = firefox.until(SHOWN, seconds=30)
        assert shown == [{"title": "预防接种提醒", "body": "孩子的接种时间到了，打开查看"}]
        wait_for_state(suifang.house, 1, "sent")
        (reminder,) = rows(suifang.house)
        with suifang.house.read() as session:
            (tried,) = attempts.of(session, [reminder.id])[reminder.id]
        assert (tried.outcome.kind, tried.outcome.http_status) == ("accepted", 201)
        (post,) = service.posts
        assert post.headers["content-encoding"] == "aes128gcm"
        assert "接种".encode() not in post.body
        assert service.acked.wait(5), "the browser took it"

        press(firefox, "关闭提醒")
        until_shown(firefox, "打开提醒")
        plan(suifang.house, child)
        wait_for_state(suifang.house, 1, "cancelled")
        assert len(service.posts) == 1
