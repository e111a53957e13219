"""Loading ``schemas/cases``: what phone and server must work out alike."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backend.followups.rules import Programmes, compile_programme, programmes
from backend.forms import folder
from backend.forms.model import FieldTypes
from backend.forms.rules import CompiledForm, compile_form, read_bundle
from backend.forms.rules.drafts import bundle

SCHEMAS = Path(__file__).parents[2] / "schemas"
CASES = SCHEMAS / "cases"


def load(name: str) -> dict[str, Any]:
    """One file of cases."""
    content: dict[str, Any] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return content


def named(pattern: str) -> list[Any]:
    """Every case of the files that match, as ``pytest.param(file, case)``."""
    found = [
        pytest.param(file, case, id=f"{path.stem}:{case['id']}")
        for path in sorted(CASES.glob(pattern))
        for file in [json.loads(path.read_text(encoding="utf-8"))]
        for case in file["cases"]
    ]
    assert found, f"no cases match {pattern}"
    return found


@cache
def forms() -> dict[str, CompiledForm]:
    """Every form of ``schemas/forms``, newest version, compiled as publishing would."""
    library = folder.library(SCHEMAS)
    return {
        draft.key: compile_form(read_bundle(bundle(draft, library)))
        for draft in folder.drafts(SCHEMAS)
    }


def types() -> dict[str, FieldTypes]:
    """Field types of every form."""
    return {key: form.types for key, form in forms().items()}


@cache
def all_programmes() -> Programmes:
    """Every programme of ``schemas/programmes``."""
    drafts = [draft for draft in folder.rule_drafts(SCHEMAS) if draft.kind == "programme"]
    return programmes(tuple(compile_programme(draft.body, types()) for draft in drafts))
