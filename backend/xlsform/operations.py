"""Comparing, reckoning and converting by what terms hold (XPath 1.0, section 3)."""

from __future__ import annotations

import re
from typing import TypeAlias

from backend.kernel.dates import parse_day
from backend.xlsform import terms
from backend.xlsform.terms import (
    COMPARISON,
    FALSE,
    OR,
    PRODUCT,
    SUM,
    TERNARY,
    TRUE,
    Atom,
    Condition,
    Joined,
    Term,
    joined,
    number_text,
    quoted,
    total,
)
from backend.xlsform.xpath import BadXPath

EPOCH = "'1970-01-01'"
ORDERS = ("<", "<=", ">", ">=")
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}

Value: TypeAlias = Term | Atom | Joined


def arithmetic(left: Term, sign: str, right: Term, at: int) -> Term:
    """Two numbers by ``+ - * div mod``."""
    has = together(left, right)
    if sign == "mod":
        quotient = arithmetic(left, "div", right, at)
        whole = arithmetic(right, "*", truncated(quotient), at)
        return arithmetic(left, "-", whole, at)
    binds = SUM if sign in "+-" else PRODUCT
    written = "/" if sign == "div" else sign
    tight = binds + 1
    return Term(f"{left.within(binds)} {written} {right.within(tight)}", "number", has, binds)


def truncated(number: Term) -> Term:
    """A number without its fraction, from what the own functions give."""
    low, value = number.within(SUM), number.within(SUM)
    text = (
        f"{low} >= 1.0 ? round_half_up({value} - 0.5) : "
        f"({low} <= -1.0 ? round_half_up({value} + 0.5) : 0.0)"
    )
    return Term(text, "number", number.has, TERNARY)


def together(*parts: Term) -> tuple[str, ...]:
    """What must be there for all of them to have a value."""
    return tuple(dict.fromkeys(h for part in parts for h in part.has))


def literal(text: str) -> Term:
    """A text that stands in an expression."""
    if not text:
        return Term("''", "", literal="")
    return Term(quoted(text), "text", literal=text)


def filled(term: Term) -> Condition:
    """Whether a value is not the empty text."""
    if term.kind == "":
        return FALSE
    if isinstance(term.literal, str | float):
        return TRUE
    if term.branches is not None:
        when, then, otherwise = term.branches
        return either(when, filled(then), filled(otherwise))
    if term.kind == "text" and term.variable is None and term.has == ():
        return Atom(f"{term.within(SUM)} != ''", binds=COMPARISON)
    return term.present()


def either(when: Condition, then: Condition, otherwise: Condition) -> Condition:
    """One condition or the other."""
    return joined("||", [joined("&&", [when, then]), joined("&&", [when.negated(), otherwise])])


def compared(left: Value, sign: str, right: Value, at: int) -> Condition:
    """A comparison, as XPath 1.0 section 3.4 makes it, for what the two sides hold."""
    if not isinstance(left, Term) or not isinstance(right, Term):
        return _with_condition(left, sign, right, at)
    for term, other, turned in ((left, right, False), (right, left, True)):
        if term.branches is not None:
            when, then, otherwise = term.branches
            pair = [(other, t) if turned else (t, other) for t in (then, otherwise)]
            sides = [compared(a, sign, b, at) for a, b in pair]
            return either(when, sides[0], sides[1])
    if sign in ORDERS:
        return _ordered(left, sign, right, at)
    equal = _equal(left, right, at)
    return equal if sign == "=" else equal.negated()


def _with_condition(left: Value, sign: str, right: Value, at: int) -> Condition:
    if isinstance(left, Term):
        return _with_condition(right, MIRRORED[sign], left, at)
    if sign in ORDERS:
        raise BadXPath("yes or no has no order", at)
    if not isinstance(right, Term):
        same = either(left, right, right.negated())
        return same if sign == "=" else same.negated()
    if right.literal in ("true", "1", 1.0):
        return left if sign == "=" else left.negated()
    if right.literal in ("false", "0", 0.0):
        return left.negated() if sign == "=" else left
    if right.literal == "" and isinstance(left, Atom) and left.has:
        answered = joined("&&", [Atom(h) for h in left.has])
        return answered.negated() if sign == "=" else answered
    raise BadXPath("yes or no can only be compared with true() or false()", at)


def _ordered(left: Term, sign: str, right: Term, at: int) -> Condition:
    if "" in (left.kind, right.kind):
        return FALSE
    for term, other, order in ((left, right, sign), (right, left, MIRRORED[sign])):
        number = as_constant(other)
        if term.codes and term.kind == "text" and term.variable and number is not None:
            return _among(term, [c for c in term.codes if _holds(c, order, number)])
    has = together(left, right)
    if "date" in (left.kind, right.kind):
        left, right = as_date(left, at), as_date(right, at)
    else:
        left, right = as_number(left, at), as_number(right, at)
    return Atom(f"{left.within(SUM)} {sign} {right.within(SUM)}", has, binds=COMPARISON)


def _holds(code: str, sign: str, limit: float) -> bool:
    number = _numeric(code)
    if number is None:
        return False
    return {
        "<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit,
    }[sign]  # fmt: skip


def _among(term: Term, codes: list[str]) -> Condition:
    if not codes:
        return FALSE
    if len(codes) == 1:
        return Atom(f"{term.text} == {quoted(codes[0])}", term.has, binds=COMPARISON)
    listed = ", ".join(quoted(code) for code in codes)
    return Atom(f"{term.text} in [{listed}]", term.has, binds=COMPARISON)


def _equal(left: Term, right: Term, at: int) -> Condition:
    for term, other in ((left, right), (right, left)):
        if other.kind == "":
            return filled(term).negated()
    for term, other in ((left, right), (right, left)):
        if other.literal is not None:
            return _equals_constant(term, other, at)
    has = together(left, right)
    if left.kind == right.kind or {left.kind, right.kind} == {"text", "date"}:
        pair, kinds = (left, right), {left.kind, right.kind}
        same: Condition = Atom(f"{left.within(SUM)} == {right.within(SUM)}", has, binds=COMPARISON)
    else:
        pair, kinds = (as_number(left, at), as_number(right, at)), {"number"}
        same = Atom(f"{pair[0].within(SUM)} == {pair[1].within(SUM)}", has, binds=COMPARISON)
    if "place" in kinds or "rows" in kinds:
        raise BadXPath("places and repeats cannot be compared", at)
    if left.variable and right.variable:  # two empty answers are the same text
        neither = joined("&&", [left.present().negated(), right.present().negated()])
        return joined("||", [same, neither])
    return same


def _equals_constant(term: Term, constant: Term, at: int) -> Condition:
    number = as_constant(constant)
    written = constant.literal if isinstance(constant.literal, str) else None
    if term.kind == "codes":
        listed = ", ".join(quoted(code) for code in str(written or f"{number:g}").split())
        return Atom(f"{term.text} == [{listed}]", term.has, binds=COMPARISON)
    if term.kind == "number":
        if number is None:
            return FALSE
        text = f"{term.within(SUM)} == {number_text(number)}"
        return Atom(text, term.has, binds=COMPARISON)
    if term.kind == "date":
        day = as_date(constant, at)
        return Atom(f"{term.within(SUM)} == {day.text}", term.has, binds=COMPARISON)
    if term.kind in ("place", "rows"):
        raise BadXPath("places and repeats can only be compared with ''", at)
    if written is not None:
        return Atom(f"{term.within(SUM)} == {quoted(written)}", term.has, binds=COMPARISON)
    if term.codes:
        return _among(term, [code for code in term.codes if _numeric(code) == number])
    text = f"{term.within(SUM)} == {quoted(f'{number:g}')}"
    return Atom(text, term.has, binds=COMPARISON)


_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")


def _numeric(text: str) -> float | None:
    stripped = text.strip()
    return float(stripped) if _NUMBER.fullmatch(stripped) else None


def as_constant(term: Term) -> float | None:
    """The number that stands here, if one does."""
    if isinstance(term.literal, float):
        return term.literal
    return None if term.literal is None else _numeric(term.literal)


def as_number(term: Term, at: int) -> Term:
    """A value as a number: answers of selects by their codes, dates as days since 1970."""
    constant = as_constant(term)
    if constant is not None:
        return Term(number_text(constant), "number", literal=constant)
    if term.kind == "number":
        return term
    if term.branches is not None:
        when, then, otherwise = term.branches
        return chosen(when, as_number(then, at), as_number(otherwise, at), at)
    if term.kind == "date":
        return Term(f"days_between({EPOCH}, {term.text})", "number", term.has)
    if term.codes and term.kind == "text":
        numbers = [(code, _numeric(code)) for code in term.codes]
        if all(number is not None for _, number in numbers):
            text = number_text(numbers[-1][1] or 0.0)
            for code, number in reversed(numbers[:-1]):
                test = f"{term.within(SUM)} == {quoted(code)}"
                text = f"{test} ? {number_text(number or 0.0)} : {_inner(text)}"
            return Term(text, "number", term.has, TERNARY if len(numbers) > 1 else terms.ATOM)
        raise BadXPath(f"not every code of '{term.text}' is a number", at)
    told = "an empty text" if term.kind == "" else f"'{term.text}' ({term.kind})"
    raise BadXPath(f"{told} cannot be read as a number", at)


def _inner(text: str) -> str:
    return f"({text})" if " ? " in text else text


def as_date(term: Term, at: int) -> Term:
    """A value as a date."""
    if isinstance(term.literal, str):
        try:
            parse_day(term.literal)
        except ValueError:
            raise BadXPath(f"'{term.literal}' is no date", at) from None
        return Term(term.text, "date", literal=term.literal)
    if term.kind == "date":
        return term
    if term.kind == "number":
        return Term(f"add_days({EPOCH}, {term.text})", "date", term.has)
    raise BadXPath(f"'{term.text}' ({term.kind or 'empty'}) cannot be read as a date", at)


def as_text(term: Term, at: int) -> str:
    """A value as a text, empty where there is none; binds like a sum."""
    if term.kind in ("codes", "place", "rows"):
        raise BadXPath(f"'{term.text}' ({term.kind}) has no single text here", at)
    written = term.text
    if isinstance(term.literal, float):
        written = quoted(f"{term.literal:g}")
    elif term.kind == "number":
        written = f"text({term.text})"
    if not term.has:
        return terms.fitted(written, term.binds if written == term.text else terms.ATOM, SUM)
    inner = terms.fitted(written, term.binds if written == term.text else terms.ATOM, OR)
    return f"({total(term.present(), OR)} ? {inner} : '')"


def chosen(when: Condition, then: Term, otherwise: Term, at: int) -> Term:
    """One value or the other, both brought to one type.

    :raises BadXPath: they have none in common (a number or no value has none either: where such a
        choice is a whole calculation, its condition becomes the visibility of the field)
    """
    kinds = {then.kind, otherwise.kind}
    if kinds == {""}:
        return then
    if len(kinds) > 1:
        constants = [t for t in (then, otherwise) if t.literal not in (None, "")]
        if kinds - {""} == {"date"} or kinds - {""} == {"text"}:
            pass
        elif kinds == {"text", "date"} or (constants and kinds == {"text", "number"}):
            then, otherwise = (_worded(term, at) for term in (then, otherwise))
        else:
            raise BadXPath("a choice needs values of one type on both sides", at)
    kind = next(iter({then.kind, otherwise.kind} - {""}))
    has: tuple[str, ...] = then.has
    if then.has != otherwise.has:
        parts = [total(term.present(), OR) for term in (then, otherwise)]
        has = (f"({total(when, OR)} ? {parts[0]} : {parts[1]})",)
    text = f"{total(when, OR)} ? {then.within(OR)} : {otherwise.within(OR)}"
    codes = then.codes if then.codes == otherwise.codes else ()
    return Term(text, kind, has, TERNARY, codes=codes, branches=(when, then, otherwise))


def _worded(term: Term, at: int) -> Term:
    if isinstance(term.literal, float):
        return Term(quoted(f"{term.literal:g}"), "text", literal=f"{term.literal:g}")
    if term.kind == "number":
        return Term(f"text({term.text})", "text", term.has)
    return Term(term.text, "text", term.has, term.binds, literal=term.literal)
