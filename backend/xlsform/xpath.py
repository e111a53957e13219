"""The XPath that XLSForm uses, as a tree. A recursive-descent parser of XPath 1.0 expressions.

Grammar: https://www.w3.org/TR/1999/REC-xpath-19991116/ with ``${name}`` of XLSForm. Paths are kept
as their steps, for only steps to a question have a meaning here; predicates are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

MAX_DEPTH = 40
MAX_CHAIN = 120
MAX_LENGTH = 4_000
"""More than any author writes; what walks the tree goes as deep as the tree."""


class BadXPath(Exception):
    """An expression that cannot be read or carried over.

    :param position: where, in characters from the beginning
    """

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True)
class Number:
    value: float
    at: int


@dataclass(frozen=True)
class Literal:
    text: str
    at: int


@dataclass(frozen=True)
class Reference:
    """``${name}``."""

    name: str
    at: int


@dataclass(frozen=True)
class Path:
    """Steps with slashes; ``.`` and ``..`` stand as they are, a leading ``/`` as an empty step."""

    steps: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple[Tree, ...]
    at: int


@dataclass(frozen=True)
class Operation:
    """``or and = != < <= > >= + - * div mod``."""

    operator: str
    left: Tree
    right: Tree
    at: int


@dataclass(frozen=True)
class Negation:
    operand: Tree
    at: int


Tree: TypeAlias = Number | Literal | Reference | Path | Call | Operation | Negation

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<reference>\$\{\s*(?P<name>[^}\s]+)\s*\})
    |(?P<word>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
    |(?P<sign>!=|<=|>=|//|\.\.|[-+*=<>()/.,|@\[\]])""",
    re.VERBOSE,
)
_SMART = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "，": ",", "（": "(", "）": ")"})
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_MANY_ROWS = "predicates [...] choose among rows, which expressions here cannot"


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(source: str) -> Tree:
    """The tree of an expression.

    :raises BadXPath: it is no XPath, or uses axes, unions or predicates
    """
    if len(source) > MAX_LENGTH:
        raise BadXPath(f"is longer than {MAX_LENGTH} characters")
    return _Parser(list(_tokens(source.translate(_SMART)))).whole()


def references(tree: Tree) -> Iterator[Tree]:
    """Every question that an expression names, as it names it."""
    if isinstance(tree, Reference | Path):
        yield tree
    elif isinstance(tree, Call):
        for argument in tree.arguments:
            yield from references(argument)
    elif isinstance(tree, Operation):
        yield from references(tree.left)
        yield from references(tree.right)
    elif isinstance(tree, Negation):
        yield from references(tree.operand)


def _tokens(source: str) -> Iterator[_Token]:
    place = 0
    while place < len(source):
        found = _TOKEN.match(source, place)
        if found is None:
            told = "a text is not closed" if source[place] in "'\"" else "does not belong here"
            raise BadXPath(f"'{source[place]}' {told}", place)
        kind = str(found.lastgroup) if found["reference"] is None else "reference"
        text = found["name"] if kind == "reference" else found[0]
        if kind != "space":
            yield _Token(kind, text, place)
        place = found.end()
    yield _Token("end", "", len(source))


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._operators = 0

    def whole(self) -> Tree:
        tree = self._level(0)
        if self._next.kind != "end":
            raise BadXPath(f"'{self._next.text}' does not belong here", self._next.at)
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += 1
        return token

    def _is(self, *signs: str) -> bool:
        return self._next.kind in ("sign", "word") and self._next.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            found = f"'{self._next.text}'" if self._next.text else "the end"
            raise BadXPath(f"'{sign}' is missing before {found}", self._next.at)
        self._take()

    def _level(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._unary()
        if level == 0:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise BadXPath("is nested too deeply", self._next.at)
        left = self._level(level + 1)
        while self._is(*_LEVELS[level]):
            sign = self._take()
            self._operators += 1
            if self._operators > MAX_CHAIN:
                raise BadXPath("has too many operators", sign.at)
            left = Operation(sign.text, left, self._level(level + 1), sign.at)
        if level == 0:
            self._depth -= 1
        return left

    def _unary(self) -> Tree:
        signs = []
        while self._is("-"):
            signs.append(self._take())
        self._operators += len(signs)
        tree = self._primary()
        if self._is("|"):
            raise BadXPath("unions of paths are not supported", self._next.at)
        if self._is("["):
            raise BadXPath(_MANY_ROWS, self._next.at)
        for sign in reversed(signs):
            tree = Negation(tree, sign.at)
        return tree

    def _primary(self) -> Tree:
        token = self._take()
        if token.kind == "number":
            return Number(float(token.text), token.at)
        if token.kind == "literal":
            return Literal(token.text[1:-1], token.at)
        if token.kind == "reference":
            if self._is("/"):
                raise BadXPath("a path below ${...} is not supported", self._next.at)
            return Reference(token.text, token.at)
        if token.kind == "word" and self._is("("):
            return self._call(token)
        if token.kind == "sign" and token.text == "(":
            tree = self._level(0)
            self._expect(")")
            return tree
        if token.kind == "word" or token.text in (".", "..", "/"):
            return self._path(token)
        found = f"'{token.text}' does not belong here" if token.text else "ends too early"
        raise BadXPath(found, token.at)

    def _call(self, name: _Token) -> Tree:
        self._expect("(")
        arguments: list[Tree] = []
        if not self._is(")"):
            arguments.append(self._level(0))
            while self._is(","):
                self._take()
                arguments.append(self._level(0))
        self._expect(")")
        return Call(name.text, tuple(arguments), name.at)

    def _path(self, first: _Token) -> Tree:
        steps = ["" if first.text == "/" else first.text]
        if first.text == "/":
            self._place -= 1
        while self._is("/"):
            self._take()
            step = self._take()
            named = step.kind in ("word", "reference") or step.text in (".", "..")
            if not named or self._is("("):
                raise BadXPath("a step of a path is the name of a question", step.at)
            steps.append(step.text)
        return Path(tuple(steps), first.at)
