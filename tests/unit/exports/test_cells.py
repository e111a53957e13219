"""A spreadsheet neither calculates, nor rounds, nor guesses with what we give it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import openpyxl
import pytest

from backend.exports.model import Column, Mark, Row, Table
from backend.exports.rules.cells import csv_lines, csv_text, flat, from_csv
from backend.exports.writing import Workbook, csv_parts

FORMULAS = "=+-@＝＋－＠\t\r\n\0"
NASTY = [
    "=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "'=1", "110105194912310021", "http://x.test/",
    "王,秀英", '他说"好"', "两行\n字", "13800138000", "",
]  # fmt: skip
MARK = Mark("e1", "李审核", datetime(2026, 11, 23, 2, tzinfo=UTC), "季度核查 & 汇总")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (140, "140"),
        (-2.5, "-2.5"),
        (True, "true"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 2, 30, tzinfo=UTC), "2026-03-01 10:30:00"),
        ("=1+1", "'=1+1"),
        ("110105194912310021", "'110105194912310021"),
        ("11010519491231002X", "11010519491231002X"),
        ("13800138000", "13800138000"),
        ("平安", "平安"),
    ],
)
def test_what_stands_in_a_csv_cell(value: object, text: str) -> None:
    assert csv_text(value) == text


@pytest.mark.parametrize("start", FORMULAS)
def test_sec_s28_no_text_begins_as_a_formula_does(start: str) -> None:
    """Excel reads the full-width signs, too, where the keyboard is Chinese."""
    assert csv_text(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("answer", "cell"),
    [
        (["1", "3"], "1;3"),
        ({"lng": 104.05, "lat": 30.1, "accuracy_m": 8}, "104.05,30.1"),
        (140, 140),
        (None, None),
    ],
)
def test_answers_in_one_cell(answer: object, cell: object) -> None:
    assert flat(answer) == cell


def table(*keys: str) -> Table:
    label = {"zh-CN": "表", "en": "Table"}
    return Table("main", label, tuple(Column(key, {"zh-CN": key, "en": key}) for key in keys))


def test_sec_s28_csv_is_read_back_as_it_was() -> None:
    rows: list[Row] = [[text, n] for n, text in enumerate(NASTY)]
    data = b"".join(csv_parts(table("text", "number"), rows)).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(data, newline="")))
    assert read[0] == ["text", "number"]
    assert [from_csv(line[0]) for line in read[1:]] == NASTY
    assert not [line[0] for line in read[1:] if line[0].startswith(("=", "+", "-", "@", "\t"))]


def test_sec_s28_xlsx_is_read_back_as_it_was_and_holds_no_formula() -> None:
    file = io.BytesIO()
    book = Workbook(file, MARK)
    values: list[Row] = [[text] for text in NASTY[:-1]]
    values += [[140], [-2.5], [True], [date(2026, 3, 1)], [datetime(2026, 3, 1, 2, tzinfo=UTC)]]
    book.sheet("数据", ["值"], values, title="标题")
    book.close()
    read = openpyxl.load_workbook(file)
    cells = [row[0] for row in read["数据"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells[: len(NASTY) - 1]] == NASTY[:-1]
    assert {cell.data_type for cell in cells[: len(NASTY) - 1]} == {"s"}
    assert [cell.value for cell in cells[len(NASTY) - 1 :]] == [
        140,
        -2.5,
        True,
        datetime.fromisoformat("2026-03-01"),
        datetime.fromisoformat("2026-03-01T10:00"),
    ]
    assert read.properties.creator == "李审核"
    assert "季度核查" in read["数据"].oddFooter.left.text
    assert not [cell for cell in cells if cell.hyperlink]


def test_lines_are_those_of_the_csv_module() -> None:
    rng = Random(5)  # noqa: S311
    now = datetime(2026, 11, 23, 2, 5, 6, 789, tzinfo=UTC)
    values: list[Any] = [
        None, "", "x", 'a "b", c', "两\n行", "=1+1", "110101199003074578", 0, 1, 1.0, -0.0, 0.0,
        36.65, True, False, now, now.date(), ["1", "2"], ["a,b", 3], {"lng": 1.5, "lat": 2.0},
        [{"dose": 1, "name": "药"}],
    ]  # fmt: skip
    for among in (values, [1, True, 1.0, None], ["1", None, "1"], [None], [0.0, -0.0], [now]):
        rows = [[rng.choice(among) for _ in range(7)] for _ in range(40)]
        by_module = io.StringIO()
        csv.writer(by_module).writerows([csv_text(value) for value in row] for row in rows)
        assert csv_lines(rows) == by_module.getvalue()
