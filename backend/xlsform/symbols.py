"""What each question is called here and what it holds: needed before an expression can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backend.forms.rules.reading import value_type
from backend.xlsform import xpath
from backend.xlsform.choices import Choices
from backend.xlsform.model import Findings, Symbol
from backend.xlsform.names import Names
from backend.xlsform.survey import Node
from backend.xlsform.terms import AND, fitted
from backend.xlsform.to_cel import Scope, Translator
from backend.xlsform.xpath import BadXPath

_KINDS = {
    "number": "number",
    "date": "date",
    "today": "date",
    "choices": "codes",
    "repeat": "rows",
    "place": "place",
}
_SETTLED = ("number", "date", "text", "choice", "time", "datetime")


@dataclass(frozen=True)
class Calculation:
    """A calculated value.

    :param condition: where it does not hold there is no value; nothing: always
    """

    text: str
    kind: str
    condition: str = ""


class Symbols:
    """Every question of a survey.

    A calculation has the type of its expression, so the tree is walked in order and each
    expression sees the types of what stands before it.
    """

    def __init__(
        self, nodes: list[Node], choices: Mapping[str, Choices], findings: Findings
    ) -> None:
        self.names = Names(findings)
        self._findings, self._choices = findings, choices
        self._found: dict[tuple[str | None, str], Symbol] = {}
        self._mine: dict[int, Symbol] = {}
        self._calculations: dict[int, Calculation] = {}
        self._order = 0
        self._declare(nodes, None)
        self._calculate(nodes, None)

    def find(self, name: str, repeat: str | None) -> Symbol | None:
        """A question by the author's name, a column of the same row first."""
        inside = self._found.get((repeat, name)) or self._found.get((None, name))
        if inside is not None:
            return inside
        return next((s for (_, known), s in self._found.items() if known == name), None)

    def of(self, node: Node) -> Symbol:
        """The question of a row."""
        return self._mine[id(node)]

    def name_of(self, node: Node, repeat: str | None = None) -> str:
        """Its name with us."""
        return self._mine[id(node)].name

    def kind_of(self, node: Node) -> str:
        """What it holds."""
        return self._mine[id(node)].kind

    def calculation(self, node: Node, repeat: str | None) -> Calculation | None:
        """How its value is calculated; nothing when a person answers."""
        return self._calculations.get(id(node))

    def _declare(self, nodes: Iterable[Node], repeat: str | None) -> None:
        for node in nodes:
            if node.kind == "group":
                self._declare(node.children, repeat)
                continue
            self._order += 1
            if node.kind == "note":  # expressions may name it; it never has a value
                self._found[repeat, node.name] = Symbol(node.name, "", self._order)
                continue
            kind = _kind_of_shape(node.own.get("schema", {}), _KINDS.get(node.kind, "text"))
            codes = self._choices[node.list_name].codes if node.list_name in self._choices else ()
            name = self.names.give(node.name, node.row.at("name"), repeat)
            symbol = Symbol(name, kind, self._order, codes, repeat)
            self._found[repeat, node.name] = self._mine[id(node)] = symbol
            if node.kind == "repeat":
                self._declare(node.children, name)

    def _calculate(self, nodes: Iterable[Node], repeat: str | None) -> None:
        for node in nodes:
            if node.kind in ("group", "repeat"):
                inner = self._mine[id(node)].name if node.kind == "repeat" else repeat
                self._calculate(node.children, inner)
                continue
            made = None if node.kind == "note" else self._calculation(node, repeat)
            if made is None:
                continue
            self._calculations[id(node)] = made
            symbol = replace(self._mine[id(node)], kind=made.kind)
            self._found[repeat, node.name] = self._mine[id(node)] = symbol

    def _calculation(self, node: Node, repeat: str | None) -> Calculation | None:
        if "compute" in node.own:
            return Calculation(node.own["compute"], self._mine[id(node)].kind)
        if node.kind == "today":
            return Calculation("today", "date")
        column: tuple[str, ...] = ("bind", "calculate")
        source = node.row.text(*column)
        readonly = node.row.text("bind", "readonly").lower() in ("yes", "true", "true()")
        if not source and (node.kind in ("calculate", "hidden") or readonly):
            source, column = node.row.text("default"), ("default",)
        if not source:
            return None
        symbol = self._mine[id(node)]
        scope = Scope(lambda name: self.find(name, repeat), before=symbol.order, repeat=repeat)
        try:
            found = calculation(source, scope)
            settled = symbol.kind if node.kind in _SETTLED else ""
            if settled and found.kind != settled:
                raise BadXPath(f"gives {found.kind}, and the question holds {settled}")
        except BadXPath as error:
            told = f"character {error.position + 1}: {error.message}"
            self._findings.refuse(node.row.at(*column), told)
            return Calculation("today", symbol.kind)
        return found


def calculation(source: str, scope: Scope) -> Calculation:
    """A calculation with its type.

    ``if(condition, value, '')`` has a value only where the condition holds: in XPath the empty text
    stands for none, here the field is then not shown.

    :raises BadXPath: it cannot be said
    """
    translator = Translator(scope)
    tree = xpath.parse(source)
    conditions: list[str] = []
    while isinstance(tree, xpath.Call) and tree.name == "if" and len(tree.arguments) == 3:
        when, then, otherwise = tree.arguments
        if isinstance(otherwise, xpath.Literal) and not otherwise.text:
            conditions.append(_total(translator, when))
            tree = then
        elif isinstance(then, xpath.Literal) and not then.text:
            conditions.append(_total(translator, xpath.Call("not", (when,), tree.at)))
            tree = otherwise
        else:
            break
    text, kind = translator.tree_value(tree)
    if kind == "":
        raise BadXPath("never has a value", tree.at)
    if len(conditions) > 1:
        conditions = [fitted(condition, 0, AND) for condition in conditions]
    return Calculation(text, kind, " && ".join(conditions))


def _total(translator: Translator, tree: xpath.Tree) -> str:
    return translator.boolean(tree).loose()[0]


def _kind_of_shape(shape: Mapping[str, object], otherwise: str) -> str:
    return value_type(shape) if shape.get("type") and otherwise != "rows" else otherwise
