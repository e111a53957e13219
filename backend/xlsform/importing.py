"""An XLSForm workbook in, a form of ours out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pyxform import aliases

from backend.forms.model import FormBundle
from backend.forms.rules.drafts import Draft, Library
from backend.forms.rules.publishing import check
from backend.xlsform.building import Builder
from backend.xlsform.choices import CodeLists, acknowledged, columns_read, read_choices
from backend.xlsform.columns import OWN, Row, rows_of, tell_doubles
from backend.xlsform.judging import judged
from backend.xlsform.model import Book, Finding, Findings, Imported, NotImported, Place, Sheet
from backend.xlsform.names import as_key
from backend.xlsform.paging import pages
from backend.xlsform.survey import ACKNOWLEDGED, Node, read_survey
from backend.xlsform.symbols import Symbols
from backend.xlsform.wordings import Wordings
from backend.xlsform.workbook import read_workbook

SOURCE = "unverified"
"""Where a form came from that nobody here has compared with a specification."""

VISIT_DATE = {
    "field": "visit_date",
    "control": "date",
    "label": {"zh-CN": "随访日期", "en": "Visit date"},
    "required": True,
    "default": "today",
    "source": "engineering",
}


def import_workbook(
    content: bytes,
    library: Library,
    *,
    name: str = "form",
    version: int = 1,
    earlier: Sequence[FormBundle] = (),
    without_media: bool = False,
) -> Imported:
    """Read an .xlsx into a form.

    :param name: what the form is called where the workbook does not say: the file's name
    :param earlier: the versions that stand already; the new one is checked against them
    :param without_media: questions of sound and film, and what stands beside a text, are left out
    :raises NotImported: with everything that stands in the way
    """
    return import_book(
        read_workbook(content), library,
        name=name, version=version, earlier=earlier, without_media=without_media,
    )  # fmt: skip


def import_book(
    book: Book,
    library: Library,
    *,
    name: str = "form",
    version: int = 1,
    earlier: Sequence[FormBundle] = (),
    without_media: bool = False,
) -> Imported:
    """The same of a workbook that was read already."""
    findings = Findings(without_media=without_media)
    findings.notes.extend(book.notes)
    made = _Import({sheet.name: sheet for sheet in book.sheets}, library, name, version, findings)
    imported = made.run()
    complaint = judged(book.sheets)
    if complaint is not None and not _told(findings.refused, complaint):
        findings.refused.append(complaint)
    if not findings.refused:
        made.check(imported, earlier)
    if findings.refused:
        raise NotImported(tuple(findings.refused), tuple(findings.notes))
    return imported


def _told(refused: Sequence[Finding], complaint: Finding) -> bool:
    """Whether our own words about a row say what pyxform says of it."""
    row = complaint.place.row
    return row is not None and any(
        f.place.sheet == complaint.place.sheet and f.place.row == row for f in refused
    )


def form_key(sheets: Sequence[Sheet], name: str) -> str:
    """The key that a workbook's form will have."""
    settings = next((rows_of(sheet)[:1] for sheet in sheets if sheet.name == "settings"), ())
    return as_key((settings[0].text("id_string") if settings else "") or name)


class _Import:
    def __init__(
        self,
        sheets: Mapping[str, Sheet],
        library: Library,
        name: str,
        version: int,
        findings: Findings,
    ) -> None:
        for sheet in sheets.values():
            tell_doubles(sheet, findings)
        self._survey = rows_of(sheets.get("survey"))
        self._choice_rows = rows_of(sheets.get("choices"))
        self._check_rows = rows_of(sheets.get(f"{OWN}_checks"))
        settings = rows_of(sheets.get("settings"))
        self._settings = settings[0] if settings else Row(Place("settings"), {})
        self._library, self._findings, self._version = library, findings, version
        self._key = as_key(self._settings.text("id_string") or name)
        self._own = self._own_head()
        self._source = str(self._own.get("source", SOURCE))

    def run(self) -> Imported:
        """Everything, even when something is refused: the rest is looked at too."""
        findings = self._findings
        labels = {row.text("name"): row for row in self._survey if row.text("name")}
        wordings = Wordings(
            [*self._survey, *self._choice_rows],
            self._settings.text("default_language"),
            findings,
            lambda name: _label_of(labels.get(name)),
        )
        nodes = read_survey(self._survey, findings)
        allowed = self._settings.text("allow_choice_duplicates")
        choices = read_choices(
            self._choice_rows,
            findings,
            doubles=aliases.yes_no.get(allowed, False),
            filters=columns_read([row.text("choice_filter") for row in self._survey]),
        )
        choices.setdefault(ACKNOWLEDGED, acknowledged(Place("survey")))
        symbols = Symbols(nodes, choices, findings)
        lists = CodeLists(self._key, self._source, self._library.codes, wordings, findings)
        builder = Builder(symbols, wordings, lists, choices, self._source, findings)
        self._builder, self._symbols = builder, symbols
        title = self._title()
        found = pages(nodes, builder, wordings, title)
        form = self._head(nodes, title, found)
        ui: dict[str, Any] = {"pages": found}
        checks = [*builder.checks, *self._checks(wordings)]
        if checks:
            ui["checks"] = checks
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"suifang:forms/{self._key}/{self._version}",
            "title": title["en"],
            "type": "object",
            "additionalProperties": False,
            "properties": builder.properties,
        }
        return Imported(self._key, form, schema, ui, lists.made, tuple(findings.notes))

    def check(self, imported: Imported, earlier: Sequence[FormBundle]) -> None:
        """What publishing would say, told at the row that it comes from."""
        place = f"forms/{imported.key}/{self._version}"
        form, schema, ui = imported.form, imported.schema, imported.ui
        draft = Draft(place, imported.key, self._version, form, schema, ui)
        codes = {**self._library.codes, **imported.codes}
        library = Library(codes, self._library.shared, self._library.meta)
        for mistake in check(draft, library, earlier):
            row = self._row_of(mistake.place)
            told = mistake.message if row != _WHOLE else f"{mistake.place}: {mistake.message}"
            self._findings.refuse(row, told)

    def _row_of(self, place: str) -> Place:
        words = place.replace("checks ", "").split()
        for word in reversed(words):
            for name in (word, word.removesuffix("_constraint"), word.removesuffix("_count")):
                if name in self._builder.places:
                    return self._builder.places[name]
        return _WHOLE

    def _title(self) -> dict[str, str]:
        title = self._settings.text("title") or self._key
        own = self._own.get("title")
        return dict(own) if isinstance(own, dict) else {"zh-CN": title, "en": title}

    def _own_head(self) -> dict[str, Any]:
        text = self._settings.text(OWN)
        try:
            found = orjson.loads(text) if text else {}
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            told = 'must hold a JSON object such as {"subject": "household"}'
            self._findings.refuse(self._settings.at(OWN), told)
            return {}
        return found

    def _head(
        self, nodes: list[Node], title: dict[str, str], found: list[dict[str, Any]]
    ) -> dict[str, Any]:
        visit_date = self._own.get("visit_date") or self._visit_date(nodes, found)
        return {
            "key": self._key,
            "version": self._version,
            "title": title,
            "subject": "resident",
            "visit_date": visit_date,
            "source": self._source,
            **{name: value for name, value in self._own.items() if name not in ("key", "version")},
        }

    def _visit_date(self, nodes: list[Node], found: list[dict[str, Any]]) -> str:
        """The day of the visit: a field of that name, one that is today by default, else ours."""
        dates = [node for node in _questions(nodes) if node.kind in ("date", "today")]
        for node in dates:
            default = node.row.text("default").replace(" ", "")
            if node.kind == "date" and (node.name == "visit_date" or default == "today()"):
                return self._symbols.name_of(node)
        name = self._symbols.names.give("visit_date", Place("survey"))
        self._builder.properties[name] = {"type": "string", "format": "date"}
        found[0]["items"].insert(0, dict(VISIT_DATE))
        told = "no question holds the day of the visit: 'visit_date' is asked first"
        self._findings.note(Place("survey"), told)
        return name

    def _checks(self, wordings: Wordings) -> list[dict[str, Any]]:
        """The sheet ``suifang_checks``: what must hold between several answers."""
        made: list[dict[str, Any]] = []
        for row in self._check_rows:
            message = wordings.text(row, "message")
            if message is None or not row.text("check"):
                self._findings.refuse(row.place, "needs a check and a message")
                continue
            made.append(
                {
                    "id": row.text("id") or f"check_{row.place.row}",
                    "check": row.text("check"),
                    "level": row.text("level") or "hard",
                    "fields": row.text("fields").split(),
                    **({"in": row.text("in")} if row.text("in") else {}),
                    "message": message,
                    "source": row.text("source") or self._source,
                }
            )
        return made


_WHOLE = Place("workbook")


def _questions(nodes: list[Node]) -> list[Node]:
    """Every question outside of repeats."""
    found: list[Node] = []
    for node in nodes:
        found.extend(_questions(node.children) if node.kind == "group" else [node])
    return found


def _label_of(row: Row | None) -> dict[str, str] | None:
    if row is None:
        return None
    cells = row.languages("label")
    text = next((cell.text for cell in cells.values()), row.text("name"))
    found = {"zh-CN": text, "en": text}
    for language, cell in cells.items():
        for ours, marks in (("zh-CN", ("zh", "chinese", "中文")), ("en", ("en", "english"))):
            if any(mark in language.lower() for mark in marks):
                found[ours] = cell.text
    return found
