"""Sessions, lost phones and other people's hands: faults 09, 19 and 55 to 60."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.accounts.service import administration, devices
from tests.builders.accounts import PASSWORD
from tests.faults.conftest import Field
from tests.faults.phone import PIN
from tests.faults.proxy import FINE, Weather

pytestmark = pytest.mark.browser  # needs the built pages, and one county for all

Go = Callable[..., Field]
DAY_MS = 86_400_000
LOST = Weather(swallow=True)
GONE = Weather(cut_up=0)


@pytest.mark.faults
def test_fault_19_six_weeks_without_a_network(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = [at.visit(number) for number in range(3)]
    at.phone.do("clock", 42 * DAY_MS)
    at.phone.do("live")
    at.phone.do("forget_cookies")
    at.phone.do("pin", PIN)
    assert at.phone.wait_for("stopped")["people"] is None, "reading stops after 30 days"
    assert at.phone.waiting() == saved

    at.network.clear()
    at.phone.do("enter", at.login, PASSWORD, None)
    at.phone.do("retry")
    at.phone.do("pin", PIN)
    at.phone.wait_for("open")
    at.settle()


@pytest.mark.faults
def test_fault_55_every_token_ran_out_while_offline(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("forget_cookies")
    at.phone.restart()
    assert at.phone.waiting() == [saved]
    at.network.clear()
    assert at.round() is False, "without a session nothing is fetched"
    state = at.phone.state()
    assert (state["signed_in"], state["problem"]) == (None, "signed_out")
    assert at.phone.waiting() == [], "what waits goes by the phone's own signature"
    at.check()
    at.phone.do("enter", at.login, PASSWORD, None)
    assert at.round() is True


@pytest.mark.faults
def test_fault_56_the_answer_to_a_refresh_is_lost(in_the_field: Go) -> None:
    at = in_the_field()
    for _ in range(3):
        at.phone.do("live")
        at.network.showers([LOST, GONE, GONE, FINE])
        at.phone.do("pin", PIN)
        at.phone.do("rest", 300)
        at.network.clear()
        assert at.round() is True
        assert at.phone.state()["signed_in"] == at.login


@pytest.mark.faults
def test_fault_57_a_token_from_before_comes_back(in_the_field: Go) -> None:
    """A browser that was put back to an older day, or somebody who copied its cookie."""
    at = in_the_field()
    older = at.phone.do("cookies")
    for _ in range(2):  # the one before last is no lost answer any more
        at.phone.restart()
        assert at.round() is True
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("put_cookies", older)
    at.phone.restart()
    at.network.clear()
    assert at.round() is False, "the session is over, whoever holds its newest token"
    state = at.phone.state()
    assert (state["stage"], state["signed_in"]) == ("open", None)
    assert at.line(saved).status == "stored", "what waits goes by the phone's own signature"
    at.phone.do("enter", at.login, PASSWORD, None)
    assert at.round() is True
    at.settle()


def test_fault_09_a_cleared_browser_leaves_numbers_that_somebody_misses(in_the_field: Go) -> None:
    at = in_the_field()
    first = at.phone.state()["device_id"]
    at.network.rain(cut_up=0)
    kept = [at.visit(number) for number in range(3)]
    at.phone.do("send")  # what is under way has ended: it would still take the second along
    at.phone.do("hold", kept[1])
    at.network.clear()
    at.phone.do("send")
    assert at.phone.waiting() == [kept[1]]
    at.phone.do("clear_browser")

    at.phone.do("live")
    assert at.phone.state()["stage"] == "welcome"
    at.phone.set_up(at.login, at.county.one_time_password(at.login))
    assert at.round() is True
    (gap,) = at.phone.state()["gaps"]
    assert (gap["deviceId"], gap["numbers"], gap["here"]) == (first, "2", False)
    assert at.device_id != first


def test_fault_58_a_lost_phone_comes_online(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = at.visit()
    house = at.county.running.house
    with house.write() as session:
        devices.revoke(session, at.device_id, "lost", house.clock())
    at.network.clear()
    at.round()
    state = at.phone.wait_for("welcome")
    assert (state["wiped"], state["people"]) == ("revoked", None)
    assert state["stored"] == {"residents": 0, "drafts": 0, "history": 0, "keys": ["sign"]}
    at.phone.do("send")
    (line,) = at.phone.lines()
    assert (line.id, line.status, line.reason) == (saved, "quarantined", "device_revoked")
    assert line.readable is False
    at.check()
    at.phone.do("live")
    assert at.phone.state()["stage"] == "welcome"


@pytest.mark.faults
def test_fault_59_an_account_is_closed_with_unsent_records(in_the_field: Go) -> None:
    at = in_the_field("doctor2")
    at.network.rain(cut_up=0)
    saved = at.visit()
    house = at.county.running.house
    account = at.county.account("doctor2").id
    with house.write() as session:
        administration.disable(session, account, house.clock())
    at.network.clear()
    try:
        at.round()
        assert at.phone.wait_for("stopped")["people"] is None
        (line,) = at.phone.lines()
        assert (line.id, line.status, line.reason) == (saved, "quarantined", "account_disabled")
        at.check()
        at.phone.do("live")
        at.phone.do("pin", PIN)
        assert at.phone.wait_for("stopped")["people"] is None, "nothing is read here"
        assert at.phone.state()["stored"]["residents"] > 0, "nothing was lost either"
    finally:
        with house.write() as session:
            administration.enable(session, account)
    at.phone.do("enter", "doctor2", PASSWORD, None)
    at.phone.do("retry")
    at.phone.do("pin", PIN)
    at.phone.wait_for("open")


@pytest.mark.faults
def test_fault_58_also_when_no_session_is_left_to_hear_it_by(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    at.visit()
    house = at.county.running.house
    with house.write() as session:
        devices.revoke(session, at.device_id, "lost", house.clock())
    at.phone.do("forget_cookies")
    at.phone.restart()
    at.network.clear()
    at.phone.do("send")
    assert at.phone.wait_for("welcome")["wiped"] == "revoked"
    at.check()


def test_fault_60_another_doctor_on_the_same_phone(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = at.visit()
    assert at.phone.do("leave") == "unsent", "nobody leaves with unsent records"
    other = at.county.one_time_password("doctor2")

    at.phone.do("kill")  # else the old page may send in the moment before it ends
    at.network.clear()
    at.phone.do("live")
    at.phone.do("enter", "doctor2", other, None)
    state = at.phone.state()
    assert (state["stage"], state["people"], state["signed_in"]) == ("locked", None, None)
    at.phone.do("send")  # to its end, before the weather changes again and tears it
    at.settle_sending()
    assert at.phone.lines()[0].id == saved
    assert at.phone.lines()[0].status == "stored"

    at.phone.do("pin", PIN)
    at.phone.wait_for("open")
    at.phone.do("enter", "doctor2", at.county.one_time_password("doctor2"), None)
    assert at.phone.state()["signed_in"] is None, "behind this PIN lie the first doctor's residents"


@pytest.mark.faults
def test_a_forgotten_pin_costs_no_finished_record(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("lock")
    at.phone.wait_for("locked")
    at.phone.do("forgot")
    state = at.phone.state()
    assert (state["stage"], state["signed_in"]) == ("welcome", None), "the password is asked for"
    assert state["stored"]["residents"] > 0, "nothing is erased before it was right"

    at.network.clear()
    at.phone.do("enter", at.login, PASSWORD, None)
    at.phone.wait_for("choose_pin")
    assert at.phone.state()["stored"]["residents"] == 0
    at.phone.do("pin", "741852")
    at.phone.wait_for("open")
    at.settle()
    assert [line.id for line in at.phone.lines()] == [saved]


@pytest.mark.faults
def test_a_forgotten_password_is_solved_by_a_one_time_one(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("lock")
    at.phone.wait_for("locked")
    at.phone.do("forgot")
    at.network.clear()
    one_time = at.county.one_time_password(at.login)
    at.phone.do("enter", at.login, one_time, PASSWORD + "!")
    at.phone.wait_for("choose_pin")
    at.phone.do("pin", PIN)
    at.phone.wait_for("open")
    at.settle()
    assert saved in [line.id for line in at.phone.lines()]


def test_ten_wrong_pins_are_no_way_in(in_the_field: Go) -> None:
    at = in_the_field()
    at.network.rain(cut_up=0)
    saved = at.visit()
    at.phone.do("lock")
    at.phone.wait_for("locked")
    for _ in range(10):
        at.phone.do("pin", "000000")
    state = at.phone.state()
    assert (state["stage"], state["wiped"], state["signed_in"]) == ("welcome", "pin", None)
    assert state["stored"]["residents"] == 0
    at.settle_sending()
    assert [line.id for line in at.phone.lines()] == [saved]
