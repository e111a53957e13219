"""The closed list of what an expression may do: what both engines are known to do alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

from backend.kernel.dates import parse_day
from backend.kernel.expression_functions import FUNCTIONS
from backend.kernel.expression_tree import Node


class BadExpression(Exception):
    """An expression that cannot be taken.

    :param message: what is wrong, for the author
    :param position: where, in characters from the beginning; 0 when it concerns the whole
    """

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


_ORDER = re.compile(r"_(<|<=|>|>=)_")
_FREE = {
    *("logical_and", "logical_or", "logical_not", "conditional", "not_strictly_false"),
    *("equals", "not_equals", "in_list", "index_list", "size_list", "list_size", "add_list"),
    *("add_double", "subtract_double", "multiply_double", "divide_double", "negate_double"),
    *("add_int64", "subtract_int64", "int64_to_double"),
    *("add_string", "contains_string", "starts_with_string", "ends_with_string"),
} | {
    f"{order}_{kind}"
    for order in ("less", "less_equals", "greater", "greater_equals")
    for kind in ("double", "int64", "string")
}
_NEVER: Mapping[str, str] = {
    "has": "has() is not allowed: ask with answered(x)",
    "null": "null is not allowed: ask with answered(x)",
    "struct": "maps and messages cannot be written here",
}
_ODD_PATTERN = re.compile(r"\(\?(?!:)|\\[1-9pPbBkQEAzZ]|\[\[:")
"""Look-around, back references, classes and anchors that RE2 and JavaScript read differently."""


def check_tree(tree: Node, kinds: Mapping[str, str]) -> None:
    """Refuse what is not in the closed list, or would mean something else on the phone.

    :param kinds: value type of every variable in sight
    :raises BadExpression: at the first thing that is not allowed
    """
    for node in tree.walk():
        if node.kind in _NEVER:
            raise BadExpression(_NEVER[node.kind], node.offset)
        if node.kind == "call":
            _check_call(node, kinds)


def _check_call(node: Node, kinds: Mapping[str, str]) -> None:
    own = FUNCTIONS.get(node.text)
    dated: list[Node] = []
    told = ""
    if own is not None:
        dated = [c for kind, c in zip(own.parameters, node.children, strict=True) if kind == "date"]
        told = f"{own.name}() needs a date here"
    elif node.text == "matches":
        _check_pattern(node)
    elif not _FREE.intersection(node.overloads):
        raise BadExpression(f"'{node.text.strip('_')}' is not allowed here", node.offset)
    elif _ORDER.fullmatch(node.text) and all(o.endswith("_string") for o in node.overloads):
        dated = list(node.children)
        told = "only dates and numbers have an order"
    for operand in dated:
        if not is_date(operand, kinds):
            raise BadExpression(told, operand.offset)


def _check_pattern(node: Node) -> None:
    pattern = node.children[-1]
    if pattern.kind != "const" or _ODD_PATTERN.search(pattern.text):
        raise BadExpression("matches() takes one plain pattern in quotes", pattern.offset)


def is_date(node: Node, kinds: Mapping[str, str], *, empty: bool = False) -> bool:
    """Whether a text is an ISO date as far as types can tell.

    A cell of a row and a text put together with ``+`` are believed; when one is no date after all,
    the expression fails at that answer and the failure is flagged.

    :param empty: the empty text will do too: as a result it means that there is no value
    """
    if node.kind == "name":
        return kinds.get(node.text) == "date"
    if node.kind == "const":
        return _is_day(node.text) or (empty and not node.text)
    if node.kind == "call" and node.text == "_?_:_":
        return all(is_date(child, kinds, empty=empty) for child in node.children[1:])
    if node.kind == "call" and node.text in FUNCTIONS:
        return FUNCTIONS[node.text].result == "date"
    return node.kind == "select" or (node.kind == "call" and node.text == "_+_")


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except ValueError:
        return False
    return True
