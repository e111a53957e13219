"""From XPath to CEL by types, so that the meaning is kept (the table of docs/xlsform.md).

XPath converts as it goes; CEL does not. What a question holds is known here, so each operation is
written in the one way that CEL has for these types, and refused where it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.xlsform import terms, xpath
from backend.xlsform.model import Symbol
from backend.xlsform.operations import (
    MIRRORED,
    Value,
    arithmetic,
    as_number,
    as_text,
    compared,
    filled,
    literal,
    together,
)
from backend.xlsform.terms import (
    AND,
    COMPARISON,
    FALSE,
    OR,
    SUM,
    TERNARY,
    TRUE,
    Atom,
    Condition,
    Joined,
    Term,
    joined,
    number_text,
    total,
)
from backend.xlsform.to_cel_calls import call, length_compared
from backend.xlsform.xpath import BadXPath


@dataclass(frozen=True)
class Scope:
    """What an expression may read.

    :param find: a question by the name that the author wrote
    :param itself: the question that ``.`` means, where it has a meaning
    :param before: only questions with a smaller order may be read; nothing: all may
    :param repeat: the repeat whose row the expression stands in
    """

    find: Callable[[str], Symbol | None]
    itself: Symbol | None = None
    before: int | None = None
    repeat: str | None = None


class Translator:
    """Translates expressions of one scope. :raises BadXPath: (all methods) it cannot be said"""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def condition(self, source: str) -> str:
        """A condition for ``visible`` or ``required``: there, no value is false anyway."""
        return self.boolean(xpath.parse(source)).loose()[0]

    def constraint(self, source: str) -> str:
        """A condition for ``check``: it is not asked while the question itself is unanswered, and
        an unanswered other question counts as XPath has it.
        """
        condition = self.boolean(xpath.parse(source))
        itself = self._scope.itself
        if itself is None:
            return total(condition)
        asked = f"answered({itself.name})"
        if _reads_only(condition, asked):
            return condition.loose()[0]
        return f"!{asked} || {total(condition, AND)}"

    def value(self, source: str) -> tuple[str, str]:
        """CEL and value type of a calculation; no type for the empty text."""
        return self.tree_value(xpath.parse(source))

    def tree_value(self, tree: xpath.Tree) -> tuple[str, str]:
        """The same of a tree."""
        found = self.evaluate(tree)
        if isinstance(found, Term):
            return found.text, found.kind
        return total(found), "bool"

    def evaluate(self, tree: xpath.Tree) -> Value:
        """The term or condition of a tree."""
        match tree:
            case xpath.Number():
                return Term(number_text(tree.value), "number", literal=tree.value)
            case xpath.Literal():
                return literal(tree.text)
            case xpath.Reference():
                return self._question(tree.name, tree.at)
            case xpath.Path():
                return self._path(tree)
            case xpath.Negation():
                return self._negation(tree)
            case xpath.Call():
                return call(self, tree)
            case xpath.Operation():
                return self._operation(tree)

    def _negation(self, tree: xpath.Negation) -> Term:
        found = self.number(tree.operand)
        if isinstance(found.literal, float):
            negative = -found.literal
            return Term(number_text(negative), "number", binds=terms.UNARY, literal=negative)
        return Term(f"-{found.within(terms.ATOM)}", "number", found.has, terms.UNARY)

    def _operation(self, tree: xpath.Operation) -> Value:
        if tree.operator in ("and", "or"):
            sign = "&&" if tree.operator == "and" else "||"
            return joined(sign, [self.boolean(tree.left), self.boolean(tree.right)])
        if tree.operator in MIRRORED:
            return self._comparison(tree)
        return self._arithmetic(tree)

    def boolean(self, tree: xpath.Tree) -> Condition:
        """As a condition: a text is true when it is not empty, a number when it is not 0."""
        found = self.evaluate(tree)
        if not isinstance(found, Term):
            return found
        if isinstance(found.literal, float):
            return TRUE if found.literal else FALSE
        if found.kind == "number":
            return Atom(f"{found.within(SUM)} != 0.0", found.has, binds=COMPARISON)
        return filled(found)

    def term(self, tree: xpath.Tree) -> Term:
        """As a value; a condition as the text that XPath makes of it."""
        found = self.evaluate(tree)
        if isinstance(found, Term):
            return found
        return Term(f"{total(found, OR)} ? 'true' : 'false'", "text", binds=TERNARY)

    def number(self, tree: xpath.Tree) -> Term:
        """As a number."""
        found = self.evaluate(tree)
        if isinstance(found, Term):
            return as_number(found, tree.at)
        return Term(f"{total(found, OR)} ? 1.0 : 0.0", "number", binds=TERNARY)

    def text(self, tree: xpath.Tree) -> str:
        """As a text, empty where there is no value; binds like a sum."""
        return as_text(self.term(tree), tree.at)

    def text_of(self, tree: xpath.Tree) -> str:
        """As a text that has no value where the question has none."""
        term = self.term(tree)
        if term.kind == "number":
            return as_text(Term(term.text, "number", literal=term.literal), tree.at)
        if term.kind not in ("text", "date"):
            raise BadXPath(f"'{term.text}' ({term.kind or 'empty'}) is no single text", tree.at)
        return term.text

    def _comparison(self, tree: xpath.Operation) -> Condition:
        pairs = (
            (tree.left, tree.operator, tree.right),
            (tree.right, MIRRORED[tree.operator], tree.left),
        )
        for side, sign, other in pairs:
            if isinstance(side, xpath.Call) and side.name == "string-length":
                limit = self.number(other).literal
                if len(side.arguments) != 1 or not isinstance(limit, float):
                    told = "string-length() of one text is compared with a plain number"
                    raise BadXPath(told, side.at)
                return length_compared(self, side.arguments[0], sign, limit)
        return compared(self.evaluate(tree.left), tree.operator, self.evaluate(tree.right), tree.at)

    def _path(self, path: xpath.Path) -> Value:
        if path.steps == (".",):
            if self._scope.itself is None:
                raise BadXPath("'.' has no meaning here", path.at)
            return self._value_of(self._scope.itself)
        name = path.steps[-1]
        if name in (".", "..", ""):
            raise BadXPath("a path must end at a question", path.at)
        return self._question(name, path.at)

    def _question(self, name: str, at: int) -> Value:
        if name.startswith("last-saved#"):
            raise BadXPath("last-saved# is not supported: prefill takes the last visit's", at)
        symbol = self._scope.find(name)
        if symbol is None:
            raise BadXPath(f"there is no question '{name}'", at)
        if self._scope.before is not None and symbol.order >= self._scope.before:
            raise BadXPath(f"reads '{name}', which stands later or is itself", at)
        if symbol.repeat is not None and symbol.repeat != self._scope.repeat:
            raise BadXPath(
                f"'{name}' stands in a repeat: a single value cannot be read from here", at
            )
        return self._value_of(symbol)

    def _value_of(self, symbol: Symbol) -> Value:
        if symbol.kind == "":
            return literal("")
        has = (f"answered({symbol.name})",)
        if symbol.kind == "bool":
            return Atom(symbol.name, has)
        return Term(symbol.name, symbol.kind, has, variable=symbol.name, codes=symbol.codes)

    def _arithmetic(self, tree: xpath.Operation) -> Term:
        left, right = self.evaluate(tree.left), self.evaluate(tree.right)
        sign, at = tree.operator, tree.at
        dated = [isinstance(side, Term) and side.kind == "date" for side in (left, right)]
        if isinstance(left, Term) and isinstance(right, Term):
            has = together(left, right)
            if sign == "-" and all(dated):
                return Term(f"days_between({right.text}, {left.text})", "number", has)
            if sign in ("+", "-") and any(dated) and not (sign == "-" and dated[1]):
                day, days = (left, right) if dated[0] else (right, left)
                count = as_number(days, at)
                number = count.text if sign == "+" else f"-{count.within(terms.ATOM)}"
                if isinstance(count.literal, float) and sign == "-":
                    number = number_text(-count.literal)
                return Term(f"add_days({day.text}, {number})", "date", has)
        return arithmetic(self.number(tree.left), sign, self.number(tree.right), at)


def _reads_only(condition: Condition, asked: str) -> bool:
    """Whether every part fails when this one question is unanswered, and for no other reason."""
    if isinstance(condition, Joined):
        return all(_reads_only(part, asked) for part in condition.parts)
    return condition.has == (asked,) and not condition.otherwise
