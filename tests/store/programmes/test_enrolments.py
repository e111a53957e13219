"""Enrolments and policies in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from backend.feed import store as feed
from backend.kernel.ids import derived_id
from backend.programmes import service, store
from backend.programmes.model import Enrolment, Policy
from tests.builders.feed import engine_of, feed_settled
from tests.builders.followups import RESIDENT, VILLAGE

NOW = datetime(2026, 5, 15, 4, tzinfo=UTC)
MEMBER = Enrolment(
    id=derived_id("enrolment", "1"),
    resident_id=RESIDENT,
    village_code=VILLAGE,
    programme="hypertension",
    since=date(2026, 2, 1),
    grade="2",
)


def test_a_membership_begins_and_ends(write_session: Session, session: Session) -> None:
    service.enrol(write_session, [MEMBER], NOW)
    left = replace(MEMBER, until=date(2026, 4, 30), left_reason="2")
    service.enrol(write_session, [left], NOW)
    write_session.commit()

    assert service.enrolments(session, [RESIDENT]) == {RESIDENT: [left]}
    on = [date(2026, 1, 31), date(2026, 4, 30), date(2026, 5, 1)]
    assert [len(store.members(session, "hypertension", ["530127000000"], day)) for day in on] == [
        0,
        1,
        0,
    ]
    assert store.members(session, "hypertension", ["530128000000"], date(2026, 4, 1)) == []


def test_phones_see_a_membership_as_part_of_the_resident(
    write_session: Session, session: Session
) -> None:
    service.enrol(write_session, [MEMBER], NOW)
    write_session.commit()
    feed_settled(engine_of(session))
    (change,) = feed.page(session, [(VILLAGE, VILLAGE)], (-1, -1), 10)
    assert (change.kind, change.object_id, change.op) == ("resident", RESIDENT, "put")


def test_policies_lie_over_the_programmes_own_parameters(write_session: Session) -> None:
    def policy(name: str, area: str, programme: str = "hypertension") -> Policy:
        sets = {"follow_ups_per_year": 12, "by": name}
        return Policy(derived_id(name), programme, area, date(2026, 1, 1), None, sets)

    for made in (
        policy("county", "530127000000"),
        policy("township", "530127103000"),
        policy("sister", "530127104000"),
        policy("diabetes", VILLAGE, "diabetes"),
    ):
        store.save_policy(write_session, made)
    write_session.flush()

    found = service.overrides(write_session, "hypertension", VILLAGE)
    assert found(date(2026, 5, 1)) == {"follow_ups_per_year": 12, "by": "township"}
    assert found(date(2025, 12, 31)) == {}
