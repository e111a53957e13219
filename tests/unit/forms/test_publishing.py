"""What stops a form from being published, and what a new version may change."""

from __future__ import annotations

from typing import Any

import pytest

from backend.forms.rules.publishing import check
from tests.builders.forms import (
    FORM,
    SCHEMA,
    SIGNS,
    UI,
    YES_NO,
    changed,
    draft,
    field,
    library,
    published,
    text,
)

SECOND = ("pages", 1, "items")


def told(**change: Any) -> list[str]:
    lists = change.pop("library", library())
    return [f"{m.place}: {m.message}" for m in check(draft(**change), lists)]


def test_the_small_form_can_be_published() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        ((*SECOND, 2, "visible"), "colour == '1'", "'colour' is not known"),
        ((*SECOND, 2, "visible"), "size(pills) > 0", "reads 'pills', which stands later"),
        ((*SECOND, 0, "items", 1, "compute"), "fever", "reads 'fever', which stands later"),
        ((*SECOND, 0, "items", 1, "compute"), "temperature", "gives number, not bool"),
        ((*SECOND, 0, "items", 1, "compute"), "temperature >= 38", "decimal point"),
        ((*SECOND, 0, "items", 1, "compute"), "[1.0][3] > 1.0", "fails when"),
        ((*SECOND, 0, "items", 1, "compute"), None, "says not how"),
        ((*SECOND, 0, "items", 1, "required"), True, "nobody can be asked"),
        ((*SECOND, 3, "items", 1, "visible"), "total > 1.0", "reads 'total'"),
        ((*SECOND, 3, "items", 1, "required"), "total >", "Syntax error"),
        ((*SECOND, 0, "items", 0, "soft", "max"), "today", "gives text, not number"),
        ((*SECOND, 0, "items", 0, "field"), "heat", "is not in data.schema.json"),
        ((*SECOND, 0, "items", 0, "field"), "heat", "has no control"),
        ((*SECOND, 0, "items", 0, "field"), "today", "variable of every form"),
        ((*SECOND, 0, "items", 0, "field"), "while", "word of the language"),
        ((*SECOND, 0, "items", 0, "field"), "note", "stands twice"),
        ((*SECOND, 0, "items", 0, "control"), "date", "cannot hold number"),
        ((*SECOND, 1, "codes"), "colours", "no code list 'colours'"),
        ((*SECOND, 1, "exclusive"), ["8"], "'8' of exclusive has no label"),
        ((*SECOND, 1, "only_codes"), ["0", "7"], "'7' of only_codes has no label"),
        (("checks", 0, "fields"), ["heat"], "there is no field 'heat'"),
        (("checks", 1, "in"), "drinks", "there is no repeat 'drinks'"),
        (("checks", 1, "check"), "dose <= 100", "decimal point"),
        (("pages", 1, "visible"), "ill >", "Syntax error"),
        (("pages", 0, "items"), [], "pages.0.items"),
    ],
)
def test_mistakes_of_ui_json(path: tuple[str | int, ...], to: Any, message: str) -> None:
    assert any(message in one for one in told(ui=changed(UI, *path, to=to)))


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        (("properties", "ill", "enum"), ["1", "3"], "'3' of data.schema.json has no label"),
        (("properties", "colour"), {"type": "string"}, "colour: has no control"),
        (("properties", "note", "pattern"), "(?=a)", "regex"),
        (("properties", "note", "oneOf"), [{}], "keywords not in use here: oneOf"),
        (("additionalProperties",), True, "additionalProperties: false"),
        (("required",), ["note"], "'note' is not always shown and required"),
        (("properties", "note", "$ref"), "suifang:nowhere", "cannot be read"),
        (("properties", "note", "type"), None, "cannot be read"),
    ],
)
def test_mistakes_of_the_shape(path: tuple[str | int, ...], to: Any, message: str) -> None:
    assert any(message in one for one in told(schema=changed(SCHEMA, *path, to=to)))


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        (("version",), 2, "the folder another"),
        (("visit_date",), "ill", "is no date"),
        (("visit_outcome",), "temperature", "is no code"),
        (("summary",), ["heat"], "no field 'heat'"),
        (("offer",), "ill == '1'", "'ill' is not known"),
        (("registration_map",), {"name": "heat"}, "no field 'heat'"),
        (("colour",), "red", "form.json"),
    ],
)
def test_mistakes_of_form_json(path: tuple[str | int, ...], to: Any, message: str) -> None:
    made = draft(form=changed(FORM, *path, to=to))
    made = type(made)(made.place, "tiny", 1, made.form, made.schema, made.ui)
    assert any(message in f"{m.place}: {m.message}" for m in check(made, library()))


def test_every_mistake_is_told_at_once() -> None:
    ui = changed(UI, *SECOND, 2, "visible", to="colour == '1'")
    ui = changed(ui, "checks", 1, "check", to="dose <= 100")
    assert len(told(ui=ui)) == 2


def test_the_bundle_knows_the_codes_of_its_lists_and_the_room_of_its_repeats() -> None:
    properties = published().schema["properties"]
    assert properties["ill"]["enum"] == ["1", "2", "9"]
    assert properties["signs"]["items"]["enum"] == ["0", "1", "2", "3"]
    assert properties["pills"]["maxItems"] == 2


def test_the_same_files_give_the_same_digest() -> None:
    assert published().sha256 == published().sha256


def test_shared_pieces_are_written_out() -> None:
    schema = changed(SCHEMA, "properties", "note", to={"$ref": "#/$defs/short", "maxLength": 5})
    schema["$defs"] = {"short": {"type": "string", "maxLength": 20, "minLength": 2}}
    made = published(draft(schema=schema))
    assert made.schema["properties"]["note"] == {"type": "string", "maxLength": 5, "minLength": 2}
    assert "$defs" not in made.schema


def _second(schema: dict[str, Any] = SCHEMA, ui: dict[str, Any] = UI) -> Any:
    made = draft(form=changed(FORM, "version", to=2), schema=schema, ui=ui)
    return type(made)("forms/tiny/2", "tiny", 2, made.form, made.schema, made.ui)


def test_a_new_version_may_add_and_take_away() -> None:
    schema = changed(SCHEMA, "properties", "note", to=None)
    schema["properties"]["weight"] = {"type": "number"}
    ui = changed(UI, *SECOND, 2, to=field("weight"))
    assert check(_second(schema, ui), library(), [published()]) == []


def test_a_new_version_never_changes_a_type() -> None:
    schema = changed(SCHEMA, "properties", "note", to={"type": "number"})
    ui = changed(UI, *SECOND, 2, to=field("note"))
    found = check(_second(schema, ui), library(), [published()])
    assert ["was text since version 1" in m.message for m in found] == [True]


def test_a_code_is_never_given_another_meaning() -> None:
    other = changed(YES_NO, "codes", 0, "label", to=text("perhaps"))
    found = check(_second(), library(yes_no=other), [published()])
    assert ["needs a new code" in m.message for m in found] == [True]


def test_a_label_may_be_put_right_in_one_language() -> None:
    better = changed(YES_NO, "codes", 0, "label", "zh-CN", to="无")
    assert check(_second(), library(yes_no=better), [published()]) == []


def test_a_retired_code_never_comes_back() -> None:
    retired = changed(SIGNS, "codes", 3, to={**SIGNS["codes"][3], "retired": True})
    first = published(lists=library(signs=retired))
    found = check(_second(), library(), [first])
    assert ["was retired since version 1" in m.message for m in found] == [True]
