"""What every history of follow-ups must keep to, whatever happened in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings, strategies as st

from backend.followups.model import CANCELLED, COMPLETED, ENDED, REQUESTED, Fold, Record
from backend.followups.rules import compare, fold, no_policies
from backend.kernel.ids import task_id
from tests.builders.followups import (
    FIRST_DAY,
    histories,
    not_met,
    record,
    subject,
    submission_id,
    visit,
)
from tests.contract.shared_cases import all_programmes

TODAY = date(2027, 1, 15)
NOW = datetime(2027, 1, 15, 4, tzinfo=UTC)


def folded(records: list[Record], **about: object) -> Fold:
    service = all_programmes().services["hypertension"]
    return fold(service, subject(**about), records, no_policies, TODAY)


@given(histories())
@settings(deadline=None, max_examples=40)
def test_tasks_are_distinct_and_at_most_one_is_open(records: list[Record]) -> None:
    tasks = folded(records).tasks
    assert len({task.id for task in tasks}) == len(tasks)
    assert sum(task.state == REQUESTED for task in tasks) <= 1


@given(histories())
@settings(deadline=None, max_examples=40)
def test_windows_are_in_order_and_completions_lie_in_them(records: list[Record]) -> None:
    for task in folded(records).tasks:
        assert task.opens <= task.due <= task.closes
        if task.state == COMPLETED:
            assert task.state_on is not None and task.state_on >= task.opens
            assert task.done_by_submission_id not in (None, task.source_submission_id)


@given(histories(), st.randoms())
@settings(deadline=None, max_examples=40)
def test_the_order_of_arrival_does_not_matter(records: list[Record], random: object) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)
    assert folded(shuffled) == folded(records)


@given(histories(), st.integers(0, 730), st.sampled_from(["2", "4"]))
@settings(deadline=None, max_examples=40)
def test_a_visit_that_met_nobody_changes_nothing(
    records: list[Record], offset: int, outcome: str
) -> None:
    in_vain = not_met(99, FIRST_DAY + timedelta(days=offset), outcome)
    assert folded([*records, in_vain]).tasks == folded(records).tasks


@given(histories())
@settings(deadline=None, max_examples=40)
def test_folding_again_writes_nothing(records: list[Record]) -> None:
    tasks = folded(records).tasks
    assert compare(tasks, folded(records).tasks, NOW).put == ()


@given(histories())
@settings(deadline=None, max_examples=40)
def test_no_expression_of_the_programme_ever_breaks(records: list[Record]) -> None:
    assert [reading.defects for reading in folded(records).readings if reading.defects] == []


def test_ids_are_derived_from_subject_service_and_submission() -> None:
    (task,) = folded([visit(1, date(2026, 12, 1))]).tasks
    assert task.id == task_id(subject().id, "hypertension", submission_id(1))
    assert task.rule_version == "hypertension/1"


def test_a_voided_visit_leaves_the_history_as_if_it_had_never_been() -> None:
    first, second = visit(1, date(2026, 11, 1), 150), visit(2, date(2026, 11, 12), 150)
    with_both = folded([first, second])
    assert [r.rules for r in with_both.readings] == [("H5",), ("H3",)]

    without = folded([first])
    (change,) = compare(with_both.tasks, without.tasks, NOW).put[1:]
    assert without.tasks[0].state == REQUESTED
    assert (change.state, change.state_reason) == (CANCELLED, "withdrawn")


def test_a_late_sync_of_an_older_visit_makes_two_bad_readings_running() -> None:
    newest = visit(2, date(2026, 11, 12), 150)
    assert folded([newest]).readings[0].rules == ("H5",)
    found = folded([newest, visit(1, date(2026, 11, 1), 150)])
    assert [reading.rules for reading in found.readings] == [("H5",), ("H3",)]


def test_a_phone_visit_leaves_a_task_open_that_needs_a_face() -> None:
    found = folded([visit(1, date(2026, 8, 1)), visit(2, date(2026, 11, 1), visit_mode="3")])
    assert [task.state for task in found.tasks] == [REQUESTED]


def test_the_doctor_may_bring_the_next_visit_forward_but_not_back() -> None:
    day = date(2026, 11, 2)
    plain = folded([visit(1, day)]).tasks[0]
    sooner = folded([visit(1, day, next_visit_date="2026-12-01")])
    later = folded([visit(1, day, next_visit_date="2027-06-01")])
    before = folded([visit(1, day, next_visit_date="2026-11-01")])

    assert (sooner.tasks[0].due, sooner.tasks[0].opens) == (date(2026, 12, 1), date(2026, 12, 1))
    assert sooner.tasks[0].closes == plain.closes
    assert later.tasks[0] == plain
    assert later.readings[0].notes == ("next_visit_late",)
    assert before.tasks[0] == plain


def test_the_doctor_may_raise_the_class_but_not_lower_it() -> None:
    raised = folded([visit(1, date(2026, 11, 2), fu_class="4")]).readings[0]
    lowered = folded([visit(1, date(2026, 11, 2), 150, fu_class="1")]).readings[0]
    assert (raised.class_code, raised.doctor_class, raised.notes) == ("1", "4", ())
    assert (lowered.class_code, lowered.doctor_class) == ("2", None)
    assert lowered.notes == ("class_lowered",)


def test_an_emergency_beats_a_check_that_closes_sooner() -> None:
    first = visit(1, date(2026, 12, 1), 150)
    early = visit(2, date(2026, 12, 2), 190)  # before the check of the first one opens
    found = folded([first, early])
    assert [(t.state, t.escalation) for t in sorted(found.tasks, key=lambda t: t.anchor)] == [
        (CANCELLED, "E0"),
        (REQUESTED, "E3"),
    ]


def test_death_cancels_and_a_later_visit_goes_on() -> None:
    died = record(2, date(2026, 11, 20), visit_mode="2", visit_outcome="3")
    found = folded([visit(1, date(2026, 11, 1)), died])
    assert [(t.state, t.state_reason, t.state_on) for t in found.tasks] == [
        (CANCELLED, ENDED, date(2026, 11, 20))
    ]
    back = folded([visit(1, date(2026, 11, 1)), died, visit(3, date(2026, 12, 1))])
    assert [task.state for task in back.tasks] == [CANCELLED, REQUESTED]


def test_who_is_gone_by_the_register_owes_nothing() -> None:
    found = folded([visit(1, date(2026, 11, 1))], ended_on=date(2026, 12, 24))
    assert [(t.state, t.state_on) for t in found.tasks] == [(CANCELLED, date(2026, 12, 24))]


def test_an_areas_policy_counts_from_the_day_of_the_visit() -> None:
    service = all_programmes().services["hypertension"]

    def twelve_a_year(day: date) -> dict[str, int]:
        return {"follow_ups_per_year": 12} if day >= date(2026, 11, 1) else {}

    def due(day: date) -> date:
        found = fold(service, subject(), [visit(1, day)], twelve_a_year, TODAY)
        return found.tasks[0].due

    assert due(date(2026, 10, 31)) == date(2027, 1, 31)
    assert due(date(2026, 11, 1)) == date(2026, 12, 1)


def test_a_new_version_of_the_rules_counts_from_its_first_day() -> None:
    service = all_programmes().services["hypertension"]
    rules = service.newest
    later = replace(
        rules, version="hypertension/2", parameters={**rules.parameters, "limit_sbp": 120}
    )
    both = replace(service, versions=(*service.versions, (date(2026, 11, 1), later)))

    def rule_of(day: date) -> tuple[tuple[str, ...], str | None]:
        found = fold(both, subject(), [visit(1, day, 130)], no_policies, TODAY)
        return found.readings[0].rules, found.tasks[0].rule_version

    assert rule_of(date(2026, 10, 31)) == (("H7",), "hypertension/1")
    assert rule_of(date(2026, 11, 1)) == (("H5",), "hypertension/2")
    assert both.on(date(2020, 1, 1)) is rules
