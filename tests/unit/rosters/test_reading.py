"""A roster as village offices write it, read."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from backend.geo.model import Area
from backend.kernel.errors import Refusal
from backend.residents.model import Household
from backend.rosters.model import Line
from backend.rosters.rules.cells import read_day, read_sex
from backend.rosters.rules.columns import guessed
from backend.rosters.rules.files import read_table
from backend.rosters.rules.lines import Reading, at_home, read_lines

TODAY = date(2026, 11, 22)
VILLAGE = Area("340828104201", "凤田村", "village", "340828104000")
OTHER = Area("340828104202", "竹湾村", "village", "340828104000")
ROSTER = "0197a000-0000-7000-8000-000000000001"
ID_NO = "340828195603020029"


def lines(text: str, village: str | None = VILLAGE.code) -> list[Line]:
    table = read_table(text.encode())
    relations = {"户主": "02", "妻": "12"}
    reading = Reading(ROSTER, guessed(table.headings), village, (VILLAGE, OTHER), relations, TODAY)
    return read_lines(table, reading)


def doubts(row: str) -> dict[str, bool]:
    head = "姓名,性别,出生日期,身份证号,电话,村,与户主关系"
    (line,) = lines(f"{head}\n{row}\n")
    assert (line.resident is None) == any(one.stops for one in line.doubts)
    return {one.code: one.stops for one in line.doubts}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1956-3-2", date(1956, 3, 2)),
        ("1956/03/02", date(1956, 3, 2)),
        ("1956.3.2", date(1956, 3, 2)),
        ("1956年3月2日", date(1956, 3, 2)),
        ("19560302", date(1956, 3, 2)),
        ("20516", date(1956, 3, 2)),  # Excel's number of days
        ("1956-03-02 00:00:00", date(1956, 3, 2)),
        ("1956年3月", date(1956, 3, 1)),
        ("1956", date(1956, 1, 1)),
        ("１９５６－３－２", date(1956, 3, 2)),
        ("1956-13-2", None),
        ("属猴", None),
        ("195603", date(1956, 3, 1)),
    ],
)
def test_days(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


def test_sexes() -> None:
    assert [read_sex(one) for one in ("男", " 女 ", "１", "F", "不详")] == ["1", "2", "1", "2", ""]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"李秀英,女,1956-3-2,{ID_NO},13888880001,凤田村,妻", {}),
        (f"李秀英,,,{ID_NO},,凤田,", {}),  # the number tells sex and birth date
        ("李秀英,女,1956-3-2,,,,", {}),  # the village was chosen for the whole file
        (",女,1956-3-2,,,,", {"name_missing": True}),
        ("李秀英,,1956-3-2,,,,", {"sex_missing": True}),
        ("李秀英,不,1956-3-2,,,,", {"sex_unreadable": True}),
        ("李秀英,女,,,,,", {"birth_missing": True}),
        ("李秀英,女,三月初二,,,,", {"birth_unreadable": True}),
        ("李秀英,女,2027-1-1,,,,", {"birth_to_come": True}),
        ("李秀英,女,1956-3-2,3.40828E+17,,,", {"id_no_rounded": True}),
        ("李秀英,女,1956-3-2,340828195603020000,,,", {"id_no_rounded": True}),
        ("李秀英,女,1956-3-2,340828195603020028,,,", {"id_no_wrong": False}),
        (f"李秀英,男,1956-3-2,{ID_NO},,,", {"sex_differs": False}),
        (f"李秀英,女,1956-2-3,{ID_NO},,,", {"birth_differs": False}),
        ("李秀英,女,1956-3-2,,1388888,,", {"phone_wrong": False}),
        ("李秀英,女,1956-3-2,,,大湾村,", {"village_unknown": True}),
        ("李秀英,女,1956-3-2,,,,邻居", {"relation_unknown": False}),
    ],
)
def test_what_is_said_of_a_row(row: str, expected: dict[str, bool]) -> None:
    assert doubts(row) == expected


def test_without_a_village_nobody_can_be_placed() -> None:
    (line,) = lines("姓名,性别,出生日期\n李秀英,女,1956-3-2\n", village=None)
    assert [one.code for one in line.doubts] == ["village_missing"]


def test_titles_above_the_headings_and_a_chinese_csv_are_read() -> None:
    text = "凤田村居民花名册\n\n序号,姓 名,性别,出生年月,身份证号码（18位）\n1,李秀英,女,1956.3,\n"
    table = read_table(text.encode("gb18030"))
    assert guessed(table.headings) == {
        "name": "姓 名", "sex": "性别", "birth_date": "出生年月", "id_no": "身份证号码（18位）",
    }  # fmt: skip
    assert table.rows == (
        (4, {"序号": "1", "姓 名": "李秀英", "性别": "女", "出生年月": "1956.3"}),
    )


def test_a_number_that_excel_rounded_is_never_taken_for_one_that_was_typed() -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "性别", "出生日期", "身份证号"])
    book.active.append(["李秀英", "女", date(1956, 3, 2), 340828195603020029])
    file = BytesIO()
    book.save(file)
    table = read_table(file.getvalue())
    ((number, cells),) = table.rows
    assert (number, cells["出生日期"]) == (2, "1956-03-02 00:00:00")
    reading = Reading(ROSTER, guessed(table.headings), VILLAGE.code, (VILLAGE,), {}, TODAY)
    (line,) = read_lines(table, reading)
    assert [(one.code, one.stops) for one in line.doubts] == [("id_no_rounded", True)]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\x00\x01", b"\xff\xfe\xfa\x00"])
def test_a_broken_file_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_table(content)
    assert refused.value.code == "roster_unreadable"


def test_rows_of_one_number_are_one_household_and_a_registered_one_is_joined() -> None:
    head = "姓名,性别,出生日期,户编号,地址,与户主关系"
    rows = lines(
        f"{head}\n李大山,男,1954-1-1,7,4组69号,户主\n李秀英,女,1956-3-2,7,,妻\n王芳,女,1980-1-1,,4组3号,\n"
    )
    registered = Household("h", VILLAGE.code, "12", "凤田村4组3号", "王大勇")
    husband, wife, neighbour = at_home(rows, [registered])
    assert husband.household == wife.household
    assert husband.household is not None
    assert (husband.household.no, husband.household.head_name) == ("7", "李大山")
    assert neighbour.household == registered
    assert neighbour.resident is not None
    assert neighbour.resident.household_id == "h"
