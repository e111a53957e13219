"""Pieces of CEL with what they need to have a value: how XPath's meaning is kept.

In XPath an unanswered question is the empty text: comparisons with it are false (or, with ``!=``,
true), and ``not(...)`` of them true. For our CEL it is an error (docs/decisions/0002). So each
value carries the conditions under which it exists, and each condition can be written two ways:
*total*, with those conditions spelled out, and *loose*, where an error may stand for false.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

TERNARY, OR, AND, COMPARISON, SUM, PRODUCT, UNARY, ATOM = range(8)
"""How tightly an operation binds, weakest first."""


@dataclass(frozen=True)
class Term:
    """A value.

    :param text: CEL; fails where one of ``has`` does not hold
    :param kind: number, text, date, codes, rows, place, or empty for the empty text
    :param has: conditions, each total, under which there is a value
    :param variable: its name, when it is a question as it stands
    :param codes: what it can be, when it is the answer of a select
    :param literal: what it is, when it stands in the expression
    :param branches: of a choice between values: when, then, otherwise
    """

    text: str
    kind: str
    has: tuple[str, ...] = ()
    binds: int = ATOM
    variable: str | None = None
    codes: tuple[str, ...] = ()
    literal: str | float | None = None
    branches: tuple[Condition, Term, Term] | None = None

    def within(self, binds: int) -> str:
        """As an operand of something that binds so tightly."""
        return self.text if self.binds >= binds else f"({self.text})"

    def present(self) -> Condition:
        """Whether there is a value."""
        return joined("&&", [Atom(h, binds=AND) if "&&" in h else Atom(h) for h in self.has])


@dataclass(frozen=True)
class Atom:
    """A condition that is not put together from others.

    :param text: fails where one of ``has`` does not hold
    :param otherwise: what it is then
    """

    text: str
    has: tuple[str, ...] = ()
    otherwise: bool = False
    binds: int = ATOM

    def loose(self) -> tuple[str, int]:
        return self.total() if self.otherwise else (self.text, self.binds)

    def total(self) -> tuple[str, int]:
        if not self.has:
            return self.text, self.binds
        if self.otherwise:
            parts = [*(negated_text(h) for h in self.has), fitted(self.text, self.binds, OR)]
            return " || ".join(parts), OR
        return " && ".join([*self.has, fitted(self.text, self.binds, AND)]), AND

    def negated(self) -> Condition:
        if self.text in ("true", "false"):
            return Atom("false" if self.text == "true" else "true")
        return Atom(negated_text(self.text, self.binds), self.has, not self.otherwise, UNARY)


@dataclass(frozen=True)
class Joined:
    """Conditions joined by ``&&`` or ``||``."""

    sign: str
    parts: tuple[Condition, ...]

    @property
    def binds(self) -> int:
        return AND if self.sign == "&&" else OR

    def loose(self) -> tuple[str, int]:
        return self._written([part.loose() for part in self.parts])

    def total(self) -> tuple[str, int]:
        return self._written([part.total() for part in self.parts])

    def _written(self, parts: Iterable[tuple[str, int]]) -> tuple[str, int]:
        # Mixed && and || are bracketed, as everywhere in schemas/.
        inner = [fitted(text, binds, COMPARISON) if binds != self.binds else text
                 for text, binds in parts]  # fmt: skip
        return f" {self.sign} ".join(inner), self.binds

    def negated(self) -> Condition:
        other = "||" if self.sign == "&&" else "&&"
        return Joined(other, tuple(part.negated() for part in self.parts))


Condition: TypeAlias = Atom | Joined

TRUE, FALSE = Atom("true"), Atom("false")


def joined(sign: str, parts: Iterable[Condition]) -> Condition:
    """Several conditions as one; constants are worked out, equal ones stand once."""
    neutral, decisive = (TRUE, FALSE) if sign == "&&" else (FALSE, TRUE)
    flat: list[Condition] = []
    for part in parts:
        for inner in part.parts if isinstance(part, Joined) and part.sign == sign else (part,):
            if inner == decisive:
                return decisive
            if inner != neutral and inner not in flat:
                flat.append(inner)
    if not flat:
        return neutral
    return flat[0] if len(flat) == 1 else Joined(sign, tuple(flat))


def fitted(text: str, binds: int, needed: int) -> str:
    return text if binds >= needed else f"({text})"


def negated_text(text: str, binds: int = ATOM) -> str:
    """The opposite of a condition that never fails (or fails alike)."""
    if binds >= UNARY and text.startswith("!"):
        return text[1:]
    if binds == ATOM and not _is_single(text):
        binds = OR
    return f"!{fitted(text, binds, UNARY)}"


def _is_single(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign in " ?&|":
            return False
    return True


def total(condition: Condition, binds: int = TERNARY) -> str:
    """A condition that never fails, as text."""
    text, own = condition.total()
    return fitted(text, own, binds)


def quoted(text: str) -> str:
    """A text constant of CEL."""
    marked = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return "'" + marked.replace("\r", "\\r").replace("\t", "\\t") + "'"


def number_text(value: float) -> str:
    """A number constant of CEL."""
    text = repr(float(value))
    return text if "e" not in text and "inf" not in text else f"{value:f}"
