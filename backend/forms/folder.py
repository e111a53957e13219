"""Reading ``schemas/`` from disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from backend.forms.rules.drafts import Draft, Library


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


def library(root: Path) -> Library:
    """Code lists, shared schemas and file formats. :raises Unreadable: a file is no JSON"""
    codes = [_read(root, path) for path in sorted((root / "common" / "codes").glob("*.json"))]
    shared = [_read(root, path) for path in sorted((root / "common").glob("*.json"))]
    meta = [_read(root, path) for path in sorted((root / "meta").glob("*.json"))]
    return Library(
        codes={codes_list["name"]: codes_list for codes_list in codes},
        shared={schema["$id"]: schema for schema in shared},
        meta={schema["$id"]: schema for schema in meta},
    )


def drafts(root: Path) -> Iterator[Draft]:
    """Every form and version, by key and version. :raises Unreadable: a file is missing"""
    folders = [path for path in (root / "forms").glob("*/*") if path.name.isdigit()]
    for folder in sorted(folders, key=lambda path: (path.parent.name, int(path.name))):
        yield Draft(
            place=folder.relative_to(root).as_posix(),
            key=folder.parent.name,
            version=int(folder.name),
            form=_read(root, folder / "form.json"),
            schema=_read(root, folder / "data.schema.json"),
            ui=_read(root, folder / "ui.json"),
        )


def rule_drafts(root: Path) -> Iterator[RuleDraft]:
    """Every programme and vaccine edition. :raises Unreadable: a file is no JSON"""
    for kind, folder in (("programme", "programmes"), ("immunization", "immunization")):
        for path in sorted((root / folder).glob("*.json")):
            yield RuleDraft(path.relative_to(root).as_posix(), kind, _read(root, path))


def _read(root: Path, path: Path) -> dict[str, Any]:
    place = path.relative_to(root).as_posix()
    try:
        content = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise Unreadable(place, "is missing") from error
    except orjson.JSONDecodeError as error:
        raise Unreadable(place, f"is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise Unreadable(place, "must hold an object")
    return content
