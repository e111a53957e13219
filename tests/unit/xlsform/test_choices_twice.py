"""One code twice in a list (``allow_choice_duplicates``), and words without quotation marks."""

from __future__ import annotations

from datetime import date

import pytest

from backend.forms.model import Context
from backend.forms.rules import evaluate
from backend.xlsform.exporting import export_form
from backend.xlsform.importing import import_workbook
from tests.builders.xlsforms import HEAD, Table, compiled, imported, library, refused

SURVEY: Table = [
    [*HEAD, "choice_filter"],
    ["date", "visit_date", "日期", "Date", None],
    ["select_one states", "state", "州", "State", None],
    ["select_one counties", "county", "县", "County", "${state} = cf"],
]
SETTINGS: Table = [["form_title", "form_id", "allow_choice_duplicates"], ["县", "areas", "yes"]]


def choices(*rows: list[str | None]) -> Table:
    return [
        ["list_name", "name", "label::中文 (zh)", "label::English (en)", "cf", "size"],
        ["states", "texas", "德州", "Texas", None, None],
        ["states", "oregon", "俄州", "Oregon", None, None],
        ["counties", "king", "金县", "King", "texas", "1"],
        *rows,
    ]


KING = choices(["counties", "king", "金县", "King", "oregon", "2"])


def test_a_code_is_one_choice_that_is_offered_for_both() -> None:
    made = imported(SURVEY, KING, SETTINGS)
    (entry,) = made.codes["areas_counties"]["codes"]
    assert entry["columns"] == {"cf": ["texas", "oregon"], "size": "1"}
    assert "is one choice, offered for both" in " ".join(str(note) for note in made.notes)
    form = compiled(made)
    for state, told in (("texas", []), ("oregon", []), (None, ["enum"])):
        given = {"visit_date": "2026-05-06", "county": "king"} | ({"state": state} if state else {})
        seen = evaluate(form, given, Context(today=date(2026, 5, 6)))
        assert [v.code for v in seen.violations] == told


def test_it_goes_out_as_two_rows_and_comes_back_as_one() -> None:
    made = imported(SURVEY, KING, SETTINGS)
    content = export_form(compiled(made).bundle.body).content
    again = import_workbook(content, library())
    entries = [body["codes"] for name, body in again.codes.items() if "counties" in name]
    assert entries == [made.codes["areas_counties"]["codes"]]


def test_without_the_setting_it_is_refused() -> None:
    told = refused(SURVEY, KING, [SETTINGS[0], ["县", "areas", None]])
    assert "choices row 5 column 'name': the code 'king' stands twice in 'counties'" in told


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (
            ["counties", "king", "王县", "Monarch", "oregon", "1"],
            "another label and another filter",
        ),
        (["counties", "king", "金县", "King", "oregon", "2"], "more than one column"),
    ],
)
def test_what_could_mean_two_things_is_refused(again: list[str | None], told: str) -> None:
    survey = [*SURVEY[:3], ["select_one counties", "c", "县", "C", "${state} = cf and size = '1'"]]
    assert told in " ".join(refused(survey, choices(again), SETTINGS))


def test_where_only_the_label_differs_the_first_is_kept() -> None:
    made = imported(
        SURVEY, choices(["counties", "king", "王县", "Monarch", "texas", None]), SETTINGS
    )
    (entry,) = made.codes["areas_counties"]["codes"]
    assert entry["label"] == {"zh-CN": "金县", "en": "King"}
    assert "the label of the first is kept" in " ".join(str(note) for note in made.notes)


def test_a_word_without_quotation_marks_is_a_text_of_the_column() -> None:
    survey = [*SURVEY[:3], ["select_one counties", "county", "县", "County", "cf = texas"]]
    made = imported(survey, choices())
    item = made.ui["pages"][0]["items"][-1]
    assert item["where"] == {"cf": "'texas'"}
    assert "texas names no question" in " ".join(str(note) for note in made.notes)
    survey[-1][-1] = "cf = utah"
    assert "there is no question 'utah'" in " ".join(refused(survey, choices()))
