"""A resident asks about their own data, and the township answers (S45, S46, S47; PIPL 14-49)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from backend import jobs, tables
from backend.audit import service as audit
from backend.kernel.ids import new_id
from backend.residents.model import FOLLOWUP_SMS, VACCINATION_REMINDER, VACCINATION_SMS
from backend.residents.store import family
from backend.rights.rules import NOBODY
from tests.builders.accounts import Page, make_account
from tests.builders.areas import COUNTY, VILLAGE
from tests.builders.feed import feed_settled
from tests.builders.reminders import make_child, make_dose, make_link
from tests.builders.residents import make_resident
from tests.builders.visits import answers, pressure
from tests.journeys.conftest import Village

ID_NO = "510101195803040023"
PHONE = "13800138000"
NAME = "柳如烟"


def registered(village: Village) -> str:
    """Somebody whose doctor has registered them, with a number, and who was visited once."""
    who = new_id()
    told = answers(
        "resident", village_code=VILLAGE, household_id=village.home, name=NAME, id_no=ID_NO,
        birth_date="1958-03-04", sex="2", phone=PHONE,
    )  # fmt: skip
    outbox = village.outbox
    sent = village.send(
        outbox.finalise("resident", ("resident", who), told),
        outbox.finalise("htn_followup", ("resident", who), pressure(150, 92)),
    )
    assert [one["status"] for one in sent] == ["stored", "stored"]
    return who


def ask(page: Page, who: str, kind: str, asked_by: str = "self", **more: Any) -> Any:
    body = {"id": new_id(), "kind": kind, "asked_by": asked_by} | more
    return page.post(f"/residents/{who}/rights/requests", body)


def delete(village: Village, who: str, asked_by: str = "self") -> None:
    asked = ask(village.desk, who, "deletion", asked_by).json
    answer = village.desk.post(
        f"/rights/requests/{asked['id']}/answer", {"verdict": "done", "outcome": "按本人要求停用"}
    )
    assert answer.status_code == 200, answer.text


def actions(village: Village, who: str) -> list[str]:
    with village.house.read() as session:
        return [one.action for one in audit.of_object(session, "resident", who)]


def standing(page: Page, who: str) -> Any:
    answer = page.get(f"/residents/{who}/rights")
    assert answer.status_code == 200, answer.text
    return answer.json


def everything_kept(village: Village) -> str:
    """Every value of every table that is not locked, but for the audit and receipts."""
    told = []
    with village.house.read() as session:
        for table in tables.metadata.sorted_tables:
            for row in session.execute(select(table)):
                told += [str(value) for value in row if not isinstance(value, bytes)]
    return "\n".join(told)


def supervisor(village: Village) -> Page:
    with village.house.write() as session:
        return Page(village.app, make_account(village.house, session, "supervisor", (COUNTY,)))


def test_sec_s45_a_consent_that_is_withdrawn_ends_at_once(village: Village) -> None:
    house = village.house
    with house.write() as session:
        child = make_child(house, session)
        make_link(house, session, child, "token")
        family.give_consent(session, child, VACCINATION_SMS, "guardian", house.clock())
        family.give_consent(session, child, VACCINATION_REMINDER, "guardian", house.clock())
    told = standing(village.desk, child)
    assert {one["purpose"] for one in told["consents"]} == {
        "vaccination_sms", "vaccination_reminder",
    }  # fmt: skip
    assert told["links"] == 1
    path = f"/residents/{child}/consents"
    for _ in range(2):
        assert village.desk.delete(f"{path}/vaccination_sms").status_code == 204
    assert village.desk.delete(f"{path}/something_else").status_code == 404
    with house.read() as session:
        assert family.standing_consents(session, [child], VACCINATION_SMS) == {}
        assert child in family.standing_consents(session, [child], VACCINATION_REMINDER)
    ended = {
        one["purpose"]: one["withdrawn_at"] for one in standing(village.desk, child)["consents"]
    }
    assert ended["vaccination_sms"] is not None, "what was given, and until when, stays as proof"
    assert actions(village, child).count("consent_withdrawn") == 1


def test_sec_s45_nobody_is_told_of_follow_ups_who_no_longer_agrees(village: Village) -> None:
    with village.house.write() as session:
        family.give_consent(session, village.patient, FOLLOWUP_SMS, "self", village.house.clock())
    path = f"/residents/{village.patient}/consents/{FOLLOWUP_SMS}"
    assert village.desk.delete(path).status_code == 204
    with village.house.read() as session:
        assert family.standing_consents(session, [village.patient], FOLLOWUP_SMS) == {}


@pytest.mark.parametrize(
    ("asked_by", "status"), [("self", 422), ("kin", 422), ("guardian", 201), ("agent", 201)]
)
def test_sec_s45_for_a_child_the_guardian_asks(
    village: Village, asked_by: str, status: int
) -> None:
    with village.house.write() as session:
        child = make_child(village.house, session)
    assert ask(village.desk, child, "access", asked_by).status_code == status


def test_sec_s46_a_request_has_a_due_date_and_is_kept_once(village: Village) -> None:
    body = {"id": new_id(), "kind": "correction", "asked_by": "self", "note": "出生日期不对"}
    path = f"/residents/{village.patient}/rights/requests"
    for _ in range(2):
        answer = village.desk.post(path, body)
        assert (answer.status_code, (answer.json or {})["due_on"]) == (201, "2026-12-23")
    (waiting,) = (village.desk.get("/rights/requests").json or {})["items"]
    assert (waiting["note"], waiting["resident_id"]) == ("出生日期不对", village.patient)
    assert "出生日期不对" not in everything_kept(village), "what somebody says is locked"
    said = {"verdict": "refused", "outcome": "与身份证核对无误"}
    assert village.desk.post(f"/rights/requests/{body['id']}/answer", said).status_code == 200
    assert village.desk.post(f"/rights/requests/{body['id']}/answer", said).status_code == 409
    assert (village.desk.get("/rights/requests").json or {})["items"] == []
    (closed,) = standing(village.desk, village.patient)["requests"]
    assert (closed["state"], closed["outcome"]) == ("refused", "与身份证核对无误")
    assert (
        village.desk.post(f"/residents/{village.stranger}/rights/requests", body).status_code == 404
    )


def test_sec_s46_the_copy_holds_whatever_is_kept_of_them(village: Village) -> None:
    who = registered(village)
    village.desk.get(f"/residents/{who}")
    asked = ask(village.desk, who, "copy").json
    answer = village.desk.post(f"/rights/requests/{asked['id']}/copy")
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = {
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    }
    assert {NAME, ID_NO, PHONE, "150", "92"} <= cells
    assert book.sheetnames == ["本人", "服务记录", "接种", "同意", "谁看过"]
    assert "resident_read" in cells, "and who looked"
    assert actions(village, who)[-1] == "exported"
    other = ask(village.desk, who, "access").json
    assert village.desk.post(f"/rights/requests/{other['id']}/copy").status_code == 409


def test_sec_s46_of_somebody_nobody_visited_nothing_is_kept(village: Village) -> None:
    with village.house.write() as session:
        who = make_resident(village.house, session, name=NAME, phone=PHONE).id
    assert standing(village.desk, who)["duties"] == []
    delete(village, who)
    assert NAME not in everything_kept(village)
    told = standing(village.desk, who)["sealing"]
    assert (told["is_kept"], told["until"]) == (False, None)
    refused = supervisor(village).post(f"/residents/{who}/rights/unsealing", {"reason": "弄错了人"})
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "name_not_kept")


def test_sec_s46_what_the_law_has_us_keep_is_kept_without_the_name(village: Village) -> None:
    """Blocked, not deleted: stored and nothing else (PIPL 47)."""
    who = registered(village)
    with village.house.write() as session:
        make_dose(session, who, "HepB", date(2026, 3, 1))
    feed_settled(village.house.engine)
    first = village.doctor.get("/sync").json or {}
    assert NAME in str(first)
    (duty_of_doses, duty_of_visits) = standing(village.desk, who)["duties"]
    assert (duty_of_doses["until"], duty_of_visits["count"]) == ("2034-03-01", 2)

    delete(village, who)
    kept = everything_kept(village)
    assert (NAME in kept, ID_NO in kept, PHONE in kept) == (False, False, False)
    assert (village.desk.get(f"/residents?q={NAME}").json or {})["items"] == []
    assert (village.desk.get(f"/residents/{who}").json or {})["name"] == NOBODY
    said = {"form": "htn_followup", "from_on": "2026-01-01", "to_on": "2026-12-31",
            "format": "csv", "names": True, "reason": "核对数据"}  # fmt: skip
    exported = village.desk.post("/exports/submissions", said).text
    assert (NAME in exported, "150" in exported) == (False, True), exported
    listed = village.desk.get("/submissions?limit=250").json or {}
    assert NAME not in str(listed)
    for one in listed["items"]:
        assert NAME[0] + "•••" not in village.desk.get(f"/submissions/{one['id']}").text
    feed_settled(village.house.engine)
    news = (village.doctor.get(f"/sync?cursor={first['cursor']}").json or {})["changes"]
    forgotten = {(one["kind"], one["op"]) for one in news if one["id"] == who}
    assert forgotten == {("resident", "remove")}
    assert NAME not in str(village.doctor.get("/sync").json)
    assert "resident_sealed" in actions(village, who)


def test_sec_s46_a_mistake_is_put_right_by_the_county_with_a_reason(village: Village) -> None:
    who = registered(village)
    before = village.desk.get(f"/residents/{who}").json
    delete(village, who)
    path, said = f"/residents/{who}/rights/unsealing", {"reason": "申请人不是本人"}
    assert village.desk.post(path, said).status_code == 404
    answer = supervisor(village).post(path, said)
    assert answer.status_code == 200, answer.text
    assert (answer.json or {})["sealing"] is None
    assert village.desk.get(f"/residents/{who}").json == before
    found = village.desk.get(f"/residents?q={NAME}").json or {}
    assert [one["id"] for one in found["items"]] == [who]
    feed_settled(village.house.engine)
    assert NAME in str(village.doctor.get("/sync").json)
    assert "resident_unsealed" in actions(village, who)


def test_sec_s47_the_name_goes_when_its_time_is_over(village: Village) -> None:
    who = registered(village)
    delete(village, who)
    runner = village.app.test_cli_runner()
    assert "将销毁 / would go: 0" in runner.invoke(args=["retention"]).output
    village.clock.advance(days=15 * 365 + 5)
    told = runner.invoke(args=["retention"])
    assert told.exit_code == 0, told.output
    assert who in told.output and "would go: 1" in told.output
    assert standing(supervisor(village), who)["sealing"]["is_kept"], "looking destroys nothing"
    assert jobs.remove_over(village.house, village.clock()) == (1, 1)
    assert jobs.remove_over(village.house, village.clock()) == (0, 0)
    boss = supervisor(village)
    assert not standing(boss, who)["sealing"]["is_kept"]
    assert (
        boss.post(f"/residents/{who}/rights/unsealing", {"reason": "再查一次"}).status_code == 409
    )
    with village.house.read() as session:
        row = session.get_one(tables.residents.ResidentRow, who)
        assert (row.name, row.birth_date) == (NOBODY, date(1958, 1, 1))
        locked = session.scalars(
            select(tables.submissions.SubmissionVersionRow.content_locked)
        ).all()
        opened = b"".join(village.house.vault.unlock_bytes(one) for one in locked)
        assert (NAME.encode() in opened, ID_NO.encode() in opened) == (False, False)
    assert actions(village, who).count("name_destroyed") == 1
