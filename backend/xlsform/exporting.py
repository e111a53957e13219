"""A form of ours out, as an XLSForm workbook.

What XLSForm has a word for stands in its columns. What it has none for stands as our own JSON in
the column ``suifang``, so that nothing is lost on the way back, and beside it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import orjson

from backend.forms.rules.compiling import scope_types
from backend.forms.rules.reading import field_types
from backend.xlsform.columns import OWN
from backend.xlsform.from_cel import Speaker, Unsayable
from backend.xlsform.model import Finding, Place
from backend.xlsform.names import as_key
from backend.xlsform.saying import (
    MEMBERS,
    YES_NO,
    Question,
    constraint_of,
    limits_of,
    type_of,
)
from backend.xlsform.sheets import written

LANGUAGES = {"zh-CN": "Chinese (zh)", "en": "English (en)"}
NOTE = f"{OWN}_note"
SURVEY = (
    "type", "name", *(f"label::{name}" for name in LANGUAGES.values()),
    *(f"hint::{name}" for name in LANGUAGES.values()), "required",
    *(f"required_message::{name}" for name in LANGUAGES.values()), "relevant", "constraint",
    *(f"constraint_message::{name}" for name in LANGUAGES.values()), "calculation", "default",
    "appearance", "choice_filter", OWN, NOTE,
)  # fmt: skip
CHOICES = ("list_name", "name", *(f"label::{name}" for name in LANGUAGES.values()), OWN)
SETTINGS = (
    "form_title",
    "form_id",
    "version",
    "default_language",
    "allow_choice_duplicates",
    OWN,
)
CHECKS = (
    "id",
    "check",
    "level",
    "fields",
    "in",
    "source",
    *(f"message::{name}" for name in LANGUAGES.values()),
)


@dataclass(frozen=True)
class Exported:
    """A workbook.

    :param content: the .xlsx
    :param unsaid: what other apps will not understand, each with its row
    """

    content: bytes
    unsaid: tuple[Finding, ...]


def export_form(body: Mapping[str, Any]) -> Exported:
    """A bundle as a workbook."""
    made = _Export(body)
    made.run()
    sheets = {
        "survey": (SURVEY, made.survey),
        "choices": ((*CHOICES, *sorted(made.columns)), made.choices),
        "settings": (SETTINGS, made.settings),
    }
    if made.checks:
        sheets[f"{OWN}_checks"] = (CHECKS, made.checks)
    return Exported(written(sheets), tuple(made.unsaid))


@dataclass
class _Line:
    """A row in the making.

    :param own: what goes into the column ``suifang``
    :param notes: the same in words
    """

    cells: dict[str, str]
    own: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class _Export:
    def __init__(self, body: Mapping[str, Any]) -> None:
        self._form, self._schema, self._ui = body["form"], body["schema"], body["ui"]
        self._codes = body["codes"]
        self._types = field_types(self._schema)
        self._checks = list(self._ui.get("checks", ()))
        self._fields = [*self._types.fields, *(c for row in self._types.rows.values() for c in row)]
        self._taken = set(self._fields)
        self.survey: list[dict[str, str]] = []
        self.choices: list[dict[str, str]] = []
        self.settings: list[dict[str, str]] = []
        self.checks: list[dict[str, str]] = []
        self.columns: set[str] = set()
        self._doubles = False
        self.unsaid: list[Finding] = []

    def run(self) -> None:
        for page in self._ui["pages"]:
            line = self._named("begin_group", page["id"])
            line.cells |= {"appearance": "field-list", **texts("label", page["title"])}
            self._visible(line, page, None)
            self._end(line)
            self._items(page["items"], None)
            self.survey.append({"type": "end_group"})
        self._code_lists()
        self._settings()
        for check in self._checks:
            self.checks.append(_check_row(check))
            told = "stands in the sheet suifang_checks: other apps do not know it"
            self.unsaid.append(Finding(Place("checks", None, check["id"]), told))

    def _speaker(self, repeat: str | None, itself: str | None = None) -> Speaker:
        columns = self._types.rows.get(repeat or "", {})
        # A name that stands in two places cannot be said with ${...}.
        fields = {*self._types.fields, *columns}
        clear = frozenset(name for name in fields if self._fields.count(name) == 1)
        return Speaker(scope_types(self._types, repeat), clear, itself)

    def _items(self, items: Iterable[Mapping[str, Any]], repeat: str | None) -> None:
        for item in items:
            if "group" in item or "repeat" in item:
                self._container(item)
            elif "note" in item:
                line = self._named("note", item["note"])
                line.cells |= texts("label", item["text"])
                line.own |= {"tone": item["tone"]} if "tone" in item else {}
                self._visible(line, item, None)
                self._end(line)
            else:
                self._question(item, repeat)

    def _container(self, item: Mapping[str, Any]) -> None:
        kind = "repeat" if "repeat" in item else "group"
        line = _Line({"type": "begin_repeat", "name": item[kind]})
        if kind == "group":
            line = self._named("begin_group", item["group"])
        line.cells |= texts("label", item.get("label"))
        known = {kind, "label", "visible", "items"}
        line.own |= {name: value for name, value in item.items() if name not in known}
        if kind == "repeat":
            if line.own.get("source") == self._form["source"]:
                del line.own["source"]
            shape = self._schema["properties"][item["repeat"]]
            limits = {n: v for n, v in shape.items() if n not in ("type", "items", "maxItems")}
            line.own |= {"schema": limits} if limits else {}
        self._visible(line, item, None)
        self._end(line)
        self._items(item["items"], item["repeat"] if kind == "repeat" else None)
        self.survey.append({"type": f"end_{kind}"})

    def _named(self, kind: str, name: str) -> _Line:
        """A row of a group or note: in XLSForm it shares its names with the questions."""
        written, number = name, 2
        while written in self._taken:
            written, number = f"{name}_{number}", number + 1
        self._taken.add(written)
        own = {"key": name} if as_key(written) != name else {}
        return _Line({"type": kind, "name": written}, own)

    def _question(self, item: Mapping[str, Any], repeat: str | None) -> None:
        name = item["field"]
        home = self._schema["properties"]
        shape = home[repeat]["items"]["properties"][name] if repeat else home[name]
        kinds = self._types.rows[repeat] if repeat else self._types.fields
        question = Question(item, shape, kinds[name], self._codes.get(item.get("codes", "")))
        line = _Line({"name": name, **type_of(question)})
        line.cells |= texts("label", item["label"]) | texts("hint", item.get("hint"))
        line.cells |= texts("required_message", item.get("required_message"))
        line.own = question.own(str(self._form["source"]))
        self._visible(line, item, repeat)
        self._expressions(line, question, repeat)
        self._constraint(line, question, repeat)
        self._end(line)

    def _expressions(self, line: _Line, question: Question, repeat: str | None) -> None:
        item, speaker = question.item, self._speaker(repeat)
        required = item.get("required", False)
        if required is True:
            line.cells["required"] = "yes"
        elif required:
            _say(line, "required", "required", required, speaker.condition)
        if "compute" in item:
            say = partial(speaker.value, kind=question.kind)
            _say(line, "compute", "calculation", item["compute"], say)
            if "compute" in line.own:
                line.own["schema"] = question.shape
                line.cells["calculation"] = "''"
        if "default" in item:
            say = partial(speaker.value, kind=question.kind)
            _say(line, "default", "default", item["default"], question.plain_default or say)
        if "where" in item:
            _say(line, "where", "choice_filter", item["where"], partial(_filter, speaker))

    def _visible(self, line: _Line, item: Mapping[str, Any], repeat: str | None) -> None:
        if item.get("visible", True) is not True:
            condition = self._speaker(repeat).condition
            _say(line, "visible", "relevant", item["visible"], condition)

    def _constraint(self, line: _Line, question: Question, repeat: str | None) -> None:
        """What is a matter of shape, else the one check that is about this question first."""
        name, limits = question.item["field"], limits_of(question)
        if limits:
            line.cells["constraint"] = limits
            return
        for check in self._checks:
            if check["fields"][0] == name and check.get("in") == repeat:
                said = constraint_of(check, self._speaker(repeat, name))
                if said is None:
                    continue
                line.cells |= {"constraint": said, **texts("constraint_message", check["message"])}
                source = {} if check["source"] == self._form["source"] else check["source"]
                line.own["check"] = {"id": check["id"], "fields": check["fields"]}
                line.own["check"] |= {"source": source} if source else {}
                self._checks.remove(check)
                return

    def _end(self, line: _Line) -> None:
        if line.own:
            line.cells[OWN] = orjson.dumps(line.own, option=orjson.OPT_SORT_KEYS).decode()
        told = [MEMBERS[name] for name in sorted(line.own) if name in MEMBERS]
        if told or line.notes:
            line.cells[NOTE] = "; ".join([*line.notes, *told])
        self.survey.append(line.cells)
        place = Place("survey", len(self.survey) + 1)
        self.unsaid.extend(Finding(place, note) for note in line.notes)

    def _code_lists(self) -> None:
        for name, body in self._codes.items():
            for entry in body["codes"]:
                columns = entry.get("columns", {})
                self.columns |= columns.keys()
                known = ("code", "label", "columns")
                own = {key: value for key, value in entry.items() if key not in known}
                row = {"list_name": name, "name": entry["code"], **texts("label", entry["label"])}
                row |= {OWN: orjson.dumps(own).decode()} if own else {}
                each = ([v] if isinstance(v, str) else v for v in columns.values())
                rows = [dict(zip(columns, values, strict=True)) for values in product(*each)]
                self.choices.extend(row | values for values in rows)
                self._doubles = self._doubles or len(rows) > 1
        if any("yes_no" in row["type"] for row in self.survey):
            for code, label in YES_NO.items():
                row = {"list_name": f"{OWN}_yes_no", "name": code, **texts("label", label)}
                self.choices.append(row)

    def _settings(self) -> None:
        own = {name: value for name, value in self._form.items() if name not in ("key", "version")}
        self.settings.append(
            {
                "form_title": self._form["title"]["zh-CN"],
                "form_id": self._form["key"],
                "version": str(self._form["version"]),
                "default_language": LANGUAGES["zh-CN"],
                **({"allow_choice_duplicates": "yes"} if self._doubles else {}),
                OWN: orjson.dumps(own).decode(),
            }
        )


def texts(column: str, text: Mapping[str, str] | None) -> dict[str, str]:
    """A text in both languages, by column."""
    if text is None:
        return {}
    return {f"{column}::{LANGUAGES[ours]}": told for ours, told in text.items()}


def _say(line: _Line, member: str, column: str, source: Any, say: Callable[[Any], str]) -> None:
    """One expression in its column, or as it is where XPath cannot say it."""
    try:
        line.cells[column] = say(source)
    except Unsayable as error:
        line.own[member] = source
        line.notes.append(f"{column} stands in '{OWN}' alone, for XPath cannot say {error}")


def _filter(speaker: Speaker, where: Mapping[str, str]) -> str:
    return " and ".join(f"{c} = {speaker.value(e, 'text')}" for c, e in where.items())


def _check_row(check: Mapping[str, Any]) -> dict[str, str]:
    return {
        "id": check["id"],
        "check": check["check"],
        "level": check["level"],
        "fields": " ".join(check["fields"]),
        "in": check.get("in", ""),
        "source": check["source"],
        **texts("message", check["message"]),
    }
