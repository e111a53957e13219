"""A patient agrees to text reminders in her kitchen, is told of her visit, and says T."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend import jobs, tables
from backend.followups import store as followups
from backend.reminders import owing, reaching
from tests.builders.settings import make_settings
from tests.builders.tasks import make_task
from tests.builders.visits import answers
from tests.fakes.channel import FakeChannel
from tests.fakes.gateway import FakeGateway
from tests.journeys.conftest import Village

NUMBER = "13900000001"
FORM = "sms_consent"


def says(village: Village, **told: Any) -> dict[str, Any]:
    return village.visit(FORM, answers(FORM, **told))


def agreed(village: Village) -> list[str]:
    with village.house.read() as session:
        return owing.agreed(session)


def test_from_the_kitchen_to_the_telephone(village: Village) -> None:
    house, clock = village.house, village.clock
    templates = {"followup.soon": "S", "followup.now": "N"}
    settings = house.settings
    house.settings = make_settings(
        settings.var, settings.database_url, sms_url="http://127.0.0.1:9/", sms_templates=templates
    )
    with house.write() as session:
        row = session.get(tables.residents.ResidentRow, village.patient)
        assert row is not None
        row.phone_locked = house.vault.lock(NUMBER)
        row.phone_digest = house.vault.digest("phone", NUMBER)
        visit = make_task(date(2026, 12, 14), subject_id=village.patient, due=date(2026, 11, 25))
        followups.save(session, [visit], clock())
    receipt = says(village)
    assert (receipt["status"], receipt["violations"]) == ("stored", [])
    assert agreed(village) == [village.patient]

    assert jobs.plan_owed(house, clock()) == 0, "he stands before her"
    gateway = FakeGateway()
    clock.advance(days=1)
    assert jobs.plan_owed(house, clock()) == 1
    jobs.dispatch(house, FakeChannel(), gateway)
    ((to, params),) = [(one.to, one.params) for one in gateway.sent]
    assert (to, params) == (NUMBER, {"village": "上河村"})

    assert (
        house.transact(
            lambda session: reaching.stop_by_number(session, house.vault, NUMBER, clock())
        )
        == 1
    )
    assert agreed(village) == []


def test_a_correction_that_says_the_same_does_not_undo_a_stop(village: Village) -> None:
    first = says(village)
    house = village.house
    village.clock.advance(days=1)
    house.transact(lambda session: owing.stop(session, village.patient, village.clock()))
    village.outbox.now = village.clock.advance(days=1)
    envelope = village.outbox.finalise(
        FORM,
        ("resident", village.patient),
        answers(FORM, given_by="1"),
        corrects=(first["submission_id"], first["id"]),
    )
    assert village.send(envelope)[0]["status"] == "stored"
    assert agreed(village) == []
    village.outbox.now = village.clock.advance(days=1)
    says(village)
    assert agreed(village) == [village.patient], "asked again, she agreed again"


def test_no_is_an_answer_and_ends_what_stood(village: Village) -> None:
    says(village)
    says(village, agreed=False)
    assert agreed(village) == []
    (row,) = village.rows(tables.residents.ConsentRow)
    assert (row.purpose, row.given_by) == ("followup_sms", "self")
    assert row.withdrawn_at is not None
