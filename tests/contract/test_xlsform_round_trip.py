"""Our own forms as XLSForm workbooks and back: the same answers mean the same."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from backend.forms import folder
from backend.forms.model import Context, FormBundle
from backend.forms.rules import CompiledForm, compile_form, evaluate, read_bundle
from backend.forms.rules.drafts import Draft, Library, bundle
from backend.xlsform.exporting import export_form
from backend.xlsform.importing import import_workbook
from tests.contract.shared_cases import SCHEMAS, forms, named


@cache
def library() -> Library:
    return folder.library(SCHEMAS)


@cache
def again(key: str) -> CompiledForm:
    """A form after a journey through Excel."""
    here = forms()[key].bundle
    content = export_form(here.body).content
    made = import_workbook(content, library(), version=here.version)
    draft = Draft("there", made.key, here.version, made.form, made.schema, made.ui)
    lists = Library({**library().codes, **made.codes}, library().shared, library().meta)
    return compile_form(read_bundle(bundle(draft, lists)))


def context(told: dict[str, Any]) -> Context:
    birth, programmes = told.get("resident_birth_date"), told.get("resident_programmes")
    return Context(
        today=date.fromisoformat(told["today"]),
        resident_birth_date=None if birth is None else date.fromisoformat(birth),
        resident_sex=told.get("resident_sex"),
        resident_programmes=None if programmes is None else tuple(programmes),
    )


@pytest.mark.parametrize(("file", "case"), named("forms/*.json"))
def test_the_same_answers_mean_the_same(file: Any, case: Any) -> None:
    answers = {**file.get("base", {}), **case.get("answers", {})}
    answers = {name: value for name, value in answers.items() if value is not None}
    asked = context({**file.get("base_context", {}), **case.get("context", {})})
    confirmed = case.get("confirmed", ())

    here = evaluate(forms()[file["form"]], answers, asked, confirmed)
    there = evaluate(again(file["form"]), answers, asked, confirmed)

    assert there.visible == here.visible
    assert there.required == here.required
    assert there.computed == here.computed
    by_place = lambda v: (v["path"], v["code"])  # noqa: E731
    told = sorted((v.as_json() for v in there.violations), key=by_place)
    assert told == sorted((v.as_json() for v in here.violations), key=by_place)


def outline(made: FormBundle) -> Any:
    """What a form is beside its expressions: they are compared by what they do."""
    spoken = ("visible", "required", "compute", "default", "where", "check")

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: plain(value) for name, value in node.items() if name not in spoken}
        return [plain(value) for value in node] if isinstance(node, list) else node

    ui = plain(made.body["ui"])
    ui["checks"] = sorted(ui.get("checks", []), key=lambda check: str(check["id"]))
    schema = {n: v for n, v in made.body["schema"].items() if n in ("properties", "type")}
    return {"form": made.body["form"], "ui": ui, "schema": schema, "codes": made.body["codes"]}


@pytest.mark.parametrize("key", sorted(forms()))
def test_nothing_but_the_wording_of_expressions_changes(key: str) -> None:
    assert outline(again(key).bundle) == outline(forms()[key].bundle)
