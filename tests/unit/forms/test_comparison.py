# ruff: noqa: E501  (a table is read by its columns)
"""What the author of a new version is shown beside the old one."""

from __future__ import annotations

from typing import Any

import pytest

from backend.forms.rules.comparison import compare
from tests.builders.forms import (
    FORM,
    SCHEMA,
    SIGNS,
    UI,
    changed,
    draft,
    field,
    library,
    published,
    text,
)

SECOND = ("pages", 1, "items")


def told(**change: Any) -> list[tuple[str, str, str, Any, Any]]:
    lists = change.pop("library", library())
    new = published(draft(**change), lists)
    return [(c.kind, c.path, c.aspect, c.before, c.after) for c in compare(published(), new)]


def test_nothing_differs_from_itself() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        ((*SECOND, 2, "visible"), "!fever", ("changed", "note", "visible", "fever", "!fever")),
        ((*SECOND, 1, "label"), text("all signs"), ("changed", "signs", "label", text("signs"), text("all signs"))),
        ((*SECOND, 3, "items", 1, "required"), True, ("changed", "pills.dose", "required", "fever", True)),
        ((*SECOND, 1, "only_codes"), ["0", "1", "2"], ("removed", "signs", "code 3", text("sign 3"), None)),
        (("checks", 0, "level"), "hard", ("changed", "check:recent", "level", "soft", "hard")),
        (("pages", 1, "visible"), None, ("changed", "page:second", "visible", "ill == '2'", None)),
    ],
)  # fmt: skip
def test_a_change_is_told_where_it_is(path: Any, to: Any, expected: Any) -> None:
    assert told(ui=changed(UI, *path, to=to)) == [expected]


def test_a_range_is_told_with_its_field() -> None:
    schema = changed(SCHEMA, "properties", "temperature", "maximum", to=43)
    assert told(schema=schema) == [("changed", "temperature", "maximum", 45, 43)]


def test_fields_come_and_go() -> None:
    ui = changed(UI, *SECOND, 2, to=field("remark", "text"))
    schema = changed(SCHEMA, "properties", "remark", to={"type": "string"})
    schema = changed(schema, "properties", "note", to=None)
    assert [(kind, path) for kind, path, *_ in told(ui=ui, schema=schema)] == [
        ("added", "remark"),
        ("removed", "note"),
    ]


def test_what_the_form_is_comes_first() -> None:
    found = told(form=changed(FORM, "subject", to="household"))
    assert found == [("changed", "form", "subject", "resident", "household")]


def test_a_label_of_a_shared_list_is_told_at_the_field() -> None:
    relabelled = changed(SIGNS, "codes", 1, "label", to=text("fits"))
    expected = ("changed", "signs", "code 1", text("sign 1"), text("fits"))
    assert told(library=library(signs=relabelled)) == [expected]
