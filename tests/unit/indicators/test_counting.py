"""Who stands in which figure: the worked examples of the assessment, and what each word means."""

from __future__ import annotations

from datetime import date

import pytest

from backend.indicators.model import Due, Subject, Sum
from backend.indicators.rules.adding import totals
from backend.indicators.rules.counting import month_bit
from backend.indicators.rules.windows import open_years, quarters_over, window_start
from backend.kernel.ids import new_id
from tests.builders.areas import VILLAGE
from tests.builders.figures import counted, person, pressures, record, stands

FOUR = (date(2026, 2, 3), date(2026, 5, 6), date(2026, 8, 7), date(2026, 11, 8))
EXAM = (record("health_exam", date(2026, 6, 1)),)


def rate(key: str, *subjects: Subject, month: int = 12, official: bool = False) -> Sum:
    met = due = 0
    for (_y, m, _v, _k, _w), counts in totals(counted(key, *subjects)).items():
        if m == month:
            due += counts[2 if official else 0]
            met += counts[3 if official else 1]
    return Sum(met, due)


@pytest.mark.parametrize(
    ("since", "day", "owed"),
    [
        (date(2024, 1, 5), date(2026, 1, 31), 0),
        (date(2024, 1, 5), date(2026, 3, 30), 0),
        (date(2024, 1, 5), date(2026, 3, 31), 1),
        (date(2024, 1, 5), date(2026, 9, 30), 3),
        (date(2024, 1, 5), date(2026, 12, 30), 3),
        (date(2024, 1, 5), date(2026, 12, 31), 4),
        (date(2026, 5, 10), date(2026, 12, 31), 3),  # example 3: Q2, Q3, Q4
        (date(2026, 5, 10), date(2026, 6, 30), 1),
        (date(2027, 1, 1), date(2026, 12, 31), 0),
        (None, date(2026, 12, 31), 4),
    ],
)
def test_quarters_owed(since: date | None, day: date, owed: int) -> None:
    assert quarters_over(since, day) == owed


def test_a_year_managed_to_standard() -> None:
    to_standard = person(records=pressures(*FOUR) + EXAM)
    no_exam = person(records=pressures(*FOUR))
    three = person(records=pressures(*FOUR[:3]) + EXAM)
    by_phone = person(records=pressures(*FOUR, mode="3") + EXAM)
    never = person()
    assert rate("htn_std_rate", to_standard, no_exam, three, by_phone, never) == Sum(1, 4)


def test_enrolled_in_may_owes_three(  # example 3
) -> None:
    late = (("hypertension", date(2026, 5, 10), None),)
    assert (
        stands("htn_std_rate", person(enrolled=late, records=pressures(*FOUR[1:]) + EXAM), 12)
        == "met"
    )
    assert (
        stands("htn_std_rate", person(enrolled=late, records=pressures(*FOUR[2:]) + EXAM), 12)
        == "unmet"
    )


def test_lost_is_not_controlled(  # example 2
) -> None:
    controlled = [person(records=pressures(FOUR[0])) for _ in range(74)]
    raised = [person(records=pressures(FOUR[0], sbp=150)) for _ in range(41)]
    lost = [
        person(
            records=(
                *pressures(FOUR[0]),
                record("htn_followup", FOUR[1], outcome="2", answers={"visit_outcome": "2"}),
            )
        )
        for _ in range(5)
    ]
    found = rate("htn_control_rate", *controlled, *raised, *lost)
    assert (found, found.percent) == (Sum(74, 120), 61.7)


@pytest.mark.parametrize(
    ("sbp", "dbp", "born", "met"),
    [
        (139, 89, 1966, "met"),
        (140, 89, 1966, "unmet"),
        (139, 90, 1966, "unmet"),
        (149, 89, 1950, "met"),
        (150, 89, 1950, "unmet"),
        (149, 90, 1950, "unmet"),
    ],
)
def test_controlled_by_age(sbp: int, dbp: int, born: int, met: str) -> None:
    who = person(birth_date=date(born, 5, 1), records=pressures(FOUR[0], sbp=sbp, dbp=dbp))
    assert stands("htn_control_rate", who, 12) == met


def test_official_figures_count_approved_records_alone() -> None:
    waiting = person(records=pressures(FOUR[0]))
    approved = person(records=pressures(FOUR[0], approved=True))
    assert rate("htn_control_rate", waiting, approved) == Sum(2, 2)
    assert rate("htn_control_rate", waiting, approved, official=True) == Sum(1, 1)


def test_a_village_visited(  # example 1
) -> None:
    def home(status: str = "1", *records: object) -> Subject:
        return person(
            kind="household", birth_date=None, sex=None, enrolled=(), status=status, records=records
        )

    met = record(
        "household_visit", date(2026, 8, 2), mode=None, outcome=None, answers={"visit_result": "1"}
    )
    phoned = record(
        "household_visit", date(2026, 8, 2), mode=None, outcome=None, answers={"visit_result": "3"}
    )
    seen = [home("1", met) for _ in range(379)]
    seen.append(home("1", record("htn_followup", date(2026, 9, 30))))
    other = [home("1", phoned) for _ in range(6)] + [home() for _ in range(11)]
    away = [home("2") for _ in range(15)] + [home("3")]
    found = rate("visit_rate_q", *seen, *other, *away, month=9)
    assert (found, found.percent) == (Sum(380, 397), 95.7)
    assert rate("visit_rate_q", *seen, month=10) == Sum(0, 380), "a new quarter begins at nothing"


def test_twins_count_twice_below_and_their_mother_once_above(  # example 4
) -> None:
    def child(rank: int = 1, visited: int | None = 10) -> Subject:
        visits = (
            () if visited is None else (record("postpartum_visit", date(2026, 3, 1 + visited)),)
        )
        return person(
            birth_date=date(2026, 3, 1), enrolled=(), birth_rank=rank, mother_records=visits
        )

    born = [child() for _ in range(37)] + [child(1), child(2), child(visited=None)]
    found = rate("pp_visit_rate", *born, month=9)
    assert (found, found.percent) == (Sum(38, 40), 95.0)
    assert stands("pp_visit_rate", child(visited=28), 9) == "met"
    assert stands("pp_visit_rate", child(visited=29), 9) == "unmet"
    assert stands("pp_visit_rate", child(), 2) == "out", "not born yet"
    assert stands("pp_visit_rate", child(), 10) == "out", "the maternal year is over"


def test_the_first_dose_in_time(  # example 5
) -> None:
    born = date(2026, 3, 1)
    day = {0: born, 1: date(2026, 3, 2), 2: date(2026, 3, 9)}
    given = [0] * 30 + [1] * 7 + [2] * 2
    children = [person(birth_date=born, enrolled=(), doses={"HepB-1": day[n]}) for n in given]
    found = rate("hepb1_timely_rate", *children, person(birth_date=born, enrolled=()))
    assert (found, found.percent) == (Sum(37, 40), 92.5)


def test_tasks_done_in_time() -> None:
    closes = date(2026, 4, 30)
    tasks = (
        Due(new_id(), closes, date(2026, 4, 30)),
        Due(new_id(), closes, date(2026, 5, 1)),
        Due(new_id(), closes, None),
        Due(new_id(), date(2027, 1, 5), None),
    )
    assert rate("visit_timely_rate", person(tasks=tasks)) == Sum(1, 3)
    assert rate("visit_timely_rate", person(tasks=tasks), month=3) == Sum(0, 0)


def test_who_died_or_left_leaves_the_denominator_on_that_day() -> None:
    who = person(status="4", ended_on=date(2026, 8, 20), records=pressures(FOUR[0]))
    assert [stands("htn_managed_rate", who, month) for month in (7, 8)] == ["met", "out"]
    baby = person(birth_date=date(2026, 3, 1), enrolled=(), ended_on=date(2026, 3, 4), status="4")
    assert stands("nb_visit_rate", baby, 6) == "unmet", "a live birth stays one"


def test_leaving_the_programme_leaves_the_figure() -> None:
    who = person(enrolled=(("hypertension", date(2024, 1, 5), date(2026, 6, 30)),))
    assert [stands("htn_managed_rate", who, month) for month in (6, 7)] == ["unmet", "out"]


def test_no_month_that_has_not_begun() -> None:
    who = person(records=pressures(FOUR[0]))
    (tally,) = counted("htn_managed_rate", who, today=date(2026, 3, 2))
    assert tally.due == 0b111


def test_a_contract_counts_while_it_runs() -> None:
    def contract(on: date, status: str) -> object:
        dates = {"start_date": "2026-02-01", "end_date": "2027-01-31"}
        return record(
            "fd_contract", on, mode=None, outcome=None, answers={"status": status} | dates
        )

    signed = contract(date(2026, 2, 1), "1")
    who = person(records=(signed, contract(date(2026, 9, 1), "2")))
    assert [stands("fd_rate", who, month) for month in (1, 2, 8, 9)] == [
        "unmet",
        "met",
        "met",
        "unmet",
    ]


def test_windows() -> None:
    day = date(2026, 11, 23)
    assert window_start("year", day) == date(2026, 1, 1)
    assert window_start("quarter", day) == date(2026, 10, 1)
    assert window_start("month", day) == date(2026, 11, 1)
    assert window_start("maternal_year", day) == date(2026, 10, 1)
    assert window_start("maternal_year", date(2026, 9, 30)) == date(2025, 10, 1)
    assert window_start("last_12_months", day) == date(2025, 11, 24)


def test_last_year_follows_corrections_until_the_end_of_march() -> None:
    assert open_years(date(2026, 3, 31)) == [2025, 2026]
    assert open_years(date(2026, 4, 1)) == [2026]


def test_months_are_1_to_12() -> None:
    assert month_bit(12) == 2048
    for month in (0, 13):
        with pytest.raises(ValueError, match="1 to 12"):
            month_bit(month)


def test_nothing_in_another_village() -> None:
    who = person(records=pressures(FOUR[0]))
    assert {one.village_code for one in counted("htn_managed_rate", who)} == {VILLAGE}
