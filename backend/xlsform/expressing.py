"""The expressions of one row, each in the column where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pyxform import aliases

from backend.kernel.dates import parse_day
from backend.xlsform import xpath
from backend.xlsform.choices import Choices
from backend.xlsform.model import Findings
from backend.xlsform.survey import Node
from backend.xlsform.symbols import Symbols
from backend.xlsform.terms import number_text, quoted
from backend.xlsform.to_cel import Scope, Translator
from backend.xlsform.xpath import BadXPath

T = TypeVar("T")


class Expressing:
    """Translates what a row says; what cannot be said is refused at its column."""

    def __init__(
        self, node: Node, symbols: Symbols, repeat: str | None, findings: Findings
    ) -> None:
        self._node, self._symbols, self._repeat = node, symbols, repeat
        self._findings = findings

    def _scope(self, *, looks_back: bool, itself: bool = False) -> Scope:
        own = None if self._node.kind in ("group", "note") else self._symbols.of(self._node)
        before = None
        if looks_back:
            before = own.order if own else self._order_below()
        return Scope(
            lambda name: self._symbols.find(name, self._repeat),
            own if itself else None,
            before,
            self._repeat,
        )

    def _order_below(self) -> int | None:
        """A group may read what stands before its first question."""
        nodes = list(self._node.children)
        while nodes:
            node = nodes.pop(0)
            if node.kind == "group":
                nodes = [*node.children, *nodes]
            elif node.kind != "note":
                return self._symbols.of(node).order
        return None

    def _try(self, column: tuple[str, ...], work: Callable[[], T]) -> T | None:
        try:
            return work()
        except BadXPath as error:
            told = f"character {error.position + 1}: {error.message}"
            self._findings.refuse(self._node.row.at(*column), told)
            return None

    def condition(self, column: str) -> str | None:
        """``relevant`` or ``required`` as CEL; nothing when it is empty or refused."""
        source = self._node.row.text("bind", column)
        if not source:
            return None
        source = aliases.BINDING_CONVERSIONS.get(source, source)
        scope = self._scope(looks_back=column == "relevant")
        return self._try(("bind", column), lambda: Translator(scope).condition(source))

    def constraint(self) -> str | None:
        """``constraint`` as the CEL of a check."""
        source = self._node.row.text("bind", "constraint")
        scope = self._scope(looks_back=False, itself=True)
        return self._try(("bind", "constraint"), lambda: Translator(scope).constraint(source))

    def typed(self, column: tuple[str, ...], kind: str) -> str | None:
        """An expression that must give this kind of value."""
        source = self._node.row.text(*column)
        scope = self._scope(looks_back=True)

        def work() -> str:
            if kind == "number":
                return Translator(scope).number(xpath.parse(source)).within(5)
            text, found = Translator(scope).value(source)
            if found != kind:
                raise BadXPath(f"gives {found or 'nothing'}, and the question holds {kind}")
            return text

        return self._try(column, work)

    def default(self, kind: str) -> str | None:
        """The default: a plain value as it stands, everything else is an expression."""
        source = self._node.row.text("default")
        if not source or "default" in self._node.own:
            return None
        if self._node.kind in ("place", "photo", "repeat"):
            self._findings.refuse(self._node.row.at("default"), "cannot have a default")
            return None
        plain = _plain_default(source, kind, self._node.kind)
        if plain is not None:
            return plain
        if kind in ("text", "codes") and not any(sign in source for sign in "$("):
            return self._listed(source) if kind == "codes" else quoted(source)
        if self._node.kind in ("time", "datetime") or kind == "codes":
            self._findings.refuse(
                self._node.row.at("default"), "there is no expression for a time or several codes"
            )
            return None
        return self.typed(("default",), kind)

    @staticmethod
    def _listed(source: str) -> str:
        return "[" + ", ".join(quoted(code) for code in source.replace(",", " ").split()) + "]"

    def choice_filter(self, choices: Choices) -> dict[str, str] | None:
        """``column = value``, joined by ``and``: codes whose columns say so are offered."""
        source = self._node.row.text("choice_filter")
        scope = self._scope(looks_back=True)
        columns = choices.columns()

        def work() -> dict[str, str]:
            found: dict[str, str] = {}
            for part in _parts(xpath.parse(source)):
                if isinstance(part, xpath.Call) and part.name == "true":
                    continue
                column, value = _column_and_value(part, columns)
                if column in found:
                    raise BadXPath(f"'{column}' is compared twice", part.at)
                found[column] = Translator(scope).text_of(self._meant(value, column, choices))
            return found

        return self._try(("choice_filter",), work)

    def _meant(self, value: xpath.Tree, column: str, choices: Choices) -> xpath.Tree:
        """A word without quotation marks that names no question, but stands in the column."""
        if not isinstance(value, xpath.Path) or len(value.steps) != 1:
            return value
        word = value.steps[0]
        known = self._symbols.find(word, self._repeat) is not None
        if known or word in choices.columns() or word not in choices.values(column):
            return value
        told = f"{word} names no question: it is read as the text '{word}' of '{column}'"
        self._findings.note(self._node.row.at("choice_filter"), told)
        return xpath.Literal(word, value.at)


def _plain_default(source: str, kind: str, control: str) -> str | None:
    if kind == "number":
        try:
            return number_text(float(source))
        except ValueError:
            return None
    if kind == "date":
        try:
            parse_day(source[:10])
        except ValueError:
            return None
        return quoted(source[:10])
    if control == "choice" and "$" not in source and "(" not in source:
        return quoted(source)
    return None


def _parts(tree: xpath.Tree) -> list[xpath.Tree]:
    if isinstance(tree, xpath.Operation) and tree.operator == "and":
        return [*_parts(tree.left), *_parts(tree.right)]
    return [tree]


def _column_and_value(tree: xpath.Tree, columns: frozenset[str]) -> tuple[str, xpath.Tree]:
    told = "a choice_filter is 'column = value', several joined by 'and'"
    if not isinstance(tree, xpath.Operation) or tree.operator != "=":
        raise BadXPath(told, tree.at)
    for side, other in ((tree.left, tree.right), (tree.right, tree.left)):
        if isinstance(side, xpath.Path) and len(side.steps) == 1 and side.steps[0] in columns:
            return side.steps[0], other
    raise BadXPath(f"{told}; no such column is in the list", tree.at)
