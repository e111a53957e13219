"""The functions of XPath, OpenRosa and XLSForm that CEL can carry, one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeAlias

from backend.xlsform import xpath
from backend.xlsform.operations import (
    EPOCH,
    Value,
    arithmetic,
    as_date,
    chosen,
    filled,
    together,
    truncated,
)
from backend.xlsform.terms import (
    ATOM,
    COMPARISON,
    FALSE,
    OR,
    PRODUCT,
    SUM,
    TERNARY,
    TRUE,
    Atom,
    Condition,
    Term,
    joined,
    number_text,
    quoted,
    total,
)
from backend.xlsform.xpath import BadXPath


class Translator(Protocol):
    """What a function asks of the translation of its arguments."""

    def evaluate(self, tree: xpath.Tree) -> Value:
        """The term or condition of a tree."""

    def boolean(self, tree: xpath.Tree) -> Condition:
        """As a condition."""

    def term(self, tree: xpath.Tree) -> Term:
        """As a value."""

    def number(self, tree: xpath.Tree) -> Term:
        """As a number."""

    def text(self, tree: xpath.Tree) -> str:
        """As a text, empty where there is no value."""


MAX_REPEAT = 1000
"""RE2 counts no further in a pattern."""

_REASONS = {
    "once": "expressions are worked out again at each change, so a value cannot be kept once set",
    "random": "the server could not check a random value",
    "uuid": "the server could not check a random value; a submission has its own id",
    "position": "the number of a row is not known to expressions",
    "index": "the number of a row is not known to expressions",
    "indexed-repeat": "a single row cannot be read from outside of it",
    "sum": "expressions cannot add up the rows of a repeat",
    "jr:choice-name": "a label depends on the language, so it is no value: use the code",
    "jr:itext": "a label depends on the language, so it is no value",
    "pulldata": "other files cannot be read",
    "instance": "other files cannot be read",
    "substr": "CEL has no part of a text; regex() can test one",
    "substring": "CEL has no part of a text; regex() can test one",
    "translate": "CEL cannot change the letters of a text",
    "format-date": "only the format '%Y-%m-%d' can be carried",
    "decimal-time": "a time of day cannot be reckoned with",
    "property": "the envelope says which phone and whose it is",
}


def call(to: Translator, tree: xpath.Call) -> Value:
    """A function call. :raises BadXPath: CEL cannot carry it, with the reason"""
    known = _CALLS.get(tree.name)
    if known is None:
        reason = _REASONS.get(tree.name, "is not supported")
        raise BadXPath(f"{tree.name}(): {reason}", tree.at)
    least, most, carry = known
    if not least <= len(tree.arguments) <= most:
        raise BadXPath(f"{tree.name}() takes another number of values", tree.at)
    return carry(to, tree)


def _not(to: Translator, tree: xpath.Call) -> Value:
    return to.boolean(tree.arguments[0]).negated()


def _selected(to: Translator, tree: xpath.Call) -> Value:
    answer, code = to.term(tree.arguments[0]), to.term(tree.arguments[1])
    if code.kind not in ("text", "number") or answer.kind not in ("codes", "text"):
        raise BadXPath("selected() takes a select and a code", tree.at)
    text = quoted(f"{code.literal:g}") if isinstance(code.literal, float) else code.within(SUM)
    if code.kind == "number" and code.literal is None:
        text = f"text({code.text})"
    sign = f"{text} in {answer.text}"
    if answer.kind == "text":
        sign = f"{answer.within(SUM)} == {text}"
    return Atom(sign, together(answer, code), binds=COMPARISON)


def _count_selected(to: Translator, tree: xpath.Call) -> Value:
    return _count(to, tree, "codes", "count-selected() takes a select_multiple")


def _count_rows(to: Translator, tree: xpath.Call) -> Value:
    return _count(to, tree, "rows", "count() takes a repeat")


def _count(to: Translator, tree: xpath.Call, kind: str, told: str) -> Term:
    answer = to.term(tree.arguments[0])
    if answer.kind != kind or answer.variable is None:
        raise BadXPath(told, tree.at)
    size = f"answered({answer.variable}) ? double(size({answer.variable})) : 0.0"
    return Term(size, "number", binds=TERNARY)


def _length(to: Translator, tree: xpath.Call) -> Value:
    raise BadXPath("string-length() can only be compared with a number", tree.at)


def length_compared(to: Translator, tree: xpath.Tree, sign: str, limit: float) -> Condition:
    """``string-length(x)`` against a whole number, as a pattern: both engines count alike there."""
    answer = to.term(tree)
    if answer.kind not in ("text", "date"):
        raise BadXPath("string-length() takes a text", tree.at)
    if limit != int(limit) or not 0 <= limit <= MAX_REPEAT:
        raise BadXPath(f"a length is compared with a whole number up to {MAX_REPEAT}", tree.at)
    least, most = {
        "=": (limit, limit), "!=": (limit, limit), "<": (0, limit - 1), "<=": (0, limit),
        ">": (limit + 1, None), ">=": (limit, None),
    }[sign]  # fmt: skip
    empty = least == 0
    if most is not None and most < 0:
        return FALSE
    top = "" if most is None else str(int(most))
    pattern = f"^[\\s\\S]{{{int(least)},{top}}}$"
    fits = Atom(f"{answer.within(ATOM)}.matches({quoted(pattern)})", answer.has, empty)
    if most is None and empty:
        return TRUE
    if most is None and least == 1:
        return filled(answer)
    if top == "0":
        return filled(answer).negated()
    return fits.negated() if sign == "!=" else fits


def _regex(to: Translator, tree: xpath.Call) -> Value:
    answer, pattern = to.term(tree.arguments[0]), to.term(tree.arguments[1])
    if answer.kind not in ("text", "date", "number") or not isinstance(pattern.literal, str):
        raise BadXPath("regex() takes a text and a pattern in quotes", tree.at)
    whole = pattern.literal
    if not (whole.startswith("^") and whole.endswith("$")) or re.search(r"(?<!\\)\|", whole):
        whole = f"^(?:{whole.removeprefix('^').removesuffix('$')})$"
    text = f"text({answer.text})" if answer.kind == "number" else answer.within(ATOM)
    return Atom(f"{text}.matches({quoted(whole)})", answer.has)


def _tested(method: str) -> Callable[[Translator, xpath.Call], Value]:
    def carry(to: Translator, tree: xpath.Call) -> Value:
        text, part = (to.text(argument) for argument in tree.arguments)
        whole = text if text.startswith(("'", "(")) or text.isidentifier() else f"({text})"
        return Atom(f"{whole}.{method}({part})")

    return carry


def _if(to: Translator, tree: xpath.Call) -> Value:
    when = to.boolean(tree.arguments[0])
    then, otherwise = (to.evaluate(argument) for argument in tree.arguments[1:])
    if not isinstance(then, Term) and not isinstance(otherwise, Term):
        text = f"{total(when, OR)} ? {total(then, OR)} : {total(otherwise, OR)}"
        return Atom(text, binds=TERNARY)
    return chosen(when, to.term(tree.arguments[1]), to.term(tree.arguments[2]), tree.at)


def _coalesce(to: Translator, tree: xpath.Call) -> Value:
    first, second = (to.evaluate(argument) for argument in tree.arguments)
    if not isinstance(first, Term) or not isinstance(second, Term):
        raise BadXPath("coalesce() takes values, not conditions", tree.at)
    return chosen(filled(first), first, second, tree.at)


def _extreme(sign: str) -> Callable[[Translator, xpath.Call], Value]:
    def carry(to: Translator, tree: xpath.Call) -> Value:
        found = to.number(tree.arguments[0])
        if len(tree.arguments) == 1:
            raise BadXPath(f"{tree.name}() of the rows of a repeat is not supported", tree.at)
        for argument in tree.arguments[1:]:
            other = to.number(argument)
            test = f"{found.within(SUM)} {sign} {other.within(SUM)}"
            text = f"{test} ? {found.within(OR)} : {other.within(OR)}"
            found = Term(text, "number", together(found, other), TERNARY)
        return found

    return carry


def _round(to: Translator, tree: xpath.Call) -> Value:
    number = to.number(tree.arguments[0])
    digits = to.number(tree.arguments[1]).literal if len(tree.arguments) == 2 else 0.0
    if digits == 0.0:
        return Term(f"round_half_up({number.text})", "number", number.has)
    if digits == 1.0:
        return Term(f"round1({number.text})", "number", number.has)
    if digits not in (2.0, 3.0, 4.0):
        raise BadXPath("round() takes 0 to 4 places", tree.at)
    factor = number_text(10.0**digits)
    text = f"round_half_up({number.within(PRODUCT)} * {factor}) / {factor}"
    return Term(text, "number", number.has, PRODUCT)


def _int(to: Translator, tree: xpath.Call) -> Value:
    return truncated(to.number(tree.arguments[0]))


def _power(to: Translator, tree: xpath.Call) -> Value:
    number, exponent = to.number(tree.arguments[0]), to.number(tree.arguments[1]).literal
    if not isinstance(exponent, float) or exponent not in (1.0, 2.0, 3.0, 4.0):
        raise BadXPath("pow() takes a power from 1 to 4", tree.at)
    found = number
    for _ in range(int(exponent) - 1):
        found = arithmetic(found, "*", number, tree.at)
    return found


def _abs(to: Translator, tree: xpath.Call) -> Value:
    number = to.number(tree.arguments[0])
    text = f"{number.within(SUM)} < 0.0 ? -{number.within(ATOM)} : {number.within(OR)}"
    return Term(text, "number", number.has, TERNARY)


def _concat(to: Translator, tree: xpath.Call) -> Value:
    return Term(" + ".join(to.text(a) for a in tree.arguments), "text", binds=SUM)


def _string(to: Translator, tree: xpath.Call) -> Value:
    term = to.term(tree.arguments[0])
    return Term(to.text(tree.arguments[0]), "text", binds=SUM, codes=term.codes)


def _date(to: Translator, tree: xpath.Call) -> Value:
    return as_date(to.term(tree.arguments[0]), tree.at)


def _format_date(to: Translator, tree: xpath.Call) -> Value:
    if to.term(tree.arguments[1]).literal != "%Y-%m-%d":
        raise BadXPath(f"format-date(): {_REASONS['format-date']}", tree.at)
    return _date(to, tree)


def _days(to: Translator, tree: xpath.Call) -> Value:
    day = as_date(to.term(tree.arguments[0]), tree.at)
    return Term(f"days_between({EPOCH}, {day.text})", "number", day.has)


def _empty_true(_: Translator, tree: xpath.Call) -> Value:
    return TRUE if tree.name == "true" else FALSE


def _checked(to: Translator, tree: xpath.Call) -> Value:
    """``checklist(min, max, ...)``: how many of the conditions hold."""
    bounds = [to.number(argument).literal for argument in tree.arguments[:2]]
    if not all(isinstance(bound, float) for bound in bounds):
        raise BadXPath("checklist() takes two numbers first", tree.at)
    parts = [f"({total(to.boolean(a), OR)} ? 1.0 : 0.0)" for a in tree.arguments[2:]]
    count = " + ".join(parts)
    low, high = (float(bound or 0.0) for bound in bounds)
    found: list[Condition] = []
    if low >= 0:
        found.append(Atom(f"{count} >= {number_text(low)}", binds=COMPARISON))
    if high >= 0:
        found.append(Atom(f"{count} <= {number_text(high)}", binds=COMPARISON))
    return joined("&&", found)


_Carry: TypeAlias = Callable[[Translator, xpath.Call], Value]
_CALLS: dict[str, tuple[int, int, _Carry]] = {
    "abs": (1, 1, _abs),
    "boolean": (1, 1, lambda to, tree: to.boolean(tree.arguments[0])),
    "boolean-from-string": (1, 1, lambda to, tree: to.boolean(tree.arguments[0])),
    "checklist": (3, 60, _checked),
    "coalesce": (2, 2, _coalesce),
    "concat": (1, 30, _concat),
    "contains": (2, 2, _tested("contains")),
    "count": (1, 1, _count_rows),
    "count-selected": (1, 1, _count_selected),
    "date": (1, 1, _date),
    "decimal-date-time": (1, 1, _days),
    "ends-with": (2, 2, _tested("endsWith")),
    "false": (0, 0, _empty_true),
    "format-date": (2, 2, _format_date),
    "if": (3, 3, _if),
    "int": (1, 1, _int),
    "max": (1, 12, _extreme(">")),
    "min": (1, 12, _extreme("<")),
    "not": (1, 1, _not),
    "now": (0, 0, lambda _to, _tree: Term("today", "date")),
    "number": (1, 1, lambda to, tree: to.number(tree.arguments[0])),
    "pow": (2, 2, _power),
    "regex": (2, 2, _regex),
    "round": (1, 2, _round),
    "selected": (2, 2, _selected),
    "starts-with": (2, 2, _tested("startsWith")),
    "string": (1, 1, _string),
    "string-length": (1, 1, _length),
    "today": (0, 0, lambda _to, _tree: Term("today", "date")),
    "true": (0, 0, _empty_true),
}
SUPPORTED = tuple(sorted(_CALLS))
