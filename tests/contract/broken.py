"""Forms and rules that must never reach a phone: the real ones, each with one thing wrong.

A case is an edit of one file of ``schemas/`` and what its author is told. The real files are the
starting point, so that a case stays a case when they grow.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.shared_cases import SCHEMAS

FORM = "forms/household_visit/1"
ROWS = "forms/delivery_notice/1"
RULES = "programmes/hypertension.json"
CODES = "common/codes/visit_mode.json"

Edit = Callable[[Any], Any]


@dataclass(frozen=True)
class Broken:
    """One edit of one file.

    :param file: from the root of ``schemas``
    :param edit: changes the parsed document in place; a text it returns is written as it is
    :param told: part of the message, and of the place before it
    """

    name: str
    file: str
    edit: Edit
    place: str
    told: str


def copy_of_schemas(to: Path) -> Path:
    """The real folder, to be spoilt; without what no case is about."""
    root = to / "schemas"
    shutil.copytree(SCHEMAS, root, ignore=_others)
    return root


def _others(folder: str, names: list[str]) -> list[str]:
    """What no case touches: it would only be checked again and again."""
    kept = _KEPT.get(Path(folder).relative_to(SCHEMAS).as_posix())
    return [name for name in names if name == "cases" or (kept is not None and name not in kept)]


_KEPT = {
    "forms": {
        *("household_visit", "delivery_notice", "household", "resident", "site"),
        *("bp_reading", "referral_check", "enrolment", "htn_followup"),
    },
    "programmes": {"hypertension.json"},
    "immunization": set[str](),
}


def spoil(root: Path, case: Broken) -> None:
    """Write the edited file."""
    path = root / case.file
    document = json.loads(path.read_text(encoding="utf-8"))
    written = case.edit(document)
    text = written if isinstance(written, str) else json.dumps(document, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def at(document: Any, *path: str | int) -> Any:
    """The node at a path."""
    for step in path:
        document = document[step]
    return document


def put(*path: str | int, to: Any) -> Edit:
    """Another value at a place."""

    def edit(document: Any) -> None:
        at(document, *path[:-1])[path[-1]] = to

    return edit


def drop(*path: str | int) -> Edit:
    """Nothing at a place."""

    def edit(document: Any) -> None:
        del at(document, *path[:-1])[path[-1]]

    return edit


def field(name: str, **changes: Any) -> Edit:
    """Members of a field of ui.json, wherever it stands; ``None`` takes one away."""

    def edit(document: Any) -> None:
        found = [item for page in document["pages"] for item in _fields(page["items"])]
        item = next(i for i in found if name in (i.get("field"), i.get("repeat")))
        for member, value in changes.items():
            if value is None:
                del item[member]
            else:
                item[member] = value

    return edit


def rule(number: int, **changes: Any) -> Edit:
    """Members of a rule of the hypertension follow-up."""

    def edit(document: Any) -> None:
        document["services"][1]["on"]["htn_followup"]["rules"][number].update(changes)

    return edit


def section(**changes: Any) -> Edit:
    """Members of the section of the hypertension follow-up."""

    def edit(document: Any) -> None:
        document["services"][1]["on"]["htn_followup"].update(changes)

    return edit


def _fields(items: list[Any]) -> list[Any]:
    found = []
    for item in items:
        found += _fields(item["items"]) if "group" in item else [item]
        found += item["items"] if "repeat" in item else []
    return found
