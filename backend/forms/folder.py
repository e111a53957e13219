"""Reading ``schemas/`` from disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from backend.forms.rules.drafts import Draft, Library
from backend.kernel import strict_json


class Unreadable(Exception):
    """A file of the folder is missing or is no JSON.

    :param place: the file, from the folder's root
    """

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


@dataclass(frozen=True)
class RuleDraft:
    """A programme or a vaccine edition before it is published."""

    place: str
    kind: str
    body: Mapping[str, Any]


Broken: TypeAlias = dict[str, str]
"""Files that cannot be read, with the reason; who hands one in gets all the others."""


def library(root: Path, broken: Broken | None = None) -> Library:
    """Code lists, shared schemas and file formats. :raises Unreadable: a file is no JSON"""
    found = [
        (path.stem, _read_or(root, path, broken))
        for path in sorted((root / "common" / "codes").glob("*.json"))
    ]
    codes = [{"name": stem, "codes": [], **body} for stem, body in found if body is not None]
    shared = [_read(root, path) for path in sorted((root / "common").glob("*.json"))]
    meta = [_read(root, path) for path in sorted((root / "meta").glob("*.json"))]
    return Library(
        codes={codes_list["name"]: codes_list for codes_list in codes},
        shared={schema["$id"]: schema for schema in shared},
        meta={schema["$id"]: schema for schema in meta},
    )


def drafts(root: Path, broken: Broken | None = None) -> Iterator[Draft]:
    """Every form and version, by key and version. :raises Unreadable: a file is missing"""
    folders = [path for path in (root / "forms").glob("*/*") if path.name.isdigit()]
    for folder in sorted(folders, key=lambda path: (path.parent.name, int(path.name))):
        names = ("form.json", "data.schema.json", "ui.json")
        form, schema, ui = [_read_or(root, folder / name, broken) for name in names]
        if form is None or schema is None or ui is None:
            continue
        place = folder.relative_to(root).as_posix()
        yield Draft(place, folder.parent.name, int(folder.name), form, schema, ui)


def rule_drafts(root: Path, broken: Broken | None = None) -> Iterator[RuleDraft]:
    """Every programme and vaccine edition. :raises Unreadable: a file is no JSON"""
    for kind, folder in (("programme", "programmes"), ("immunization", "immunization")):
        for path in sorted((root / folder).glob("*.json")):
            body = _read_or(root, path, broken)
            if body is not None:
                yield RuleDraft(path.relative_to(root).as_posix(), kind, body)


def _read_or(root: Path, path: Path, broken: Broken | None) -> dict[str, Any] | None:
    if broken is None:
        return _read(root, path)
    try:
        return _read(root, path)
    except Unreadable as error:
        broken[error.place] = error.message
        return None


def _read(root: Path, path: Path) -> dict[str, Any]:
    place = path.relative_to(root).as_posix()
    try:
        content = strict_json.read(path.read_bytes())
    except FileNotFoundError as error:
        raise Unreadable(place, "is missing") from error
    except strict_json.BadJson as error:
        raise Unreadable(place, f"is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise Unreadable(place, "must hold an object")
    return content
