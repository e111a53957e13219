"""Files out: exact, inside one's areas, with a reason, and written down."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from backend import jobs, tables
from backend.exports.rules.cells import from_csv
from backend.house import House
from backend.submissions.store import submissions
from tests.builders.areas import OTHER_VILLAGE, VILLAGE
from tests.builders.county import County
from tests.builders.feed import feed_settled
from tests.builders.figures import submission
from tests.builders.residents import make_resident

WANTED = {
    "form": "htn_followup",
    "from_on": "2026-01-01",
    "to_on": "2026-12-31",
    "format": "csv",
    "reason": "季度核查",
}
ANSWERS = {
    "sbp": 152,
    "dbp": 91,
    "weight": 61.5,
    "symptoms": ["1", "3"],
    "symptoms_note": "=HYPERLINK(1)",
    "medications": [
        {"drug_name": "氨氯地平", "dose_each": 5},
        {"drug_name": "-缬沙坦"},
    ],
}


@pytest.fixture
def visits(house: House, county: County) -> dict[str, str]:
    with house.write() as session:
        who = make_resident(house, session, name="张秀英").id
        far = make_resident(house, session, OTHER_VILLAGE, name="赵远").id
        mine = submission("htn_followup", ("resident", who), date(2026, 5, 6), answers=ANSWERS)
        old = submission("htn_followup", ("resident", who), date(2025, 5, 6))
        theirs = submission(
            "htn_followup", ("resident", far), date(2026, 5, 7), village=OTHER_VILLAGE
        )
        submissions.add(session, [mine, old, theirs])
    return {"mine": mine.id, "theirs": theirs.id}


def lines(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.json
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_of_a_form(county: County, visits: dict[str, str]) -> None:
    answer = county.reviewer.post("/exports/submissions", WANTED)
    assert answer.content_type == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = lines(answer)
    assert (row["submission_id"], row["village"], row["visit_on"]) == (
        visits["mine"],
        "上河村",
        "2026-05-06",
    )
    assert (row["sbp"], row["weight"], row["symptoms"]) == ("152", "61.5", "1;3")
    assert from_csv(row["symptoms_note"]) == "=HYPERLINK(1)" != row["symptoms_note"]
    assert "name" not in row


def test_a_repeat_is_a_table_of_its_own(county: County, visits: dict[str, str]) -> None:
    rows = lines(county.reviewer.post("/exports/submissions", WANTED | {"table": "medications"}))
    assert [(r["submission_id"], r["row"], from_csv(r["drug_name"])) for r in rows] == [
        (visits["mine"], "1", "氨氯地平"),
        (visits["mine"], "2", "-缬沙坦"),
    ]


def test_xlsx_holds_every_table(county: County, visits: dict[str, str]) -> None:
    asked = WANTED | {"format": "xlsx", "names": True}
    answer = county.reviewer.post("/exports/submissions", asked)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert {"medications", "代码"} <= set(book.sheetnames)
    head, row = book.worksheets[0].iter_rows(values_only=True)
    told = {str(key).split("\n")[1]: value for key, value in zip(head, row, strict=True)}
    assert (told["name"], told["sbp"], told["weight"]) == ("张秀英", 152, 61.5)
    assert told["symptoms_note"] == "=HYPERLINK(1)"
    formulas = [c for s in book for line in s.iter_rows() for c in line if c.data_type == "f"]
    assert formulas == []


def test_what_is_taken_out_is_written_down_first(
    house: House, county: County, visits: dict[str, str]
) -> None:
    (row,) = lines(county.reviewer.post("/exports/submissions", WANTED | {"names": True}))
    assert row["name"] == "张秀英"
    with house.read() as session:
        (entry,) = session.query(tables.audit.AuditRow).filter_by(action="exported").all()
    assert entry.actor_id == county.reviewer.account.id
    assert (entry.detail["reason"], entry.detail["names"]) == ("季度核查", True)
    assert entry.detail["export_id"] == row["export_id"], "the file can be traced"


def test_nobody_takes_out_what_is_not_theirs(county: County, visits: dict[str, str]) -> None:
    theirs = lines(county.other_reviewer.post("/exports/submissions", WANTED))
    assert [row["submission_id"] for row in theirs] == [visits["theirs"]]
    both = lines(county.supervisor.post("/exports/submissions", WANTED))
    assert {row["submission_id"] for row in both} == set(visits.values())
    asked = county.other_reviewer.post("/exports/submissions", WANTED | {"area": VILLAGE})
    assert asked.status_code == 404
    assert county.doctor.post("/exports/submissions", WANTED).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"reason": "x"}, 422), ({"form": "no_form"}, 404), ({"table": "no_table"}, 404)],
)
def test_what_cannot_be_taken_out(county: County, changes: dict[str, str], status: int) -> None:
    assert county.reviewer.post("/exports/submissions", WANTED | changes).status_code == status


def test_the_report_of_figures(house: House, county: County) -> None:
    with house.write() as session:
        who = make_resident(house, session).id
        checked = submission(
            "elderly_check", ("resident", who), date(2026, 5, 6), answers={"check_kind": "1"}
        )
        make_resident(house, session)
        submissions.add(session, [checked])
    feed_settled(house.engine)
    jobs.refresh_figures(house, house.clock())
    asked = {"year": 2026, "month": 6, "reason": "半年考核"}
    answer = county.reviewer.post("/exports/figures", asked)
    assert answer.status_code == 200, answer.json
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    found = {row[0]: row[1:5] for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert found["老年人健康管理率"] == (1, 2, 50, 64)
    parts = [row for row in book["按村"].iter_rows(min_row=2, values_only=True)]
    assert ("上河村", "老年人健康管理率", 1, 2, 50, 64) in parts
    assert book["指标"].print_title_rows == "$1:$1"
    assert county.doctor.post("/exports/figures", asked).status_code == 404
