"""The rows of the survey sheet as a tree of questions, groups and repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from backend.xlsform.columns import OWN, Row
from backend.xlsform.model import Findings


@dataclass
class Node:
    """One row with what stands inside of it.

    :param kind: a control of ours (text, number, ...), or group, repeat, note, calculate, meta
    :param whole: an integer
    :param list_name: the list of a select
    :param own: what the column ``suifang`` says, as our ui.json has it
    """

    kind: str
    name: str
    row: Row
    whole: bool = False
    list_name: str = ""
    or_other: bool = False
    own: dict[str, Any] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


_SELECT = re.compile(
    r"(?P<command>" + "|".join(sorted(map(re.escape, aliases.select), key=len, reverse=True)) + r")"
    r" (?P<list>\S+)(?P<other> (?:or specify other|or_other|or other))?"
)
_BEGIN = re.compile(r"begin[ _](?P<kind>looped group|lgroup|group|repeat|loop)(?: over .*)?")
_END = re.compile(r"end[ _](?P<kind>looped group|lgroup|group|repeat|loop)(?: over .*)?")
_SIMPLE = {
    ("input", "string"): "text",
    ("input", "int"): "number",
    ("input", "decimal"): "number",
    ("input", "date"): "date",
    ("input", "time"): "time",
    ("input", "dateTime"): "datetime",
    ("input", "geopoint"): "place",
    ("input", "barcode"): "barcode",
}
_UNSUPPORTED_COLUMNS = {
    ("parameters",): "parameters are not supported",
    ("trigger",): "values set when another question changes are not supported",
    ("query",): "queries of other files are not supported",
    ("control", "intent"): "other apps cannot be called",
    ("bind", "type"): "a type of its own is not supported",
    ("bind", "entities:saveto"): "entities are not supported",
    ("bind", "jr:preload"): "preloads are not supported",
}
_IGNORED = {
    ("disabled",), ("instance",), ("hxl",), ("rows",), ("control", "rows"), ("autoplay",),
    ("sms_field",), ("bind", "jr:noAppErrorString"), ("control", "autoplay"),
}  # fmt: skip
_LEFT_OUT: dict[tuple[str, ...], str] = {
    ("bind", "saveIncomplete"): "is left out: here every answer is saved as it is given",
}
_READ = {
    ("type",), ("name",), ("label",), ("hint",), ("guidance_hint",), ("default",),
    ("choice_filter",), ("bind", "relevant"), ("bind", "required"), ("bind", "jr:requiredMsg"),
    ("bind", "constraint"), ("bind", "jr:constraintMsg"), ("bind", "readonly"),
    ("bind", "calculate"), ("control", "appearance"), ("control", "jr:count"),
}  # fmt: skip
MEDIA_BESIDE = "pictures, sounds and films beside a text are not supported"
MEDIA = ("audio", "video", "file")
ACKNOWLEDGED = "acknowledged"
"""The list of one choice that an ``acknowledge`` is: 'OK' or nothing, as in XLSForm."""
_DIGITS_ONLY = "regex(., '^\\d*$')"
"""What pyxform puts behind a ``phone number``."""
_DIGITS = {"type": "string", "pattern": "^[0-9]*$", "maxLength": 20}
_META = ("start", "end", "deviceid", "phonenumber", "username", "email", "audit")


def read_survey(rows: tuple[Row, ...], findings: Findings) -> list[Node]:
    """The tree of a survey; what has no counterpart is refused with its place."""
    top: list[Node] = []
    open_nodes: list[Node] = []
    for row in rows:
        kind = " ".join(row.text("type").split())
        if not kind:
            if row.text("name") or row.languages("label"):
                findings.refuse(row.place, "has no type")
            continue
        if aliases.yes_no.get(row.text("disabled"), False):
            continue
        if kind.startswith("#"):
            continue
        end = _END.fullmatch(kind)
        if end is not None:
            _close(open_nodes, end["kind"], row, findings)
            continue
        node = _node(kind, row, findings)
        if node is None:
            continue
        _columns(row, findings)
        (open_nodes[-1].children if open_nodes else top).append(node)
        if node.kind in ("group", "repeat"):
            open_nodes.append(node)
    for node in open_nodes:
        findings.refuse(node.row.place, f"'{node.name}' is begun and never ended")
    return top


def _close(open_nodes: list[Node], kind: str, row: Row, findings: Findings) -> None:
    wanted = "group" if aliases.control.get(kind) == "group" else "repeat"
    if not open_nodes or open_nodes[-1].kind != wanted:
        findings.refuse(row.at("type"), f"ends a {wanted} that is not open")
        return
    open_nodes.pop()


def _node(kind: str, row: Row, findings: Findings) -> Node | None:
    name = row.text("name")
    begin = _BEGIN.fullmatch(kind)
    if begin is not None:
        made = Node("group" if begin["kind"] == "group" else "repeat", name, row)
        if begin["kind"] == "loop":
            findings.refuse(row.at("type"), "loops are not supported: use a repeat")
    elif (select := _SELECT.fullmatch(kind)) is not None:
        chosen = aliases.select[select["command"]]
        wanted = {"select one": "choice", "select all that apply": "choices"}.get(chosen)
        if wanted is None or select["command"] in aliases.select_from_file:
            findings.refuse(row.at("type"), f"'{kind}' is not supported")
            return None
        made = Node(wanted, name, row, list_name=select["list"], or_other=bool(select["other"]))
    else:
        question = _question(kind, name, row, findings)
        if question is None:
            return None
        made = question
    if not name and made.kind == "note":
        made.name = f"note_{row.place.row}"
    elif not name and made.kind == "group":
        made.name = f"group_{row.place.row}"
    elif not name:
        findings.refuse(row.place, "has no name")
        return None
    made.own |= own_members(row, findings)
    return made


def _question(kind: str, name: str, row: Row, findings: Findings) -> Node | None:
    """A question without a list of the author's."""
    found = _plain(kind)
    if found == "meta":
        findings.note(row.at("type"), f"'{kind}' is left out: the envelope carries it")
        return None
    if found is None:
        tell = findings.media if kind in MEDIA else findings.refuse
        tell(row.at("type"), f"the type '{kind}' is not supported")
        return None
    if found == "acknowledge":
        return Node("choice", name, row, list_name=ACKNOWLEDGED)
    if found == "digits":
        return Node("text", name, row, own={"schema": dict(_DIGITS)})
    return Node(found, name, row, whole=_bound(kind) == "int")


def is_supported(kind: str) -> bool:
    """Whether a type, as the survey has it, is one of docs/xlsform.md."""
    words = " ".join(kind.split())
    for found in (_BEGIN.fullmatch(words), _END.fullmatch(words)):
        if found is not None:
            return found["kind"] != "loop"
    select = _SELECT.fullmatch(words)
    if select is None:
        return kind != "hidden" and _plain(words) is not None
    chosen = aliases.select[select["command"]]
    single = chosen in ("select one", "select all that apply")
    return single and select["command"] not in aliases.select_from_file


def _plain(kind: str) -> str | None:
    """What a type without a list becomes; nothing when it is not supported."""
    if kind in ("note", "calculate", "today", "hidden"):
        return kind
    entry = QUESTION_TYPE_DICT.get(kind, {})
    bind, control = entry.get("bind", {}), entry.get("control", {})
    if "jr:preload" in bind or kind in _META:
        return "today" if bind.get("jr:preload") == "date" else "meta"
    own = _of_its_own(bind, control)
    if own is not None or control.get("tag") == "upload" or not set(entry) <= {"control", "bind"}:
        return own
    if set(bind) == {"type", "readonly"} and control.get("tag") == "input":
        return "note"
    if set(bind) != {"type"}:
        return None
    return _SIMPLE.get((control["tag"], bind["type"])) if control else "calculate"


def _of_its_own(bind: Mapping[str, str], control: Mapping[str, str]) -> str | None:
    """A type that is more than an input of some kind of value."""
    if control.get("tag") == "upload":
        return "photo" if control.get("mediatype", "image/*") == "image/*" else None
    if control.get("tag") == "trigger":
        return "acknowledge"
    return "digits" if bind.get("constraint") == _DIGITS_ONLY else None


def _bound(kind: str) -> str:
    entry = QUESTION_TYPE_DICT.get(kind, {})
    return str(entry.get("bind", {}).get("type", ""))


def _columns(row: Row, findings: Findings) -> None:
    for tokens, cell in row.cells.items():
        if tokens[0] == "media":
            findings.media(cell.place, MEDIA_BESIDE)
            continue
        head = next((t for t in (tokens[:2], tokens[:1]) if t in _UNSUPPORTED_COLUMNS), None)
        if head is not None:
            findings.refuse(cell.place, _UNSUPPORTED_COLUMNS[head])
            continue
        if tokens[:2] in _LEFT_OUT:
            findings.note(cell.place, _LEFT_OUT[tokens[:2]])
            continue
        known = tokens[:1] in _READ or tokens[:2] in _READ or tokens[0].startswith(OWN)
        if known or tokens[:1] in _IGNORED or tokens[:2] in _IGNORED:
            continue
        if tokens[0] in ("bind", "control") and ":" not in tokens[-1]:
            findings.note(cell.place, "is an attribute of its author's own and is left out")
        elif tokens[0] in ("bind", "control", "instance"):
            findings.refuse(cell.place, f"the attribute '{'::'.join(tokens)}' is not supported")
        else:
            column = type(cell.place)(cell.place.sheet, 1, cell.place.column)
            findings.note(column, "is no column of a form and is left out")


def own_members(row: Row, findings: Findings) -> dict[str, Any]:
    """What the column ``suifang`` holds: members of our own format, as a JSON object."""
    text = row.text(OWN)
    if not text:
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        findings.refuse(row.at(OWN), 'must hold a JSON object such as {"unit": "kg"}')
        return {}
    return found
