"""One question of ours in the words of XLSForm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.kernel.expression_tree import Node
from backend.kernel.expressions import compile_expression
from backend.xlsform.columns import OWN
from backend.xlsform.from_cel import Speaker, Unsayable
from backend.xlsform.shapes import shape_of, shape_of_value

YES_NO = {"true": {"zh-CN": "是", "en": "Yes"}, "false": {"zh-CN": "否", "en": "No"}}
MEMBERS = {
    "control": "another control here",
    "schema": "its shape",
    "soft": "a soft range",
    "prefill": "filled in from earlier records",
    "private": "kept encrypted",
    "exclusive": "codes that exclude the others",
    "only_codes": "only a part of the list is offered",
    "unit": "its unit",
}
"""Members of the column ``suifang`` that change what other apps would ask, in words."""

_TYPES = {
    "text": "text",
    "long_text": "text",
    "date": "date",
    "time": "time",
    "datetime": "dateTime",
    "place": "geopoint",
    "photo": "image",
    "signature": "image",
    "barcode": "barcode",
}
_APPEARANCE = {"long_text": "multiline", "signature": "signature"}
_OPERATORS = ("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_", "@in", "matches")


@dataclass(frozen=True)
class Question:
    """A field with its shape.

    :param kind: its value type
    :param codes: its code list
    """

    item: Mapping[str, Any]
    shape: Mapping[str, Any]
    kind: str
    codes: Mapping[str, Any] | None

    @property
    def control(self) -> str:
        return str(self.item["control"])

    def own(self, source: str) -> dict[str, Any]:
        """Members that XLSForm has no word for.

        :param source: of the form; a field says its own only where it differs
        """
        known = {
            *("field", "control", "label", "hint", "codes", "required", "required_message"),
            *("visible", "compute", "default", "where"),
        }
        own = {name: value for name, value in self.item.items() if name not in known}
        if own.get("source") == source:
            del own["source"]
        if self._control_again() != self.control:
            own["control"] = self.control
        if self._shape_again() != self.shape:
            own["schema"] = self.shape
        if "codes" in self.item and not self._is_select():
            own["codes"] = self.item["codes"]
        return own

    def _is_select(self) -> bool:
        return self.control in ("choice", "choices")

    def _control_again(self) -> str:
        """What an import would make of it."""
        if "compute" in self.item:
            return "computed"
        return self.control if self.control in (*_TYPES, "number", "choice", "choices") else "text"

    def base(self) -> dict[str, Any]:
        """The shape that an import gives its type, with the codes that publishing adds."""
        if "compute" in self.item:
            return shape_of_value(self.kind)
        shape = shape_of(self.control, whole=self.shape.get("type") == "integer")
        if self.codes is None or not self._is_select():
            return shape
        listed = [entry["code"] for entry in self.codes["codes"]]
        codes = list(self.item.get("only_codes", listed))
        if self.control == "choice":
            return {**shape, "enum": codes}
        return {**shape, "items": {**shape["items"], "enum": codes}}

    def limits(self) -> dict[str, Any]:
        """What the shape says beyond its type, where a constraint can say it."""
        base, sayable = self.base(), ("minimum", "maximum", "minLength", "maxLength", "pattern")
        found = {n: v for n, v in self.shape.items() if n in sayable and base.get(n) != v}
        if "pattern" in found and ("pattern" in base or not _plain(str(found["pattern"]))):
            del found["pattern"]
        spoken = "compute" not in self.item and self.control not in _UNASKED
        return found if spoken else {}

    def _shape_again(self) -> dict[str, Any]:
        return {**self.base(), **self.limits()}

    @property
    def plain_default(self) -> Callable[[str], str] | None:
        """How a default is written that is one code or one text."""
        text = str(self.item.get("default", ""))
        inner = text[1:-1]
        if text[:1] == text[-1:] == "'" and "'" not in inner and not set(inner) & set("$(\\"):
            return lambda _: inner
        return None


_UNASKED = ("hidden", "signature", "photo")
"""Controls into which nobody types: a constraint has nothing to say of what they hold."""


def type_of(question: Question) -> dict[str, str]:
    """Type and appearance."""
    control, item = question.control, question.item
    if "compute" in item:
        return {"type": "calculate"}
    if control == "number":
        return {"type": "integer" if question.shape.get("type") == "integer" else "decimal"}
    if control in ("choice", "choices"):
        return {"type": f"select_{'one' if control == 'choice' else 'multiple'} {item['codes']}"}
    if control == "yes_no":
        return {"type": f"select_one {OWN}_yes_no"}
    if control == "hidden":
        return {"type": "hidden"}
    cells = {"type": _TYPES.get(control, "text")}
    if control in _APPEARANCE:
        cells["appearance"] = _APPEARANCE[control]
    return cells


def limits_of(question: Question) -> str:
    """Ranges, lengths and pattern of the shape as a constraint."""
    words = {
        "minimum": ". >= {}",
        "maximum": ". <= {}",
        "minLength": "string-length(.) >= {}",
        "maxLength": "string-length(.) <= {}",
        "pattern": "regex(., '{}')",
    }
    limits = question.limits()
    return " and ".join(words[name].format(limits[name]) for name in words if name in limits)


def _plain(pattern: str) -> bool:
    """Whether an import reads a pattern back as one of the shape."""
    ends = pattern.startswith("^") and pattern.endswith("$")
    return ends and "'" not in pattern and "|" not in pattern


def constraint_of(check: Mapping[str, Any], speaker: Speaker) -> str | None:
    """A check as the constraint of its first field; nothing when XLSForm has none.

    A constraint is not asked while its question is open. A check that says something even then is
    no constraint.
    """
    if check["level"] != "hard":
        return None
    try:
        tree = compile_expression(check["check"], speaker.types).tree
        if not _always_reads(tree, check["fields"][0]):
            return None
        return speaker.constraint(check["check"])
    except Unsayable:
        return None


def _always_reads(tree: Node, name: str) -> bool:
    if tree.kind == "call" and tree.text == "_&&_":
        return all(_always_reads(child, name) for child in tree.children)
    if tree.kind != "call" or tree.text not in _OPERATORS:
        return False
    inside = [n for n in tree.walk() if n.kind == "call" and n.text in ("_?_:_", "_||_", "_&&_")]
    return not inside and any(n.kind == "name" and n.text == name for n in tree.walk())
