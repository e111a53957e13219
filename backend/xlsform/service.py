"""Use cases of the command line: a workbook into ``schemas/``, a form of ``schemas/`` out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.forms import folder
from backend.forms.rules.drafts import Draft, bundle
from backend.forms.rules.reading import read_bundle
from backend.xlsform.exporting import Exported, export_form
from backend.xlsform.importing import form_key, import_book
from backend.xlsform.model import Imported
from backend.xlsform.workbook import read_workbook


@dataclass(frozen=True)
class Written:
    """What an import wrote.

    :param place: the folder of the form, from ``schemas/``
    :param is_new: false when the newest version says the same already
    """

    imported: Imported
    place: str
    is_new: bool


def import_file(content: bytes, name: str, root: Path, *, without_media: bool = False) -> Written:
    """Read a workbook and write the form as its next version, with the code lists it brings.

    :param name: what the form is called where the workbook does not say
    :param root: ``schemas/``
    :param without_media: questions of sound and film, and what stands beside a text, are left out
    :raises backend.xlsform.model.NotImported: nothing was written
    :raises backend.forms.folder.Unreadable: a file of ``schemas/`` is no JSON
    """
    library = folder.library(root)
    book = read_workbook(content)
    key = form_key(book.sheets, name)
    known = [draft for draft in folder.drafts(root) if draft.key == key]
    if known:
        newest = known[-1].version
        again = import_book(book, library, name=name, version=newest, without_media=without_media)
        if _same(again, known[-1]) and not _changed(again.codes, library.codes):
            return Written(again, known[-1].place, False)
    version = known[-1].version + 1 if known else 1
    earlier = [read_bundle(bundle(draft, library)) for draft in known]
    made = import_book(
        book, library,
        name=name, version=version, earlier=earlier, without_media=without_media,
    )  # fmt: skip
    place = f"forms/{key}/{version}"
    for code_list, body in made.codes.items():
        _write(root / "common" / "codes" / f"{code_list}.json", body)
    _write(root / place / "ui.json", made.ui)
    _write(root / place / "data.schema.json", made.schema)
    _write(root / place / "form.json", made.form)  # the last one: without it there is no form
    return Written(made, place, True)


def export_file(key: str, root: Path) -> Exported:
    """The newest version of a form as a workbook.

    :raises LookupError: there is no such form
    :raises backend.forms.folder.Unreadable: a file of ``schemas/`` is no JSON
    """
    known = [draft for draft in folder.drafts(root) if draft.key == key]
    if not known:
        raise LookupError(key)
    return export_form(bundle(known[-1], folder.library(root)))


def _same(imported: Imported, draft: Draft) -> bool:
    return (imported.form, imported.schema, imported.ui) == (draft.form, draft.schema, draft.ui)


def _changed(codes: Mapping[str, Any], library: Mapping[str, Any]) -> bool:
    return any(library.get(name) != body for name, body in codes.items())


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
