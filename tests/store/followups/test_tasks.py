"""Tasks in the database: written once, listed by state and area, told to the phones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from backend.feed import store as feed
from backend.followups import service, store
from backend.followups.model import COMPLETED, FAILED, Fold, Reason, Record, SubjectFacts, Task
from backend.followups.rules import Service, check_programme, compare, fold, state_on
from backend.forms import service as forms
from backend.kernel.clock import local_date
from backend.kernel.db import begin_write
from backend.kernel.ids import derived_id
from backend.programmes import service as policy_service, store as policies
from backend.programmes.model import Policy
from tests.builders.feed import engine_of, feed_settled
from tests.builders.followups import (
    COUNTY,
    RESIDENT,
    VILLAGE,
    not_met,
    subject,
    submission_id,
    task,
    visit,
)

NOW = datetime(2026, 5, 15, 4, tzinfo=UTC)
TODAY = date(2026, 5, 15)
REAL = Path(__file__).parents[3] / "schemas"
NEXT_VILLAGE = "530127103202"


def many(count: int, **more: object) -> list[Task]:
    return [
        task(
            id=derived_id("task", str(n)),
            subject_id=derived_id("subject", str(n)),
            closes=date(2026, 5, 20) + timedelta(days=n // 2),
            **more,
        )
        for n in range(count)
    ]


def changes(session: Session, village: str) -> list[tuple[str, str]]:
    feed_settled(engine_of(session))
    found = feed.page(session, [(village, village)], (-1, -1), 100)
    return [(change.object_id, change.op) for change in found if change.kind == "task"]


def test_a_task_comes_back_as_it_was_written(write_session: Session, session: Session) -> None:
    full = task(
        expires=date(2026, 6, 1),
        state=COMPLETED,
        state_on=date(2026, 5, 14),
        face_to_face=True,
        referral="urgent",
        escalation="E3",
        reasons=(Reason("H1", {"zh-CN": "危急", "en": "emergency"}),),
        rule_version="hypertension/1",
        source_submission_id=submission_id(1),
        done_by_submission_id=submission_id(2),
    )
    store.save(write_session, [full], NOW)
    write_session.commit()
    assert store.by_ids(session, [full.id]) == {full.id: full}
    assert store.by_subjects(session, [RESIDENT, submission_id(9)]) == {
        RESIDENT: [full],
        submission_id(9): [],
    }


def test_phones_are_told_and_the_old_village_forgets(
    write_session: Session, session: Session
) -> None:
    first = task()
    store.save(write_session, [first], NOW)
    store.moved(write_session, first.subject_id, NEXT_VILLAGE, NOW)
    write_session.commit()
    assert changes(session, VILLAGE) == [(first.id, "remove")]
    assert changes(session, NEXT_VILLAGE) == [(first.id, "put")]


def test_lists_agree_with_the_derived_state(write_session: Session, session: Session) -> None:
    days = [TODAY + timedelta(days=n) for n in (-3, -1, 0, 1, 3)]
    tasks = [
        task(
            id=derived_id("t", str(opens), str(closes), str(expires)),
            opens=opens,
            due=opens,
            closes=closes,
            expires=expires,
        )
        for opens in days
        for closes in days
        for expires in (None, *days)
        if opens <= closes
    ]
    store.save(write_session, tasks, NOW)
    write_session.commit()

    told = store.counts(session, [COUNTY], TODAY)
    for state in ("overdue", "due", "upcoming"):
        expected = {task.id for task in tasks if state_on(task, TODAY) == state}
        found = store.listed(session, [COUNTY], state, TODAY, limit=500)
        assert {task.id for task in found} == expected
        assert told[state] == len(expected) > 0


def test_pages_follow_each_other_without_gap_or_repeat(
    write_session: Session, session: Session
) -> None:
    store.save(write_session, many(11), NOW)
    write_session.commit()
    seen: list[Task] = []
    after = None
    for _ in range(4):
        page = store.listed(session, [VILLAGE], "due", TODAY, after=after, limit=4)
        seen += page
        after = (page[-1].closes, page[-1].id) if page else after
    assert [t.id for t in seen] == [t.id for t in sorted(many(11), key=lambda t: (t.closes, t.id))]


def test_lists_keep_to_their_areas_and_service(write_session: Session, session: Session) -> None:
    here, there = many(2)
    there = replace(there, village_code="530128103201")
    other = replace(task(), service="postpartum")
    store.save(write_session, [here, there, other], NOW)
    write_session.commit()
    listed = store.listed(session, [VILLAGE, NEXT_VILLAGE], "due", TODAY, service="hypertension")
    assert [found.id for found in listed] == [here.id]
    assert store.counts(session, ["530128000000"], TODAY)["due"] == 1


def test_the_sweep_sees_every_overdue_task_once(write_session: Session, session: Session) -> None:
    store.save(write_session, many(5), NOW)
    write_session.commit()
    later = date(2026, 6, 30)
    first = store.overdue(session, later, limit=3)
    rest = store.overdue(session, later, after=(first[-1].closes, first[-1].id), limit=3)
    assert len({found.id for found in (*first, *rest)}) == 5
    assert store.overdue(session, TODAY) == []


def test_what_can_no_longer_be_done_was_missed(write_session: Session, session: Session) -> None:
    gone = task(expires=date(2026, 5, 14))
    last_day = task(id=derived_id("last", "day"), expires=TODAY)
    store.save(write_session, [gone, last_day], NOW)
    assert service.miss_expired(write_session, NOW) == 1
    assert service.miss_expired(write_session, NOW) == 0
    write_session.commit()
    found = store.by_ids(session, [gone.id, last_day.id])
    assert (found[gone.id].state, found[gone.id].state_on) == (FAILED, date(2026, 5, 14))
    assert found[last_day.id].is_open


def refold(
    session: Session, rules: Service, who: SubjectFacts, records: list[Record], now: datetime
) -> Fold:
    """Fold a subject's records for one service and write what changed, as the line does."""
    decided = policy_service.overrides(session, rules.newest.programme, who.village_code)
    folded = fold(rules, who, records, decided, local_date(now))
    stored = store.by_subjects(session, [who.id])[who.id]
    store.save(session, compare(stored, folded.tasks, now).put, now)
    return folded


def test_folding_again_after_each_visit_keeps_the_tables_right(
    write_session: Session, session: Session
) -> None:
    forms.publish_folder(write_session, REAL, NOW, {"programme": check_programme})
    hypertension = service.programmes(write_session).services["hypertension"]
    first, second = visit(1, date(2026, 4, 22), 150), visit(2, date(2026, 5, 6), 150)

    refold(write_session, hypertension, subject(), [first], NOW)
    refold(write_session, hypertension, subject(), [first, second], NOW)
    write_session.commit()

    stored = store.by_subjects(session, [RESIDENT])[RESIDENT]
    assert [(found.anchor, found.state) for found in stored] == [
        (submission_id(1), COMPLETED),
        (submission_id(2), "requested"),
    ]
    assert stored[1].referral == "routine"
    assert len(changes(session, VILLAGE)) == 2


def test_a_visit_in_vain_writes_nothing_and_tells_nobody(
    write_session: Session, session: Session
) -> None:
    forms.publish_folder(write_session, REAL, NOW, {"programme": check_programme})
    hypertension = service.programmes(write_session).services["hypertension"]
    met = visit(1, date(2026, 4, 22), 150)
    refold(write_session, hypertension, subject(), [met], NOW)
    write_session.commit()
    feed_settled(engine_of(session))
    before = feed.page(session, [(VILLAGE, VILLAGE)], (-1, -1), 100)
    session.rollback()

    begin_write(write_session)
    refold(write_session, hypertension, subject(), [met, not_met(2, TODAY)], NOW)
    write_session.commit()
    feed_settled(engine_of(session))
    assert feed.page(session, [(VILLAGE, VILLAGE)], (-1, -1), 100) == before


def test_an_areas_policy_reaches_the_fold(write_session: Session) -> None:
    forms.publish_folder(write_session, REAL, NOW, {"programme": check_programme})
    policies.save_policy(
        write_session,
        Policy(
            derived_id("policy", "1"),
            "hypertension",
            "530127103000",
            date(2026, 5, 1),
            None,
            {"follow_ups_per_year": 12},
        ),
    )
    write_session.flush()
    hypertension = service.programmes(write_session).services["hypertension"]
    folded = refold(write_session, hypertension, subject(), [visit(1, date(2026, 5, 6))], NOW)
    assert folded.tasks[0].due == date(2026, 6, 6)
