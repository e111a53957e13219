"""Points and periods in the database: corrected, voided, late, and the turning calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend import jobs
from backend.followups import store
from backend.followups.model import Record
from backend.followups.rules import Programmes, compile_programme, programmes
from backend.followups.rules.scheduling import Situation, schedule
from backend.forms import store as forms
from backend.forms.model import RuleVersion
from backend.house import House
from backend.kernel.canonical import canonical_bytes, sha256_hex
from backend.programmes import store as policies
from backend.programmes.model import Policy
from tests.builders.areas import COUNTY
from tests.builders.followups import RESIDENT, record, subject, submission_id
from tests.builders.residents import make_resident
from tests.contract.shared_cases import load, types
from tests.fakes.clock import FakeClock

CHILD = subject(birth_date=date(2026, 1, 31))


def body(name: str) -> dict[str, Any]:
    """A programme of the engine's own cases."""
    found: dict[str, Any] = load(f"followups/engine_{name}.json")["programme"]
    return found


def compiled(name: str) -> Programmes:
    return programmes((compile_programme(body(name), types()),))


def seen(number: int, day: date) -> Record:
    return record(number, day, "newborn_visit", visit_outcome="1", visit_mode="2")


def write(
    session: Session, known: Programmes, standing: list[Record], changed: Record, today: date
) -> dict[str, tuple[str, date]]:
    """Schedule as the line does after a record came, changed or left; what is stored then."""
    now = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    situation = Situation(
        programmes=known,
        subjects={RESIDENT: CHILD},
        records=tuple(standing),
        stored=tuple(store.by_subjects(session, [RESIDENT])[RESIDENT]),
    )
    store.save(session, schedule(situation, changed, now).put, now)
    session.flush()
    found = store.by_subjects(session, [RESIDENT])[RESIDENT]
    return {task.anchor: (task.state, task.due) for task in found}


M1, M3, M6 = date(2026, 2, 28), date(2026, 4, 30), date(2026, 7, 31)


def test_a_voided_check_opens_its_point_again(write_session: Session) -> None:
    known, first, second = compiled("points_birth"), seen(1, date(2026, 2, 3)), None
    second = seen(2, date(2026, 3, 1))
    told = write(write_session, known, [first, second], second, date(2026, 3, 1))
    assert told == {"m1": ("completed", M1), "m3": ("requested", M3)}
    told = write(write_session, known, [first], second, date(2026, 3, 2))
    assert told == {"m1": ("requested", M1), "m3": ("requested", M3)}


def test_a_check_corrected_to_another_day_leaves_the_window(write_session: Session) -> None:
    known, first = compiled("points_birth"), seen(1, date(2026, 2, 3))
    check = seen(2, date(2026, 3, 1))
    write(write_session, known, [first, check], check, date(2026, 4, 2))
    late = replace(check, visit_date=date(2026, 4, 1))
    told = write(write_session, known, [first, late], late, date(2026, 4, 2))
    assert told == {"m1": ("failed", M1), "m3": ("requested", M3)}


def test_a_check_that_arrives_weeks_late_is_no_longer_missed(write_session: Session) -> None:
    known, first = compiled("points_birth"), seen(1, date(2026, 2, 3))
    told = write(write_session, known, [first], first, date(2026, 4, 25))
    assert told == {"m1": ("failed", M1), "m3": ("requested", M3), "m6": ("requested", M6)}
    check = seen(2, date(2026, 3, 1))
    told = write(write_session, known, [first, check], check, date(2026, 4, 25))
    assert told["m1"] == ("completed", M1)


def test_a_yearly_duty_done_late_last_year_keeps_both_years_right(write_session: Session) -> None:
    known = compiled("year")
    exam = record(1, date(2025, 12, 30), visit_outcome="1", visit_mode="1")
    elder = subject(birth_date=date(1950, 6, 15))

    def told(standing: list[Record], changed: Record, today: date) -> dict[str, tuple[str, date]]:
        now = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
        stored = tuple(store.by_subjects(write_session, [RESIDENT])[RESIDENT])
        situation = Situation(known, {}, {RESIDENT: elder}, tuple(standing), stored)
        store.save(write_session, schedule(situation, changed, now).put, now)
        write_session.flush()
        found = store.by_subjects(write_session, [RESIDENT])[RESIDENT]
        return {task.anchor: (task.state, task.due) for task in found}

    this_year = record(2, date(2026, 1, 3), visit_outcome="2", visit_mode="1")
    assert told([this_year], this_year, date(2026, 1, 3)) == {
        "2026": ("requested", date(2026, 3, 31))
    }
    both = told([exam, this_year], exam, date(2026, 1, 5))
    assert both == {
        "2025": ("completed", date(2025, 3, 31)),
        "2026": ("requested", date(2026, 12, 30)),
    }
    again = told([exam, this_year], this_year, date(2026, 1, 6))
    assert again == both  # a later visit does not reach back, and withdraws nothing
    assert told([this_year], exam, date(2026, 1, 7)) == {
        "2025": ("failed", date(2025, 3, 31)),
        "2026": ("requested", date(2026, 3, 31)),
    }


# ── the calendar, for residents ──────────────────────────────────────────────────────────────────


def publish(house: House, name: str) -> None:
    rules = body(name)
    version = RuleVersion(
        kind="programme",
        key=f"{rules['key']}_{name}",
        version=1,
        sha256=sha256_hex(canonical_bytes(rules)),
        effective_from=date.fromisoformat(rules["effective_from"]),
        body=rules,
    )
    with house.write() as session:
        forms.add_rules(session, version, house.clock())


def anchors(house: House, resident_id: str, service: str) -> list[tuple[str, str]]:
    with house.read() as session:
        found = store.by_subjects(session, [resident_id])[resident_id]
    return [(task.anchor, task.state) for task in found if task.service == service]


def test_whom_nobody_visits_still_gets_what_is_due(house: House, clock: FakeClock) -> None:
    publish(house, "year")
    with house.write() as session:
        old = make_resident(house, session, birth_date=date(1950, 3, 4)).id
        young = make_resident(house, session, birth_date=date(1990, 3, 4)).id
        gone = make_resident(house, session, birth_date=date(1950, 3, 4), status="4").id
        make_resident(house, session, birth_date=date(1950, 3, 4), merged_into=old)
    assert jobs.turn_calendar(house, clock()) > 0  # published programmes owe some things, too
    assert jobs.turn_calendar(house, clock()) == 0
    assert anchors(house, old, "yearly_exam") == [("2026", "requested")]
    assert anchors(house, young, "yearly_exam") == anchors(house, gone, "yearly_exam") == []
    clock.set(datetime(2026, 12, 31, 16, 20, tzinfo=UTC))  # 00:20 on New Year's Day in China
    assert jobs.turn_calendar(house, clock()) > 0
    jobs.miss_expired(house, clock())
    assert anchors(house, old, "yearly_exam") == [("2026", "failed"), ("2027", "requested")]


def test_a_policy_decides_whom_the_calendar_finds(house: House, clock: FakeClock) -> None:
    publish(house, "year")
    with house.write() as session:
        sixty = make_resident(house, session, birth_date=date(1964, 3, 4)).id
    assert jobs.turn_calendar(house, clock()) == 0
    policy = Policy(submission_id(9), "engine", COUNTY, date(2026, 1, 1), None, {"from_age": 60})
    with house.write() as session:
        policies.save_policy(session, policy)
    assert jobs.turn_calendar(house, clock()) == 1
    assert anchors(house, sixty, "yearly_exam") == [("2026", "requested")]


def test_a_child_is_told_one_point_after_the_other(house: House, clock: FakeClock) -> None:
    publish(house, "points_birth")
    with house.write() as session:
        child = make_resident(house, session, birth_date=date(2026, 11, 10), sex="1").id

    def told(day: datetime) -> list[tuple[str, str]]:
        clock.set(day)
        jobs.turn_calendar(house, clock())
        jobs.miss_expired(house, clock())
        return anchors(house, child, "growing")

    assert told(datetime(2026, 11, 23, 2, tzinfo=UTC)) == [("m1", "requested")]
    assert told(datetime(2026, 12, 3, 2, tzinfo=UTC)) == [("m1", "requested"), ("m3", "requested")]
    assert told(datetime(2027, 2, 3, 2, tzinfo=UTC)) == [
        ("m1", "failed"),
        ("m3", "requested"),
        ("m6", "requested"),
    ]
