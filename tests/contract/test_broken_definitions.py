# ruff: noqa: E501  (a table is read by its columns)
"""Every broken form, rule and code list gets a precise message; none crashes the publisher, none
reaches a phone (DESIGN §5).
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backend.commands.forms import RULE_CHECKS
from backend.forms import folder
from backend.forms.rules.publishing import check
from backend.forms.service import check_folder
from tests.contract.broken import (
    CODES,
    FORM,
    ROWS,
    RULES,
    SCHEMAS,
    Broken,
    at,
    copy_of_schemas,
    drop,
    field,
    put,
    rule,
    section,
    spoil,
)

UI, SHAPE, HEAD = f"{FORM}/ui.json", f"{FORM}/data.schema.json", f"{FORM}/form.json"
ROWS_UI, ROWS_SHAPE = f"{ROWS}/ui.json", f"{ROWS}/data.schema.json"
USUAL_UI = "forms/htn_followup/2/ui.json"
USUAL = ("pages", 1, "items", 0, "usual")
SECTION = ("services", 1, "on", "htn_followup")


def _again(*path: str | int) -> Any:
    """The first entry of a list stands in it a second time."""

    def edit(document: Any) -> None:
        entries = at(document, *path)
        entries.append(copy.deepcopy(entries[0]))

    return edit


def _rename_form(document: Any) -> None:
    document["services"][1]["on"]["htn_folowup"] = document["services"][1]["on"].pop("htn_followup")


BROKEN = [
    # files
    Broken("no_json", UI, lambda _: "{", "the file", "is no JSON"),
    Broken("a_list", HEAD, lambda _: "[]", "the file", "must hold an object"),
    Broken("a_name_twice", HEAD, lambda d: json.dumps(d)[:-1] + ', "version": 1}', "the file", "twice"),
    Broken("another_folder", HEAD, put("version", to=7), "form.json", "says household_visit/7"),
    # formats, in plain words
    Broken("no_english", UI, drop("pages", 0, "title", "en"), "pages.0.title", "has no English text"),
    Broken("empty_chinese", UI, put("pages", 0, "title", "zh-CN", to=""), "pages.0.title.zh-CN", "the Chinese text is empty"),
    Broken("label_in_one_language", UI, field("visit_result", label={"zh-CN": "结果"}), "pages.0.items.2.label", "has no English text"),
    Broken("unknown_control", UI, field("visit_result", control="slider"), "pages.0.items.2.control", "must be one of: text"),
    Broken("misspelt_member", UI, field("visit_result", requierd=True), "pages.0.items.2", "has no place for 'requierd'"),
    Broken("no_source", UI, field("visit_result", source=None), "pages.0.items.2", "lacks 'source'"),
    Broken("page_id_with_blank", UI, put("pages", 0, "id", to="First page"), "pages.0.id", "must be a key"),
    Broken("empty_page", UI, put("pages", 1, "items", to=[]), "pages.1.items", "is empty"),
    Broken("neither_field_nor_group", UI, put("pages", 0, "items", 0, to={"label": {"zh-CN": "x", "en": "x"}}), "pages.0.items.0", "must be exactly one of a field"),
    Broken("check_of_no_level", UI, put("checks", 0, "level", to="medium"), "checks.0.level", "must be one of: hard, soft"),
    # names and types
    Broken("no_shape", SHAPE, drop("properties", "purposes"), "visit purposes", "is not in data.schema.json"),
    Broken("no_control", SHAPE, put("properties", "colour", to={"type": "string"}), "data.schema.json colour", "has no control in ui.json"),
    Broken("shape_without_type", SHAPE, drop("properties", "purposes", "type"), "data.schema.json", "'type' is missing"),
    Broken("shape_that_is_none", SHAPE, put("properties", "purposes", to=5), "data.schema.json properties.purposes", "is not of types"),
    Broken("open_object", SHAPE, drop("additionalProperties"), "data.schema.json", "needs additionalProperties: false"),
    Broken("field_twice", UI, _again("pages", 0, "items"), "visit visit_date", "stands twice"),
    Broken("page_twice", UI, _again("pages"), "pages visit", "stands 2 times"),
    Broken("check_twice", UI, _again("checks"), "checks visit_not_future", "stands 2 times"),
    Broken("number_in_a_choice", SHAPE, put("properties", "visit_result", to={"type": "number"}), "visit visit_result", "a choice control cannot hold number"),
    Broken("visit_date_of_nothing", HEAD, put("visit_date", to="day"), "form.json visit_date", "'day' is no date"),
    Broken("summary_of_nothing", HEAD, put("summary", to=["colour"]), "form.json summary", "there is no field 'colour'"),
    # codes
    Broken("no_such_list", UI, field("visit_result", codes="results"), "visit visit_result", "there is no code list 'results'"),
    Broken("code_without_label", UI, field("visit_result", only_codes=["1", "77"]), "visit visit_result", "'77' of only_codes has no label"),
    Broken("exclusive_choice", UI, field("visit_result", exclusive=["1"]), "visit visit_result", "only 'choices' takes several"),
    Broken("label_missing_in_list", CODES, drop("codes", 0, "label"), "codes.0", "lacks 'label'"),
    Broken("one_code_two_meanings", CODES, _again("codes"), "code 1", "stands 2 times"),
    # expressions
    Broken("unknown_field", UI, put("pages", 1, "visible", to="visit_reslut == '1'"), "findings visible", "'visit_reslut' is not known here"),
    Broken("number_without_point", UI, field("findings", visible="materials_given > 1"), "findings findings visible", "decimal point"),
    Broken("reads_what_comes_later", UI, field("purposes", visible="answered(materials_given)"), "visit purposes visible", "reads 'materials_given', which stands later"),
    Broken("syntax", UI, field("purposes", required="visit_result =="), "visit purposes required", "character"),
    Broken("impossible_code", UI, put("pages", 1, "visible", to="visit_result == '8'"), "findings visible", "'8' is no code of 'visit_result'"),
    Broken("impossible_in_list", UI, field("findings", visible="'77' in purposes"), "findings findings visible", "'77' is no code of 'purposes'"),
    Broken("unreachable_page", UI, put("pages", 1, "visible", to="1.0 > 2.0"), "findings visible", "nobody will ever see it"),
    Broken("check_that_cannot_fail", UI, put("checks", 0, "check", to="1.0 < 2.0"), "checks visit_not_future", "can never fail"),
    Broken("check_of_no_field", UI, put("checks", 0, "fields", to=["colour"]), "checks visit_not_future", "there is no field 'colour'"),
    Broken("computed_and_asked", UI, field("visit_quarter", required=True), "visit visit_quarter", "nobody can be asked for it"),
    Broken("computed_from_nothing", UI, field("visit_quarter", compute=None), "visit visit_quarter", "says not how"),
    # ranges, prefill, repeats
    Broken("soft_upside_down", UI, field("materials_given", soft={"min": 9, "max": 1}), "education materials_given soft", "min 9 lies above max 1"),
    Broken("prefill_from_nowhere", UI, field("findings", prefill={"from": "household", "field": "colour"}), "findings findings prefill", "there is no 'colour' to take from 'household'"),
    Broken("prefill_from_no_site", UI, field("findings", prefill={"from": "site", "field": "colour"}), "findings findings prefill", "there is no 'colour' to take from 'site'"),
    Broken("tap_for_another_group", USUAL_UI, put(*USUAL, to={"adherence": "1"}), "asked complaints usual adherence", "is no question of this group"),
    Broken("tap_for_a_text", USUAL_UI, put(*USUAL, to={"sign_other": "1"}), "asked complaints usual sign_other", "'text' is never answered for the doctor"),
    Broken("tap_for_no_code", USUAL_UI, put(*USUAL, to={"symptoms": ["77"]}), "asked complaints usual symptoms", "'77' is not offered"),
    Broken("tap_for_one_of_several", USUAL_UI, put(*USUAL, to={"symptoms": "1"}), "asked complaints usual symptoms", "'choices' cannot have this answer"),
    Broken("moment_with_a_zone", "forms/bp_reading/1/data.schema.json", put("properties", "measured_at", to={"type": "string", "format": "date-time"}), "measured_at", "a time zone"),
    Broken("two_limits_of_rows", ROWS_UI, field("newborns", max=9), "newborns", "takes 9 rows, data.schema.json 5"),
    Broken("check_in_no_repeat", ROWS_UI, put("checks", 0, "in", to="twins"), "checks", "there is no repeat 'twins'"),
    Broken("children_of_no_repeat", f"{ROWS}/form.json", put("for_each", to="twins"), "form.json for_each", "there is no repeat 'twins'"),
    Broken("dose_without_day", f"{ROWS}/form.json", put("doses", 0, "given_on", to="hepb_day"), "form.json doses.0", "there is no field 'hepb_day'"),
    # rules
    Broken("rules_of_no_form", RULES, _rename_form, "hypertension htn_folowup", "there is no form 'htn_folowup'"),
    Broken("rule_reads_nothing_known", RULES, rule(1, when="complicaton"), "H2 when", "'complicaton' is not known here"),
    Broken("rule_never_fires", RULES, rule(1, when="1.0 > 2.0"), "H2", "its condition is always false"),
    Broken("rule_after_the_last", RULES, rule(1, when="emergency_now"), "H2", "'H1' is final and has the same condition"),
    Broken("nothing_after_always", RULES, rule(0, when="1.0 < 2.0"), "H2", "'H1' is final and always holds"),
    Broken("window_upside_down", RULES, rule(1, due="add_days(visit_date, 20.0)"), "H2", "closes lies before due"),
    Broken("half_a_window", RULES, rule(1, kind="follow_up", opens="visit_date", id="H2x", due=None), "rules.1.due", "must be of type string"),
    Broken("rule_twice", RULES, rule(1, id="H1"), "hypertension htn_followup", "rule 'H1' stands 2 times"),
    Broken("class_of_no_field", RULES, section(doctor_class="grade"), "doctor_class", "'grade' is no text field"),
    Broken("class_never_given", RULES, put(*SECTION, "class", 0, "when", to="1.0 < 2.0"), "hypertension htn_followup", "is never given: '4' always holds"),
    Broken("no_reason", RULES, drop(*SECTION, "rules", 0, "reason"), "rules.0", "lacks 'reason'"),
    Broken("no_such_day", RULES, put("effective_from", to="2026-02-30"), "effective_from", "is not a"),
]  # fmt: skip


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 40
    assert len({case.name for case in BROKEN}) == len(BROKEN)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_schemas(tmp_path_factory.mktemp("broken"))


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_file_is_told_with_its_place(spoilt: Path, case: Broken) -> None:
    whole = (spoilt / case.file).read_bytes()
    try:
        spoil(spoilt, case)
        found = check_folder(spoilt, RULE_CHECKS)
    finally:
        (spoilt / case.file).write_bytes(whole)
    place = case.file if case.file in found else case.file.rpartition("/")[0]
    told = [(m.place, m.message) for m in found[place]]
    assert any(case.place in where and case.told in what for where, what in told), told


def test_neither_part_nor_whole_of_the_folder_has_a_mistake(spoilt: Path) -> None:
    assert check_folder(spoilt, RULE_CHECKS) == {}
    assert check_folder(SCHEMAS, RULE_CHECKS) == {}


@pytest.mark.parametrize("seed", range(40))
def test_no_edit_crashes_the_checks(seed: int) -> None:
    """Anything at any place of a form's three files: a list of mistakes, never an exception."""
    random, library = Random(seed), folder.library(SCHEMAS)  # noqa: S311
    drafts = list(folder.drafts(SCHEMAS))
    for _ in range(8):
        draft = random.choice(drafts)
        part = random.choice(("form", "schema", "ui"))
        spoilt_part = copy.deepcopy(getattr(draft, part))
        _spoil_somewhere(spoilt_part, random)
        parts = {"form": draft.form, "schema": draft.schema, "ui": draft.ui, part: spoilt_part}
        assert isinstance(
            check(type(draft)(draft.place, draft.key, draft.version, **parts), library), list
        )


def _spoil_somewhere(document: Any, random: Random) -> None:
    node = document
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = random.choice(keys)
        below = node[key]
        if not isinstance(below, dict | list) or random.random() < 0.2:
            odd: list[Any] = [
                None,
                "",
                "x",
                7,
                -1,
                [],
                {},
                ["x"],
                {"x": 1},
                True,
                "1.0 +",
                "x" * 3000,
            ]
            if random.random() < 0.3 and isinstance(node, dict):
                del node[key]
            else:
                node[key] = random.choice(odd)
            return
        node = below
