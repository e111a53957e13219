"""Sheets as a county would bring them, and the forms they become."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.forms.model import Context
from backend.forms.rules import evaluate
from backend.xlsform.importing import import_workbook
from backend.xlsform.model import Imported, NotImported
from tests.builders.xlsforms import compiled, imported, library, refused, workbook

HEAD = ["type", "name", "label::中文 (zh)", "label::English (en)"]
DAY = ["date", "visit_date", "随访日期", "Visit date"]
LISTS = [
    ["list_name", "name", "label::中文 (zh)", "label::English (en)", "town"],
    ["yn", "1", "是", "Yes", None],
    ["yn", "0", "否", "No", None],
    ["towns", "n", "北镇", "North", None],
    ["towns", "s", "南镇", "South", None],
    ["villages", "n1", "北一村", "N1", "n"],
    ["villages", "s1", "南一村", "S1", "s"],
]


def seen(made: Imported, **answers: Any) -> Any:
    context = Context(today=date(2026, 5, 6))
    return evaluate(compiled(made), {"visit_date": "2026-05-06", **answers}, context)


def items(made: Imported, page: int = 0) -> dict[str, dict[str, Any]]:
    return {
        item.get("field") or item.get("note") or item.get("repeat") or item["group"]: item
        for item in made.ui["pages"][page]["items"]
    }


def told(made: Imported) -> str:
    return "\n".join(str(note) for note in made.notes)


def test_every_type_has_its_control() -> None:
    types = {
        "text": "text", "integer": "number", "decimal": "number", "date": "date", "time": "time",
        "dateTime": "datetime", "geopoint": "place", "image": "photo", "barcode": "barcode",
        "select_one yn": "choice", "select_multiple yn": "choices",
    }  # fmt: skip
    rows = [[t, f"q{n}", f"问{n}", f"Q{n}"] for n, t in enumerate(types)]
    made = imported([HEAD, DAY, *rows], LISTS)
    found = items(made)
    assert [found[f"q{n}"]["control"] for n in range(len(types))] == list(types.values())
    assert found["q0"]["label"] == {"zh-CN": "问0", "en": "Q0"}
    assert made.form["visit_date"] == "visit_date"
    assert made.schema["properties"]["q1"] == {"type": "integer"}


def test_appearances_that_have_a_meaning() -> None:
    rows = [
        ["text", "story", "经过", "Story", "multiline"],
        ["image", "sign", "签名", "Signature", "signature"],
        ["select_one yn", "a", "甲", "A", "minimal"],
        ["text", "b", "乙", "B", "ex:some.app()"],
    ]
    made = imported([[*HEAD, "appearance"], DAY, *rows], LISTS)
    found = items(made)
    assert found["story"]["control"] == "long_text"
    assert found["sign"]["control"] == "signature"
    assert "survey row 6 column 'appearance': the appearance 'ex:some.app()' is left out" in told(
        made
    )


def test_groups_become_pages_and_repeats_rows() -> None:
    rows = [
        DAY,
        ["begin group", "body", "查体", "Examination", None],
        ["integer", "sbp", "收缩压", "Systolic", None],
        ["begin_group", "inner", None, None, "${sbp} > 140"],
        ["note", "high", "血压偏高", "High", None],
        ["end_group", None, None, None, None],
        ["end group", None, None, None, None],
        ["begin repeat", "pills", "用药", "Medicines", None],
        ["text", "drug", "药名", "Drug", None],
        ["begin group", "g", None, None, "${drug} != ''"],
        ["integer", "times", "每日次数", "Times", "${sbp} > 100"],
        ["end group", None, None, None, None],
        ["end repeat", None, None, None, None],
    ]
    made = imported([[*HEAD, "relevant"], *rows])
    assert [page["id"] for page in made.ui["pages"]] == ["main", "body", "main_2"]
    assert made.ui["pages"][1]["title"] == {"zh-CN": "查体", "en": "Examination"}
    assert items(made, 1)["inner"]["visible"] == "sbp > 140.0"
    pills = items(made, 2)["pills"]
    assert pills["items"][1]["visible"] == "(answered(drug)) && (sbp > 100.0)"
    rows_seen = seen(made, sbp=120, pills=[{"drug": "a", "times": 2}, {"times": 1}])
    assert "pills.0.times" in rows_seen.visible
    assert [(v.path, v.code) for v in rows_seen.violations] == [("pills.1.times", "hidden")]


def test_required_constraint_and_their_messages() -> None:
    head = [*HEAD, "required", "required_message::English (en)", "constraint",
            "constraint_message::中文 (zh)", "constraint_message::English (en)"]  # fmt: skip
    rows = [
        ["integer", "age", "年龄", "Age", "yes", "How old?", ". >= 0 and . <= 120", None, None],
        ["integer", "weeks", "孕周", "Weeks", None, None, ". < ${age}", "太多", "Too many"],
        ["text", "tel", "电话", "Phone", "${age} > 17", None, r"regex(., '^\d{11}$')", None, None],
    ]
    made = imported([head, DAY, *rows])
    properties = made.schema["properties"]
    assert properties["age"] == {"type": "integer", "minimum": 0, "maximum": 120}
    assert properties["tel"]["pattern"] == r"^\d{11}$"
    assert items(made)["age"]["required_message"]["en"] == "How old?"
    (check,) = made.ui["checks"]
    assert check["message"] == {"zh-CN": "太多", "en": "Too many"}
    codes = [(v.path, v.code) for v in seen(made, age=18, weeks=20).violations]
    assert sorted(codes) == [("tel", "required"), ("weeks", "check:weeks_constraint")]
    # The other question is open: XPath compares with nothing, which does not hold.
    assert ("weeks", "check:weeks_constraint") in [
        (v.path, v.code) for v in seen(made, weeks=20).violations
    ]


def test_calculations_defaults_and_read_only_questions() -> None:
    rows = [
        ["decimal", "weight", "体重", "Weight", None, None, None],
        ["decimal", "height", "身高", "Height", "170", None, None],
        ["calculate", "bmi", None, None, None,
         "round(${weight} div pow(${height} div 100, 2), 1)", None],
        ["calculate", "class", "分级", "Class", None, "if(${bmi} >= 24, 'heavy', 'usual')", None],
        ["calculate", "extra", None, None, None, "if(${bmi} >= 24, ${weight} - 60, '')", None],
        ["text", "hello", "您好", "Hello", None, None, "yes"],
        ["date", "next", "下次", "Next", "today() + 90", None, None],
        ["select_multiple yn", "many", "多选", "Many", "1 0", None, None],
    ]  # fmt: skip
    made = imported([[*HEAD, "default", "calculation", "read_only"], DAY, *rows], LISTS)
    found = items(made)
    assert found["bmi"]["control"] == "hidden"
    assert found["class"]["control"] == "computed"
    assert "text" in found["hello"] and "field" not in found["hello"]
    assert found["next"]["default"] == "add_days(today, 90.0)"
    assert found["many"]["default"] == "['1', '0']"
    assert found["height"]["default"] == "170.0"
    result = seen(made, weight=80, height=170)
    assert result.computed == {"bmi": 27.7, "class": "heavy", "extra": 20}
    assert "extra" not in seen(made, weight=60, height=170).visible


def test_a_choice_filter_offers_what_fits_another_answer() -> None:
    rows = [
        ["select_one towns", "my_town", "乡镇", "Town", None],
        ["select_one villages", "village", "村", "Village", "town = ${my_town}"],
    ]
    made = imported([[*HEAD, "choice_filter"], DAY, *rows], LISTS)
    assert items(made)["village"]["where"] == {"town": "my_town"}
    assert seen(made, my_town="n", village="n1").violations == ()
    codes = [(v.path, v.code) for v in seen(made, my_town="s", village="n1").violations]
    assert codes == [("village", "enum")]


def test_or_other_adds_a_code_and_a_text() -> None:
    made = imported([HEAD, DAY, ["select_one towns or_other", "town", "乡镇", "Town"]], LISTS)
    result = seen(made, town="other", town_other="山里")
    assert result.violations == ()
    assert "town_other" not in seen(made, town="n").visible


def test_one_language_stands_for_both_and_says_so() -> None:
    rows = [
        ["type", "name", "label"],
        ["date", "visit_date", "日期"],
        ["text", "a", "${visit_date}当天"],
    ]
    made = imported(rows)
    assert items(made)["a"]["label"] == {"zh-CN": "[日期]当天", "en": "[日期]当天"}
    assert "stands for both Chinese and English" in told(made)
    assert "is shown as the name of that question" in told(made)


def test_three_languages_leave_the_third_out() -> None:
    rows = [[*HEAD, "label::Uyghur (ug)"], [*DAY, "كۈن"], ["text", "a", "甲", None, None]]
    made = imported(rows)
    assert items(made)["a"]["label"] == {"zh-CN": "甲", "en": "甲"}
    assert "texts in 'Uyghur (ug)' are left out" in told(made)
    assert "survey row 3 column 'label::中文 (zh)': has no translation" in told(made)


def test_a_form_without_a_day_gets_one() -> None:
    made = imported([HEAD, ["text", "a", "甲", "A"]])
    assert made.form["visit_date"] == "visit_date"
    assert items(made)["visit_date"]["default"] == "today"
    assert "'visit_date' is asked first" in told(made)


def test_settings_name_the_form() -> None:
    settings = [
        ["form_id", "form_title", "suifang"],
        ["Home-Visit 2", "Visit", '{"subject": "household"}'],
    ]
    made = imported([HEAD, DAY, ["text", "a", "甲", "A"]], None, settings)
    assert (made.key, made.form["subject"]) == ("home_visit_2", "household")
    assert made.form["title"] == {"zh-CN": "Visit", "en": "Visit"}


def test_repeats_with_a_count() -> None:
    rows = [
        ["integer", "people", "人数", "People", None],
        ["begin repeat", "person", "成员", "Person", "${people}"],
        ["text", "who", "姓名", "Name", None],
        ["end repeat", None, None, None, None],
    ]
    made = imported([[*HEAD, "repeat_count"], DAY, *rows])
    assert seen(made, people=1, person=[{"who": "a"}]).violations == ()
    codes = {v.code for v in seen(made, people=2, person=[{"who": "a"}]).violations}
    assert codes == {"check:person_count"}
    assert {v.code for v in seen(made, people=2).violations} == {"required"}
    assert seen(made, people=0).violations == ()


def test_an_acknowledgement_is_one_choice_that_is_taken_or_not() -> None:
    head = [*HEAD, "required", "relevant"]
    more = ["text", "more", "说明", "More", None, "${read} = 'OK'"]
    made = imported([head, DAY, ["acknowledge", "read", "已告知风险", "Told", "yes", None], more])
    assert made.codes["county_form_acknowledged"]["codes"] == [
        {"code": "OK", "label": {"zh-CN": "已知晓", "en": "OK"}}
    ]
    assert {(v.path, v.code) for v in seen(made).violations} == {("read", "required")}
    assert "more" not in seen(made).visible
    assert "more" in seen(made, read="OK", more="x").visible


def test_a_phone_number_is_digits() -> None:
    made = imported([HEAD, DAY, ["phone number", "tel", "电话", "Telephone"]])
    assert seen(made, tel="0866123456").violations == ()
    assert [v.code for v in seen(made, tel="0866-123456").violations] == ["pattern"]


def test_sounds_and_films_are_left_out_only_where_the_author_says_so() -> None:
    head = [*HEAD, "image", "relevant"]
    survey = [
        head,
        DAY,
        ["audio", "cough", "咳嗽声", "Cough", None, None],
        ["text", "rash", "皮疹", "Rash", "rash.png", None],
        ["note", "shown", None, None, "shown.png", None],
        ["select_one yn", "worse", "加重", "Worse", None, None],
    ]
    content = workbook(survey, LISTS)
    assert [line.partition(": ")[0] for line in refused(survey, LISTS)] == [
        "survey row 3 column 'type'",
        "survey row 4 column 'image'",
        "survey row 5 column 'image'",
        "survey row 5",
    ]
    made = import_workbook(content, library(), name="county_form", without_media=True)
    assert list(made.schema["properties"]) == ["visit_date", "rash", "worse"]
    assert "survey row 3 column 'type': the type 'audio' is not supported: left out" in told(made)

    reads_it = [*survey, ["text", "why", "原因", "Why", None, "${cough} != ''"]]
    with pytest.raises(NotImported, match="survey row 7 column 'relevant'"):
        import_workbook(workbook(reads_it, LISTS), library(), without_media=True)


def test_an_attribute_that_only_its_author_knows_is_left_out() -> None:
    made = imported([[*HEAD, "bind::colour"], DAY, ["text", "a", "甲", "A", "red"]])
    assert "column 'bind::colour': is an attribute of its author's own and is left out" in told(
        made
    )
    assert refused([[*HEAD, "bind::odk:length"], DAY, ["text", "a", "甲", "A", "9"]])


def test_names_are_made_ours_and_the_change_is_told() -> None:
    made = imported([HEAD, DAY, ["integer", "Age-Now", "年龄", "Age"], ["text", "in", "入", "In"]])
    assert {"age_now", "in_q"} <= items(made).keys()
    assert "'Age-Now' is named 'age_now' here" in told(made)


END_GROUP, END_REPEAT = ["end group", None, None, None], ["end repeat", None, None, None]
A = ["text", "a", "甲", "A"]
LABEL = "column 'label::中文 (zh)'"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["audio", "a", "甲", "A"]], "row 3 column 'type': the type 'audio' is not supported"),
        ([["select_one x", "a", "甲", "A"]], "row 3 column 'type': there is no list 'x'"),
        ([["rank yn", "a", "甲", "A"]], "row 3 column 'type': 'rank yn' is not supported"),
        ([["begin group", "g", "组", "G"], A], "row 3: 'g' is begun and never ended"),
        ([END_GROUP], "row 3 column 'type': ends a group that is not open"),
        ([["text", None, "甲", "A"]], "row 3: has no name"),
        ([["text", "a", "甲" * 600, "A"]], f"row 3 {LABEL}: is longer than 500"),
        ([["text", "a", "${b}", "A"]], f"row 3 {LABEL}: there is no question 'b'"),
        ([["text", "A", "乙", "B"], A], "row 4 column 'name': 'a' and 'A' would have the same"),
        (
            [["begin repeat", "r", "行", "R"], ["begin repeat", "s", "行", "S"], A]
            + [END_REPEAT] * 2,
            "row 4: a repeat cannot stand in a repeat",
        ),
        (
            [["begin repeat", "r", "行", "R"], ["note", "n", "注", "N"], A, END_REPEAT],
            "row 4: a note cannot stand in a repeat",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_by_place(rows: list[list[Any]], reason: str) -> None:
    found = refused([HEAD, DAY, *rows], LISTS)
    assert any(line.startswith(f"survey {reason}") for line in found), found


def test_all_of_it_is_told_at_once() -> None:
    head = [*HEAD, "relevant", "constraint", "calculation", "default", "trigger", "image"]
    rows = [
        ["text", "a", "甲", "A", "${b} = 1", None, None, None, None, None],
        ["integer", "b", "乙", "B", None, "sum(.) > 1", None, None, None, None],
        ["calculate", "c", None, None, None, None, "substr(${a}, 1)", None, None, None],
        ["integer", "d", "丁", "D", None, None, None, "many", None, None],
        ["text", "e", "戊", "E", None, None, None, None, "${a}", "x.png"],
    ]
    found = refused([head, DAY, *rows])
    assert {line.partition(": ")[0] for line in found} == {
        "survey row 3 column 'relevant'",
        "survey row 4 column 'constraint'",
        "survey row 5 column 'calculation'",
        "survey row 6 column 'default'",
        "survey row 7 column 'trigger'",
        "survey row 7 column 'image'",
    }
    assert "survey row 3 column 'relevant': character 1: reads 'b', which stands later" in str(
        found
    )
