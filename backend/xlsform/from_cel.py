"""From CEL to XPath: what of our expressions an XLSForm can say.

An unanswered question makes our expression fail, and in XPath is the empty text. So each condition
is written twice over: where it is *true* and where it is *false*; neither holds when it fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from backend.kernel.expression_tree import Node
from backend.kernel.expressions import compile_expression

_ASKED = "answered__"
_ORDERS = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SUMS = {"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "div"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIGHT = {"+": 1, "-": 1, "*": 2, "div": 2}


class Unsayable(Exception):
    """XPath, as XLSForm has it, cannot say this. Its message names what."""


class Speaker:
    """Says expressions of one scope in XPath.

    :param types: value types of every variable in sight; those of XLSForm questions are its fields
    :param fields: names that are questions; other variables cannot be said, but ``today``
    """

    def __init__(
        self, types: Mapping[str, str], fields: frozenset[str], itself: str | None = None
    ) -> None:
        self.types, self._fields, self._itself = types, fields, itself

    def condition(self, source: str) -> str:
        """True where the expression is true. :raises Unsayable: it cannot be said"""
        return self._true(self._tree(source), source)

    def constraint(self, source: str) -> str:
        """False where the expression is false: a check passes when it fails."""
        tree = self._tree(source)
        names = {n.text.removeprefix(_ASKED) for n in tree.walk() if n.kind == "name"}
        if names <= {self._itself, "today"} and not self._asks(tree):
            return self._true(tree, source, bare=True)
        return f"not({self._false(tree, source)})"

    def value(self, source: str, kind: str) -> str:
        """A calculation or default."""
        if kind == "bool":
            raise Unsayable("a yes or no as a value")
        return self._value(self._tree(source), source)

    def _tree(self, source: str) -> Node:
        return compile_expression(source, self.types).tree

    @staticmethod
    def _asks(tree: Node) -> bool:
        return any(n.kind == "name" and n.text.startswith(_ASKED) for n in tree.walk())

    def _true(self, node: Node, source: str, *, bare: bool = False) -> str:
        if node.kind == "call":
            if node.text in ("_&&_", "_||_"):
                word = "and" if node.text == "_&&_" else "or"
                parts = [self._true(child, source, bare=bare) for child in node.children]
                return f" {word} ".join(self._bracketed(part) for part in parts)
            if node.text == "!_":
                return self._false(node.children[0], source)
            if node.text == "_?_:_":
                when, then, otherwise = node.children
                yes = f"{self._bracketed(self._true(when, source))} and "
                no = f"{self._bracketed(self._false(when, source))} and "
                first, second = self._true(then, source), self._true(otherwise, source)
                return f"({yes}{self._bracketed(first)}) or ({no}{self._bracketed(second)})"
            if node.text == "_!=_" and not bare:
                return self._unlike(node, source)
        if node.kind == "name" and node.text.startswith(_ASKED):
            return f"{self._question(node.text.removeprefix(_ASKED))} != ''"
        return self._atom(node, source)

    def _false(self, node: Node, source: str) -> str:
        if node.kind == "call":
            if node.text in ("_&&_", "_||_"):
                word = "or" if node.text == "_&&_" else "and"
                parts = [self._false(child, source) for child in node.children]
                return f" {word} ".join(self._bracketed(part) for part in parts)
            if node.text == "!_":
                return self._true(node.children[0], source)
            if node.text in _ORDERS:
                return self._order(node, _OPPOSITE[_ORDERS[node.text]], source)
            if node.text == "_==_":
                return self._unlike(node, source)
            if node.text == "_!=_":
                return self._equal(node, "=", source)
        if node.kind == "name" and node.text.startswith(_ASKED):
            return f"{self._question(node.text.removeprefix(_ASKED))} = ''"
        present = self._presence(node)
        return " and ".join([*present, f"not({self._atom(node, source)})"])

    def _atom(self, node: Node, source: str) -> str:
        if node.kind == "name" and self.types.get(node.text) == "bool":
            return f"{self._question(node.text)} = 'true'"
        if node.kind != "call":
            raise Unsayable(_named(node))
        if node.text in _ORDERS:
            return self._order(node, _ORDERS[node.text], source)
        if node.text in ("_==_", "_!=_"):
            return self._equal(node, "=" if node.text == "_==_" else "!=", source)
        if node.text == "@in":
            return self._among(node, source)
        if node.text == "matches":
            pattern = node.children[1].text
            text = self._value(node.children[0], source)
            if pattern.startswith("^") and pattern.endswith("$") and "'" not in pattern:
                return f"regex({text}, '{pattern}')"
        raise Unsayable(_named(node))

    def _among(self, node: Node, source: str) -> str:
        one, many = node.children
        if many.kind == "list":
            question = self._value(one, source)
            parts = [f"{question} = {self._value(code, source)}" for code in many.children]
            if not parts or one.kind != "name":
                raise Unsayable("in")
            return " or ".join(parts)
        if many.kind == "name" and self.types.get(many.text) == "codes" and one.kind == "const":
            return f"selected({self._question(many.text)}, {self._value(one, source)})"
        raise Unsayable("in")

    def _order(self, node: Node, sign: str, source: str) -> str:
        left, right = (self._value(child, source) for child in node.children)
        return f"{left} {sign} {right}"

    def _equal(self, node: Node, sign: str, source: str) -> str:
        left, right = node.children
        if "list" in (left.kind, right.kind):
            raise Unsayable("a list")
        if "bool" in (self.types.get(left.text), self.types.get(right.text)):
            raise Unsayable("a yes or no compared")
        said = f"{self._value(left, source)} {sign} {self._value(right, source)}"
        if left.kind == right.kind == "name" and sign == "=":
            return " and ".join([*self._presence(node), said])
        return said

    def _unlike(self, node: Node, source: str) -> str:
        said = self._equal(node, "!=", source)
        return " and ".join([*self._presence(node), said])

    def _presence(self, node: Node) -> list[str]:
        """What has to be answered for a part to have a value at all."""
        names = {n.text for n in node.walk() if n.kind == "name"}
        if any(name.startswith(_ASKED) for name in names):
            raise Unsayable("answered() inside of a value")
        return [f"{self._question(name)} != ''" for name in sorted(names - {"today"})]

    def _value(self, node: Node, source: str) -> str:
        if node.kind == "name":
            return "today()" if node.text == "today" else self._question(node.text)
        if node.kind == "const":
            return self._constant(node, source)
        if node.kind != "call":
            raise Unsayable(_named(node))
        if node.text in _SUMS:
            return self._sum(node, _SUMS[node.text], source)
        if node.text == "-_":
            return f"-{self._bracketed(self._value(node.children[0], source))}"
        return self._function(node, source)

    def _function(self, node: Node, source: str) -> str:
        if node.text == "_?_:_":
            when, then, otherwise = node.children
            if self._presence_free(when):
                parts = [self._value(child, source) for child in (then, otherwise)]
                return f"if({self._true(when, source)}, {parts[0]}, {parts[1]})"
            raise Unsayable("a choice that has no value while its condition is open")
        given = [self._value(child, source) for child in node.children]
        if node.text == "round1":
            return f"round({given[0]}, 1)"
        if node.text == "days_between":
            return f"(date({given[1]}) - date({given[0]}))"
        if node.text == "add_days":
            return f"date({given[0]} + {given[1]})"
        raise Unsayable(_named(node))

    @staticmethod
    def _presence_free(node: Node) -> bool:
        """Whether a condition always has an outcome: everything it reads is asked for first."""
        asked = {n.text.removeprefix(_ASKED) for n in node.walk() if n.text.startswith(_ASKED)}
        read = {n.text for n in node.walk() if n.kind == "name"} - {_ASKED + a for a in asked}
        return read <= asked | {"today"} and not any(
            n.kind == "call" and n.text == "_||_" for n in node.walk()
        )

    def _sum(self, node: Node, sign: str, source: str) -> str:
        if any("string" in overload or "list" in overload for overload in node.overloads):
            raise Unsayable("texts or lists put together")
        left, right = (self._value(child, source) for child in node.children)
        return f"({left} {sign} {right})"

    def _constant(self, node: Node, source: str) -> str:
        if node.text or source[node.offset : node.offset + 1] in "'\"":
            if "'" in node.text:
                raise Unsayable("a quotation mark")
            return f"'{node.text}'"
        found = _NUMBER.match(source, node.offset)
        if found is None:
            raise Unsayable("a constant")
        number = float(found[0])
        return str(int(number)) if number.is_integer() else found[0]

    def _question(self, name: str) -> str:
        if name not in self._fields:
            raise Unsayable(f"'{name}' is no question of the form")
        return "." if name == self._itself else f"${{{name}}}"

    @staticmethod
    def _bracketed(text: str) -> str:
        return f"({text})" if " " in text else text


def _named(node: Node) -> str:
    return f"{node.text.strip('_')}()" if node.text else f"a {node.kind}"
