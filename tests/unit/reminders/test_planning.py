"""What should be told to whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from backend.kernel.clock import SHANGHAI
from backend.reminders.model import DueDose, ReminderPlan, Workload
from backend.reminders.rules import planning
from backend.reminders.rules.planning import STEPS, reached_step, steps_to_tell, still_wanted

DUE = date(2026, 3, 20)
LONG_AGO = date(2025, 1, 1)
CHILD = "0198c0de-0000-7000-8000-000000000001"
VILLAGE = "431103101201"


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2026, 3, 12), None),
        (date(2026, 3, 13), -7),
        (date(2026, 3, 18), -7),
        (date(2026, 3, 19), -1),
        (date(2026, 3, 20), -1),
        (date(2026, 3, 26), -1),
        (date(2026, 3, 27), 7),
        (date(2026, 4, 19), 30),
        (date(2027, 4, 19), 30),
    ],
)
def test_the_steps_of_one_dose(today: date, step: int | None) -> None:
    assert reached_step(DUE, today) == step


def test_a_family_that_was_told_is_not_told_the_same_again() -> None:
    dose = [DueDose("DTaP-1", DUE)]
    assert steps_to_tell(dose, set(), LONG_AGO, DUE) == (("DTaP-1", -1),)
    assert steps_to_tell(dose, {("DTaP-1", -1)}, LONG_AGO, DUE) == ()


def test_doses_of_one_day_are_one_message() -> None:
    doses = [
        DueDose("Polio-1", DUE),
        DueDose("DTaP-1", DUE),
        DueDose("HepB-3", DUE.replace(month=9)),
    ]
    steps = steps_to_tell(doses, set(), LONG_AGO, DUE)
    assert steps == (("DTaP-1", -1), ("Polio-1", -1))
    plan = planning.vaccination(CHILD, VILLAGE, steps, china("2026-03-20T06:05:00"))
    assert plan.due_at == china("2026-03-20T08:00:00")
    assert (plan.reason, plan.occurrence) == ("vaccination", "2026-03-20")
    assert plan.message == {"kind": "family", "steps": [["DTaP-1", -1], ["Polio-1", -1]]}


def test_after_an_outage_only_the_latest_step_is_told() -> None:
    assert steps_to_tell([DueDose("MMR-1", DUE)], set(), LONG_AGO, date(2026, 3, 30)) == (
        ("MMR-1", 7),
    )


def test_a_mother_who_subscribes_late_hears_of_the_next_step_only() -> None:
    dose = [DueDose("MMR-1", DUE)]
    consented = date(2026, 3, 22)  # the step one day before was the 19th: it is on her screen now
    assert steps_to_tell(dose, set(), consented, date(2026, 3, 23)) == ()
    assert steps_to_tell(dose, set(), consented, date(2026, 3, 27)) == (("MMR-1", 7),)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(-40, 40)), max_size=60),
    st.integers(0, 60),
)
def test_never_more_than_four_messages_a_dose_however_its_date_moves(
    days: list[tuple[int, int]], consented: int
) -> None:
    told: set[tuple[str, int]] = set()
    for offset, shift in sorted(days):
        today = DUE - timedelta(days=60) + timedelta(days=offset)
        dose = DueDose("JE-L-1", DUE + timedelta(days=shift))
        new = steps_to_tell([dose], told, DUE - timedelta(days=consented), today)
        assert len(new) <= 1
        told.update(new)
    assert len(told) <= len(STEPS) == 4


def test_a_dose_given_in_the_meantime_silences_its_message() -> None:
    message = {"kind": "family", "steps": [["DTaP-1", -1], ["Polio-1", -1]]}
    assert still_wanted(message, [DueDose("Polio-1", DUE)], DUE)
    assert not still_wanted(message, [DueDose("HepB-3", DUE)], DUE)


def test_a_dose_that_was_put_off_silences_its_message() -> None:
    message = {"kind": "family", "steps": [["DTaP-1", -1]]}
    assert not still_wanted(message, [DueDose("DTaP-1", DUE.replace(month=5))], DUE)


def test_a_digest_counts_and_names_nobody() -> None:
    plan = planning.digest(
        CHILD, VILLAGE, Workload(overdue=3, due=5, returned=1), china("2026-03-10T09:12:00")
    )
    assert plan == ReminderPlan(
        addressee_kind="worker",
        addressee_id=CHILD,
        reason="digest",
        occurrence="2026-03-10",
        area_code=VILLAGE,
        due_at=china("2026-03-10T07:30:00"),
        expires_at=china("2026-03-10T20:00:00"),
        message={"kind": "digest", "overdue": 3, "due": 5, "returned": 1},
    )


def test_no_digest_when_nothing_waits() -> None:
    assert planning.digest(CHILD, VILLAGE, Workload(), china("2026-03-10T07:30:00")) is None


def test_an_emergency_is_one_reminder_however_often_it_is_corrected() -> None:
    first = planning.urgent(CHILD, "t1", VILLAGE, china("2026-03-10T23:00:00"))
    again = planning.urgent(CHILD, "t1", VILLAGE, china("2026-03-11T09:00:00"))
    assert (first.reason, first.occurrence) == (again.reason, again.occurrence)
    assert first.due_at == china("2026-03-10T23:00:00")  # no quiet hours for an emergency


def test_each_return_of_a_submission_is_told() -> None:
    now = china("2026-03-10T23:00:00")
    one = planning.returned(CHILD, "s1", "v1", VILLAGE, now)
    two = planning.returned(CHILD, "s1", "v2", VILLAGE, now)
    assert one.reason == two.reason == "returned:s1"
    assert one.occurrence != two.occurrence
