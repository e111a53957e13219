"""XLSForm workbooks made in code."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from pyxform.xls2json_backends import xls_to_dict

from backend.forms import folder
from backend.forms.rules import CompiledForm, compile_form, read_bundle
from backend.forms.rules.drafts import Draft, Library, bundle
from backend.xlsform.importing import import_workbook
from backend.xlsform.model import Imported, NotImported

SCHEMAS = Path(__file__).parents[2] / "schemas"
Table = list[list[Any]]


@cache
def library() -> Library:
    """The library of this folder."""
    return folder.library(SCHEMAS)


def workbook(
    survey: Table, choices: Table | None = None, settings: Table | None = None, **more: Table
) -> bytes:
    """An .xlsx; the first row of each sheet is its header."""
    book = Workbook()
    book.remove(book.active)
    sheets = {"survey": survey, "choices": choices, "settings": settings, **more}
    for name, rows in sheets.items():
        if rows is not None:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def example(name: str) -> bytes:
    """One of pyxform's own long example forms, from the sources of its version 1.6.0 (BSD); an old
    .xls comes as the .xlsx that Excel would make of it.
    """
    content = (Path(__file__).parent / "pyxform_examples" / name).read_bytes()
    if name.endswith(".xlsx"):
        return content
    book = xls_to_dict(BytesIO(content))
    sheets: dict[str, Table] = {}
    for sheet in ("survey", "choices", "settings"):
        if book.get(sheet):
            header = list(book[f"{sheet}_header"][0])
            sheets[sheet] = [
                header,
                *([row.get(column) for column in header] for row in book[sheet]),
            ]
    return workbook(**sheets)


def imported(*tables: Table, **more: Table) -> Imported:
    """What an import makes of a workbook."""
    return import_workbook(workbook(*tables, **more), library(), name="county_form")


def refused(*tables: Table, **more: Table) -> list[str]:
    """Why an import refuses a workbook: place and reason, one a line."""
    try:
        imported(*tables, **more)
    except NotImported as error:
        return [str(finding) for finding in error.refused]
    return []


def compiled(made: Imported) -> CompiledForm:
    """An import, ready to be evaluated."""
    draft = Draft("there", made.key, made.form["version"], made.form, made.schema, made.ui)
    known = library()
    lists = Library({**known.codes, **made.codes}, known.shared, known.meta)
    return compile_form(read_bundle(bundle(draft, lists)))


HEAD = ["type", "name", "label::中文 (zh)", "label::English (en)"]
YES_NO = [
    ["list_name", "name", "label::中文 (zh)", "label::English (en)", "town"],
    ["yn", "1", "是", "Yes", None],
    ["yn", "0", "否", "No", None],
]
HOUSEHOLD_SURVEY: tuple[Table, Table, Table] = (
    [
        [
            *HEAD,
            "required",
            "relevant",
            "constraint",
            "constraint_message::English (en)",
            "default",
        ],
        ["start", "start", None, None, None, None, None, None, None],
        ["begin group", "visit", "访视", "Visit", None, None, None, None, None],
        ["date", "visit_date", "日期", "Date", "yes", None, ". <= today()", None, "today()"],
        ["select_one yn", "met", "见到家人", "Met", "yes", None, None, None, None],
        ["text", "why_not", "没见到的原因", "Why not", "yes", "${met} = 0", None, None, None],
        ["end group", None, None, None, None, None, None, None, None],
        ["begin group", "home", "住房", "Home", None, "${met} != ''", None, None, None],
        ["integer", "rooms", "房间数", "Rooms", "yes", None, ". >= 1 and . <= 30", None, None],
        ["decimal", "area_m2", "面积（平方米）", "Area", None, None, ". > 0", "Not 0", None],
        ["select_multiple yn", "marks", "多选", "Marks", None, None, None, None, None],
        ["note", "many_rooms", "房间不少", "Many", None, "${rooms} > 10", None, None, None],
        ["end group", None, None, None, None, None, None, None, None],
        ["begin repeat", "animals", "牲畜", "Animals", None, "${met} != ''", None, None, None],
        ["text", "kind", "种类", "Kind", "yes", None, "string-length(.) <= 20", None, None],
        ["integer", "heads", "数量", "Heads", None, "${kind} != ''", ". > 0", "Some", None],
        ["end repeat", None, None, None, None, None, None, None, None],
    ],
    YES_NO,
    [["form_title", "form_id"], ["住户调查", "county_household"]],
)
SCREENING: tuple[Table, Table, Table] = (
    [
        [*HEAD, "required", "relevant", "constraint", "calculation", "appearance"],
        ["date", "visit_date", "日期", "Date", "yes", None, None, None, None],
        ["begin group", "body", "查体", "Body", None, None, None, None, "field-list"],
        ["decimal", "weight", "体重", "Weight", "yes", None, ". >= 20 and . <= 200", None, None],
        ["decimal", "height", "身高", "Height", "yes", None, ". >= 100 and . <= 220", None, None],
        ["calculate", "bmi", "体质指数", "BMI", None, None, None,
         "round(${weight} div pow(${height} div 100, 2), 1)", None],
        ["note", "heavy", "超重", "Overweight", None, "${bmi} >= 24", None, None, None],
        ["end group", None, None, None, None, None, None, None, None],
        ["begin group", "mood", "情绪", "Mood", None, None, None, None, None],
        *[
            ["select_one often", f"mood_{n}", f"问{n}", f"Q{n}", "yes", None, None, None, "quick"]
            for n in range(1, 10)
        ],
        ["calculate", "score", "总分", "Score", None, None, None,
         " + ".join(f"${{mood_{n}}}" for n in range(1, 10)), None],
        ["text", "plan", "处理", "Plan", "${score} > 9", "${score} > 4", None, None, "multiline"],
        ["time", "until", "结束时间", "Until", None, None, None, None, None],
        ["end group", None, None, None, None, None, None, None, None],
    ],
    [
        YES_NO[0],
        *[["often", str(n), f"程度{n}", f"Degree {n}", None] for n in range(4)],
    ],
    [["form_title", "form_id"], ["筛查", "county_screening"]],
)  # fmt: skip
LONG_LIST: tuple[Table, Table, Table] = (
    [
        [*HEAD, "required", "relevant", "choice_filter"],
        ["date", "visit_date", "日期", "Date", "yes", None, None],
        ["select_one towns", "to_town", "乡镇", "Town", "yes", None, None],
        ["select_one villages", "to_village", "村", "Village", "yes", None, "town = ${to_town}"],
        *[
            ["text", f"remark_{n}", f"说明{n}", f"Remark {n}", None, "${to_village} != ''", None]
            for n in range(1, 6)
        ],
    ],
    [
        YES_NO[0],
        *[["towns", f"t{n}", f"第{n}镇", f"Town {n}", None] for n in range(1, 4)],
        *[["villages", f"v{n}", f"第{n}村", f"Village {n}", f"t{n % 3 + 1}"] for n in range(1, 61)],
    ],
    [["form_title", "form_id"], ["各村情况", "county_villages"]],
)
