"""Who may ask, until when it is answered, and what the law has us keep."""

from __future__ import annotations

from datetime import date

import pytest

from backend.residents.model import Resident
from backend.rights.model import Duty
from backend.rights.rules import NOBODY, due_on, duties, erased, kept_until, may_ask, sealed

TODAY = date(2026, 11, 23)
GROWN, CHILD = date(1958, 3, 4), date(2012, 11, 24)


@pytest.mark.parametrize(
    ("asked_by", "born", "status", "may"),
    [
        ("self", GROWN, "1", True),
        ("self", CHILD, "1", False),
        ("self", date(2012, 11, 23), "1", True),  # 14 today
        ("self", GROWN, "4", False),
        ("guardian", CHILD, "1", True),
        ("guardian", GROWN, "1", True),  # of somebody who cannot decide
        ("agent", GROWN, "2", True),
        ("kin", GROWN, "1", False),
        ("kin", GROWN, "4", True),
    ],
)
def test_who_may_ask(asked_by: str, born: date, status: str, may: bool) -> None:
    assert may_ask(asked_by, born, status, TODAY) is may


def test_an_answer_is_due_within_thirty_days() -> None:
    assert due_on(TODAY) == date(2026, 12, 23)


@pytest.mark.parametrize(
    ("visits", "doses", "owed"),
    [
        ([], [], ()),
        ([date(2026, 3, 1), date(2025, 3, 1)], [], (Duty("visits", 2, date(2041, 3, 1)),)),
        ([], [date(2026, 3, 1)], (Duty("doses", 1, date(2034, 3, 1)),)),
        ([], [date(2018, 11, 23)], (Duty("doses", 1, TODAY),)),
        ([], [date(2018, 11, 22)], ()),
        ([date(2011, 11, 22)], [], ()),
    ],
)
def test_what_the_law_has_us_keep(
    visits: list[date], doses: list[date], owed: tuple[Duty, ...]
) -> None:
    assert duties(visits, doses, TODAY) == owed


def test_the_longest_duty_counts() -> None:
    owed = duties([date(2026, 3, 1)], [date(2026, 3, 1)], TODAY)
    assert kept_until(owed) == date(2041, 3, 1)
    assert kept_until(()) is None


def test_nothing_names_somebody_who_was_taken_out_of_use() -> None:
    who = Resident(
        "r", "990123100201", "张秀英", "2", GROWN, household_id="h", relation_to_head="1",
        id_type="01", id_no="510101195803040023", phone="13800138000", contact_name="王大山",
        contact_phone="13900139000", mother_id="m", details={"occupation": "农民"},
    )  # fmt: skip
    gone = sealed(who, TODAY)
    assert gone == Resident(
        "r", "990123100201", NOBODY, "2", GROWN, status="9", status_on=TODAY, details={}
    )
    assert erased(gone).birth_date == date(1958, 1, 1)


def test_the_dead_stay_dead() -> None:
    who = Resident(
        "r", "990123100201", "张秀英", "2", GROWN, status="4", status_on=date(2026, 1, 2)
    )
    gone = sealed(who, TODAY)
    assert (gone.status, gone.status_on, gone.name) == ("4", date(2026, 1, 2), NOBODY)
