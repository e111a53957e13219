"""A shorter way through the expressions that most forms are made of.

The CEL engine takes four to ten microseconds however little is asked, half of a visit's judgement.
A checked expression of plain operators over numbers, texts, days and truths is therefore walked
here. What is anything else, or goes wrong in any way but for want of an answer, is the engine's:
this module never says that an expression failed. ``tests/contract/test_expression_shortcuts.py``
holds both to the same answers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from backend.kernel.expression_functions import FUNCTIONS
from backend.kernel.expression_tree import Node

Shortcut: TypeAlias = Callable[[Mapping[str, Any]], Any]
_Typed: TypeAlias = tuple[str, Shortcut]


class Open(Exception):
    """Something unanswered decides the expression."""


class Odd(Exception):
    """A value of another type than declared: the engine shall say what becomes of it."""


class _NoShortcut(Exception):
    """The expression does something that is left to the engine."""


_KINDS: Mapping[str, str] = {
    "number": "number",
    "text": "text",
    "date": "text",
    "bool": "bool",
    "codes": "codes",
}
_RESULT = "@result"
_LOCAL = "@"
"""Before the name of a loop's variable, so that it hides no answer of the same name."""
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
    "_==_": operator.eq,
    "_!=_": operator.ne,
}
_CALCULATE: Mapping[str, Callable[[Any, Any], Any]] = {
    "_+_": operator.add,
    "_-_": operator.sub,
    "_*_": operator.mul,
    "_/_": operator.truediv,
}


def shortcut(tree: Node, types: Mapping[str, str], asked: str) -> Shortcut | None:
    """A function from answers by name to the value, or nothing where only the engine will do.

    The function raises :class:`Open` where an unanswered name decides. Any other exception, and a
    number that is not finite, mean nothing: ask the engine.

    :param tree: checked
    :param types: value type of every variable in sight
    :param asked: how names begin that stand for ``answered(x)``
    """
    try:
        return _Ways(types, asked).through(tree)[1]
    except _NoShortcut:
        return None


class _Ways:
    """From a node to its kind of value and the function that finds it."""

    def __init__(self, types: Mapping[str, str], asked: str) -> None:
        self._types = types
        self._asked = asked
        self._locals: list[str] = []

    def through(self, node: Node) -> _Typed:
        if node.kind == "const" and isinstance(node.value, (bool, float, str)):
            value = node.value
            kind = {bool: "bool", float: "number", str: "text"}[type(value)]
            return kind, lambda _: value
        if node.kind == "name":
            return self._name(node.text)
        if node.kind == "local" and node.text in self._locals:
            return "text", operator.itemgetter(_LOCAL + node.text)
        if node.kind == "call":
            return self._call(node)
        if node.kind == "loop":
            return self._exists(node)
        raise _NoShortcut

    def _name(self, name: str) -> _Typed:
        if name.startswith(self._asked):
            of = name[len(self._asked) :]
            return "bool", lambda values: values.get(of) is not None
        kind = _KINDS.get(self._types.get(name, ""))
        if kind is None:
            raise _NoShortcut
        return kind, _reading(name, kind)

    def _call(self, node: Node) -> _Typed:
        name, children = node.text, node.children
        if name == "@in":
            return self._within(*children)
        operands = [self.through(child) for child in children]
        kinds = {kind for kind, _ in operands}
        ways = [way for _, way in operands]
        if name in FUNCTIONS:
            function = FUNCTIONS[name]
            wanted = [_KINDS[kind] for kind in function.parameters]
            if [kind for kind, _ in operands] != wanted:
                raise _NoShortcut
            run = function.run
            return _KINDS[function.result], lambda values: run(*[way(values) for way in ways])
        if name == "_?_:_" and operands[0][0] == "bool" and operands[1][0] == operands[2][0]:
            ask, yes, no = ways
            return operands[1][0], lambda values: yes(values) if ask(values) else no(values)
        if name in _LOGIC and kinds == {"bool"}:
            return "bool", _LOGIC[name](*ways)
        if name in _COMPARE and kinds in ({"number"}, {"text"}, {"bool"}):
            return "bool", _both(_COMPARE[name], *ways)
        if name in _CALCULATE and kinds == {"number"} and len(ways) == 2:
            return "number", _both(_CALCULATE[name], *ways)
        raise _NoShortcut

    def _exists(self, node: Node) -> _Typed:
        """``codes.exists(c, condition)``, which is an ``||`` over the codes; no other macro."""
        listed, begin, _, step, end = node.children
        is_or = begin.value is False and step.text == "_||_" and end.text == _RESULT
        if not is_or or not node.text or step.children[0].text != _RESULT:
            raise _NoShortcut
        kind, among = self.through(listed)
        if kind != "codes":
            raise _NoShortcut
        self._locals.append(node.text)
        kind, holds = self.through(step.children[1])
        self._locals.pop()
        if kind != "bool":
            raise _NoShortcut
        name = _LOCAL + node.text

        def exists(values: Mapping[str, Any]) -> bool:
            left_open = False
            inner = dict(values)
            for code in among(values):
                inner[name] = code
                try:
                    if holds(inner):
                        return True
                except Open:
                    left_open = True
            if left_open:
                raise Open
            return False

        return "bool", exists

    def _within(self, member: Node, listed: Node) -> _Typed:
        kind, way = self.through(member)
        if kind != "text":
            raise _NoShortcut
        if listed.kind == "list":
            codes = frozenset(child.value for child in listed.children)
            if not all(isinstance(code, str) for code in codes):
                raise _NoShortcut
            return "bool", lambda values: way(values) in codes
        of, among = self.through(listed)
        if of != "codes":
            raise _NoShortcut
        return "bool", lambda values: way(values) in among(values)


def _reading(name: str, kind: str) -> Shortcut:
    """The answer, of exactly its declared type; whole numbers as the doubles they are in CEL."""

    def number(values: Mapping[str, Any]) -> Any:
        found = values.get(name)
        if type(found) is float:
            return found
        if type(found) is int:
            return float(found)
        raise Open if found is None else Odd

    def codes(values: Mapping[str, Any]) -> Any:
        found = values.get(name)
        if type(found) is list and all(type(code) is str for code in found):
            return found
        raise Open if found is None else Odd

    def plain(values: Mapping[str, Any]) -> Any:
        found = values.get(name)
        if type(found) is wanted:
            return found
        raise Open if found is None else Odd

    wanted = bool if kind == "bool" else str
    return {"number": number, "codes": codes}.get(kind, plain)


def _both(work: Callable[[Any, Any], Any], left: Shortcut, right: Shortcut) -> Shortcut:
    return lambda values: work(left(values), right(values))


def _and(left: Shortcut, right: Shortcut) -> Shortcut:
    """In CEL one side that is false decides, whatever is the matter with the other."""

    def both(values: Mapping[str, Any]) -> Any:
        try:
            if not left(values):
                return False
        except Open:
            if right(values):
                raise
            return False
        return right(values)

    return both


def _or(left: Shortcut, right: Shortcut) -> Shortcut:
    def either(values: Mapping[str, Any]) -> Any:
        try:
            if left(values):
                return True
        except Open:
            if not right(values):
                raise
            return True
        return right(values)

    return either


def _not(of: Shortcut) -> Shortcut:
    return lambda values: not of(values)


_LOGIC: Mapping[str, Callable[..., Shortcut]] = {"_&&_": _and, "_||_": _or, "!_": _not}
