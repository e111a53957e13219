"""A small form that has one of everything, and ways to change it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from backend.forms import folder
from backend.forms.model import FormBundle
from backend.forms.rules import CompiledForm, compile_form, read_bundle
from backend.forms.rules.drafts import Draft, Library, bundle

SCHEMAS = Path(__file__).parents[2] / "schemas"


def text(label: str) -> dict[str, str]:
    return {"zh-CN": label, "en": label}


def field(name: str, control: str = "number", **more: Any) -> dict[str, Any]:
    return {"field": name, "control": control, "label": text(name), "source": "engineering", **more}


YES_NO = {
    "name": "yes_no",
    "source": "engineering",
    "codes": [
        {"code": "1", "label": text("no")},
        {"code": "2", "label": text("yes")},
        {"code": "9", "label": text("not asked"), "retired": True},
    ],
}
SIGNS = {
    "name": "signs",
    "source": "engineering",
    "codes": [{"code": str(n), "label": text(f"sign {n}")} for n in range(4)],
}

FORM: dict[str, Any] = {
    "key": "tiny",
    "version": 1,
    "title": text("tiny"),
    "subject": "resident",
    "visit_date": "visit_date",
    "source": "engineering",
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "visit_date": {"type": "string", "format": "date"},
        "ill": {"type": "string"},
        "temperature": {"type": "number", "minimum": 30, "maximum": 45},
        "fever": {"type": "boolean"},
        "signs": {"type": "array", "items": {"type": "string"}},
        "note": {"type": "string", "maxLength": 10},
        "pills": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "note": {"type": "string"},
                    "dose": {"type": "number"},
                    "total": {"type": "number"},
                },
            },
        },
    },
}
UI: dict[str, Any] = {
    "pages": [
        {
            "id": "first",
            "title": text("first"),
            "items": [
                field("visit_date", "date", required=True),
                field("ill", "choice", codes="yes_no", required=True),
            ],
        },
        {
            "id": "second",
            "title": text("second"),
            "visible": "ill == '2'",
            "items": [
                {
                    "group": "measured",
                    "items": [
                        field("temperature", required=True, soft={"min": 36, "max": 37.4}),
                        field("fever", "computed", compute="temperature >= 38.0"),
                    ],
                },
                field("signs", "choices", codes="signs", exclusive=["0"]),
                field("note", "text", visible="fever", required="'1' in signs", private=True),
                {
                    "repeat": "pills",
                    "label": text("pills"),
                    "max": 2,
                    "source": "engineering",
                    "items": [
                        field("note", "text", required=True),
                        field("dose", visible="note != 'none'", required="fever"),
                        field("total", "computed", compute="dose * 3.0"),
                    ],
                },
            ],
        },
    ],
    "checks": [
        {
            "id": "recent",
            "check": "days_between(visit_date, today) <= 30.0",
            "level": "soft",
            "fields": ["visit_date"],
            "message": text("long ago"),
            "source": "engineering",
        },
        {
            "id": "not_too_much",
            "check": "dose <= 100.0",
            "level": "hard",
            "fields": ["dose", "note"],
            "in": "pills",
            "message": text("too much"),
            "source": "engineering",
        },
    ],
}


def library(**codes: dict[str, Any]) -> Library:
    """The library of this folder, with the lists of the small form."""
    real = folder.library(SCHEMAS)
    return Library({"yes_no": YES_NO, "signs": SIGNS, **codes}, real.shared, real.meta)


def draft(
    form: dict[str, Any] | None = None,
    schema: dict[str, Any] | None = None,
    ui: dict[str, Any] | None = None,
) -> Draft:
    """The small form, or what was made of it."""
    form = form or FORM
    return Draft("forms/tiny/1", form["key"], form["version"], form, schema or SCHEMA, ui or UI)


def changed(document: dict[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    """A copy with another value at a place; ``None`` takes the place away."""
    fresh = copy.deepcopy(document)
    node: Any = fresh
    for step in path[:-1]:
        node = node[step]
    if to is None:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return fresh


def published(made: Draft | None = None, lists: Library | None = None) -> FormBundle:
    """The bundle of a draft."""
    return read_bundle(bundle(made or draft(), lists or library()))


def tiny_form() -> CompiledForm:
    """The small form, ready to be evaluated."""
    return compile_form(published())


def write_folder(
    root: Path, made: Draft | None = None, *, codes: list[dict[str, Any]] | None = None
) -> None:
    """A ``schemas/`` folder on disk with the small form in it."""
    made = made or draft()
    place = root / "forms" / made.key / str(made.version)
    place.mkdir(parents=True, exist_ok=True)
    (root / "common" / "codes").mkdir(parents=True, exist_ok=True)
    files = {
        place / "form.json": made.form,
        place / "data.schema.json": made.schema,
        place / "ui.json": made.ui,
        **{
            root / "common" / "codes" / f"{found['name']}.json": found
            for found in codes or [YES_NO, SIGNS]
        },
    }
    for path, content in files.items():
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    if not (root / "meta").exists():
        (root / "meta").symlink_to(SCHEMAS / "meta")
