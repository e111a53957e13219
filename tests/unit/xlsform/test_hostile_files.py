"""A workbook from a stranger: bounded, nothing in it is run, and told in a sentence."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from time import monotonic

import pytest
from openpyxl import Workbook

from backend.xlsform import workbook as reading
from backend.xlsform.model import NotImported
from backend.xlsform.workbook import MAX_ROW_MARKS, MAX_ROWS, read_workbook
from tests.builders.xlsforms import workbook

SURVEY = [["type", "name", "label"], ["text", "name", "Name"]]


def reasons(content: bytes) -> str:
    with pytest.raises(NotImported) as error:
        read_workbook(content)
    return str(error.value)


def with_part(content: bytes, name: str, part: bytes, *, instead: bool = False) -> bytes:
    """The same archive with one more part, or with another one in a part's place."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            if not (instead and entry.filename == name):
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return out.getvalue()


def sheet_of(rows: Iterator[str]) -> bytes:
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return f"{start}<sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


def test_a_plain_workbook_is_read() -> None:
    (sheet,) = read_workbook(workbook(SURVEY)).sheets
    assert sheet.rows == ((2, {"type": "text", "name": "name", "label": "Name"}),)


@pytest.mark.parametrize("content", [b"", b"PK", b"a,b\n1,2", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_xlsx(content: bytes) -> None:
    assert "is no .xlsx" in reasons(content)


def test_a_torn_file() -> None:
    whole = workbook(SURVEY)
    for part in (whole[:-30], whole[: len(whole) // 2]):
        assert "is no .xlsx" in reasons(part)
    assert "cannot be read as .xlsx" in reasons(
        with_part(whole, "xl/worksheets/sheet1.xml", b"<worksheet", instead=True)
    )


def test_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "larger than 4 MB" in reasons(b"PK" + b"\0" * reading.MAX_FILE_BYTES)
    monkeypatch.setattr(reading, "MAX_PARTS", 3)
    assert "parts" in reasons(workbook(SURVEY))


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_part(workbook(SURVEY), "xl/media/x.bin", b"\0" * (40 * 1024 * 1024))
    assert len(bomb) < 200_000
    begun = monotonic()
    assert "unpacks to more than 16 MB" in reasons(bomb)
    assert monotonic() - begun < 1


def test_a_million_rows_end_at_the_limit() -> None:
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>x</t></is></c></row>'
    many = sheet_of(row.format(number) for number in range(1, 200_000))
    content = with_part(workbook(SURVEY), "xl/worksheets/sheet1.xml", many, instead=True)
    begun = monotonic()
    assert f"has more than {MAX_ROW_MARKS} rows" in reasons(content)
    assert monotonic() - begun < 5
    some = sheet_of(row.format(number) for number in range(1, MAX_ROWS + 5))
    content = with_part(workbook(SURVEY), "xl/worksheets/sheet1.xml", some, instead=True)
    assert f"survey: has more than {MAX_ROWS} rows" in reasons(content)
    # A row number that lies does not make a million empty rows.
    far = sheet_of(row.format(number) for number in (1, 1_000_000))
    content = with_part(workbook(SURVEY), "xl/worksheets/sheet1.xml", far, instead=True)
    (sheet,) = read_workbook(content).sheets
    assert sheet.rows == ()


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    content = with_part(workbook(SURVEY), "xl/worksheets/sheet1.xml", bomb, instead=True)
    assert "entities" in reasons(content)
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook>&a;</workbook>'
    content = with_part(workbook(SURVEY), "xl/workbook.xml", outside, instead=True)
    assert "entities" in reasons(content)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("xl/externalLinks/externalLink1.xml", "refers to other workbooks"),
        ("xl/connections.xml", "data connections"),
        ("xl/embeddings/oleObject1.bin", "embedded objects"),
    ],
)
def test_what_acts_is_refused(part: str, told: str) -> None:
    assert told in reasons(with_part(workbook(SURVEY), part, b"x"))


def test_macros_are_neither_run_nor_kept() -> None:
    book = read_workbook(with_part(workbook(SURVEY), "xl/vbaProject.bin", b"Sub Auto_Open()"))
    assert book.sheets == read_workbook(workbook(SURVEY)).sheets
    (note,) = book.notes
    assert (
        str(note) == "workbook: has macros: they were neither run nor kept, only its sheets "
        "were read"
    )
    both = with_part(workbook(SURVEY), "xl/vbaProject.bin", b"x")
    assert "embedded objects" in reasons(with_part(both, "xl/embeddings/a.bin", b"x"))


def test_an_xlsm_is_told_by_its_content() -> None:
    content = workbook(SURVEY)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        kinds = archive.read("[Content_Types].xml")
    main = b"openxmlformats-officedocument.spreadsheetml.sheet.main"
    kinds = kinds.replace(main, b"ms-excel.sheet.macroEnabled.main")
    (note,) = read_workbook(with_part(content, "[Content_Types].xml", kinds, instead=True)).notes
    assert "has macros" in str(note)


def calculated(*cells: str) -> bytes:
    """A survey whose labels are these cells, as Excel writes them."""
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in SURVEY[0])
    rows = [
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>text</t></is></c>'
        f'<c r="B{n}" t="inlineStr"><is><t>q{n}</t></is></c><c r="C{n}" {cell}</c></row>'
        for n, cell in enumerate(cells, start=2)
    ]
    part = sheet_of(iter([f'<row r="1">{head}</row>', *rows]))
    return with_part(workbook(SURVEY), "xl/worksheets/sheet1.xml", part, instead=True)


def test_of_a_formula_the_stored_value_is_taken() -> None:
    book = read_workbook(
        calculated(
            't="str"><f>CONCATENATE("Na","me")</f><v>Name</v>',
            "><f>1+2</f><v>3</v>",
            't="str"><f>IF(TRUE,"","x")</f><v></v>',
        )
    )
    assert [row.get("label") for _, row in book.sheets[0].rows] == ["Name", "3", None]
    (note,) = book.notes
    assert str(note).startswith("survey row 2 column 'label': holds a formula of Excel: the value")
    assert "also in 1 rows below" in note.message


def test_a_formula_without_a_value_and_errors_are_refused_by_cell() -> None:
    rows = [*SURVEY, ["text", "second", "=HYPERLINK(A1)"], ["text", "third", "#REF!"]]
    told = reasons(workbook(rows))
    assert "survey row 3 column 'label': holds a formula with no value stored" in told
    assert "survey row 4 column 'label': holds an error of Excel: #REF!" in told
    stored = reasons(calculated('t="e"><f>A9/0</f><v>#DIV/0!</v>'))
    assert "survey row 2 column 'label': holds an error of Excel: #DIV/0!" in stored


def test_long_cells_and_many_columns() -> None:
    assert "more than 8000 characters" in reasons(
        workbook([["type", "name", "label"], ["text", "n", "x" * 9000]])
    )
    assert "more than 200 columns" in reasons(workbook([[f"column {n}" for n in range(300)]]))


def test_sheets_that_are_missing_or_of_another_kind() -> None:
    out = BytesIO()
    two = Workbook()
    two.create_sheet("another")
    two.save(out)
    assert "has no sheet named 'survey'" in reasons(out.getvalue())
    extra = {"entities": [["dataset"], ["people"]]}
    assert "entities: sheets of this name are not supported" in reasons(workbook(SURVEY, **extra))
