"""The township's group chat: emergencies at once, arrears on Mondays; numbers, never patients.

Today is Monday, 23 November 2026, 10:00 in China.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from backend import jobs
from backend.followups import store as followups
from backend.house import House
from backend.reminders import service
from backend.reminders.model import Outcome
from backend.reminders.store import reminders
from tests.builders.accounts import make_account
from tests.builders.areas import COUNTY, SIBLING_VILLAGE, TOWNSHIP, VILLAGE
from tests.builders.tasks import make_task
from tests.fakes.channel import FakeChannel
from tests.fakes.clock import FakeClock

TODAY = date(2026, 11, 23)


@dataclass
class FakeChat:
    """A robot that keeps what it is given, and answers as a test says."""

    answers: list[Outcome] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, area_code: str, text: str) -> Outcome:
        self.said.append((area_code, text))
        return self.answers.pop(0) if self.answers else Outcome("accepted", 200)


def with_chat(house: House, code: str = TOWNSHIP) -> None:
    house.settings = replace(house.settings, chats={code: "wecombot://0123456789abcdef"})


def run(house: House, clock: FakeClock, chat: FakeChat) -> None:
    jobs.sweep(house, clock())
    jobs.dispatch(house, FakeChannel(), chat=chat)


def late(house: House, village: str, days: int, **changes: str) -> None:
    task = make_task(TODAY - timedelta(days=days), village, **changes)
    house.transact(lambda session: followups.save(session, [task], house.clock()))


def test_on_monday_the_chat_reads_what_is_late_by_village_and_doctor(
    house: House, clock: FakeClock
) -> None:
    with_chat(house)
    with house.write() as session:
        make_account(house, session, "worker", (VILLAGE,), name="李医生")
    late(house, VILLAGE, 8)
    late(house, VILLAGE, 40)
    late(house, SIBLING_VILLAGE, 31)
    late(house, SIBLING_VILLAGE, 6)
    chat = FakeChat()
    run(house, clock, chat)
    run(house, clock, chat)
    ((code, text),) = chat.said
    assert code == TOWNSHIP
    head, first, second = text.splitlines()
    assert head == "本周逾期随访"
    assert first.endswith("（李医生）：逾期超过7天 2 项，其中超过30天 1 项")
    assert second.endswith("（无负责医生）：逾期超过7天 1 项，其中超过30天 1 项")


def test_it_comes_once_a_week_and_not_when_nothing_is_late(house: House, clock: FakeClock) -> None:
    with_chat(house)
    late(house, VILLAGE, 6)
    chat = FakeChat()
    run(house, clock, chat)
    assert chat.said == []
    for _ in range(7):
        clock.advance(days=1)
        run(house, clock, chat)
    assert [text.splitlines()[0] for _code, text in chat.said] == ["本周逾期随访"]


def test_an_emergency_is_told_at_once_and_once_however_many_reviewers_there_are(
    house: House, clock: FakeClock
) -> None:
    with_chat(house, COUNTY)
    with house.write() as session:
        for _ in range(3):
            make_account(house, session, "reviewer", (TOWNSHIP,))
        service.urgent(session, "t1", VILLAGE, clock())
    chat = FakeChat()
    run(house, clock, chat)
    run(house, clock, chat)
    ((code, text),) = chat.said
    assert code == COUNTY
    assert text.endswith("：有一项紧急事项需要马上处理，请打开随访查看")


def test_a_busy_robot_is_asked_again_and_without_a_chat_nothing_is_planned(
    house: House, clock: FakeClock
) -> None:
    with house.write() as session:
        make_account(house, session, "reviewer", (TOWNSHIP,))
        service.urgent(session, "t1", VILLAGE, clock())
    chat = FakeChat([Outcome("throttled", 200)])
    run(house, clock, chat)
    assert chat.said == []
    with_chat(house)
    run(house, clock, chat)
    clock.advance(minutes=2)
    run(house, clock, chat)
    assert len(chat.said) == 2
    with house.read() as session:
        found = reminders.page(session, [("0" * 12, "9" * 12)], None, None, 50)
    assert [(one.state, one.channel) for one in found if one.addressee_kind == "chat"] == [
        ("sent", "chat")
    ]
