"""XPath into CEL: what XPath makes of these answers is what our expressions make of them.

The expected values follow XPath 1.0, section 3, and the OpenRosa functions, with an unanswered
question as the empty text; where CEL gives something else the row says so (docs/xlsform.md).
"""

from __future__ import annotations

from typing import Any

import pytest

from backend.kernel.expressions import Defect, Unanswered, compile_expression
from backend.xlsform.model import Symbol
from backend.xlsform.symbols import calculation
from backend.xlsform.to_cel import Scope, Translator
from backend.xlsform.xpath import BadXPath, parse

QUESTIONS = {
    "age": "number", "weight": "number", "height": "number", "name": "text", "born": "date",
    "sex": "text", "signs": "codes", "ok": "bool", "rows": "rows", "home": "place",
    "score": "text", "later": "number",
}  # fmt: skip
CODES = {"sex": ("1", "2"), "signs": ("0", "1", "2"), "score": ("0", "1", "2", "3")}
SYMBOLS = {
    name: Symbol(name, kind, order, CODES.get(name, ()))
    for order, (name, kind) in enumerate(QUESTIONS.items())
}
TYPES = {**QUESTIONS, "today": "date"}


def translator(itself: str | None = None, before: int | None = None) -> Translator:
    return Translator(Scope(SYMBOLS.get, SYMBOLS.get(itself or ""), before))


def outcome(cel: str, kind: str, answers: dict[str, Any]) -> Any:
    values = {"today": "2026-05-06", **answers}
    found = compile_expression(cel, TYPES, kind).evaluate(values)
    assert not isinstance(found, Defect), found
    return None if isinstance(found, Unanswered) else found


@pytest.mark.parametrize(
    ("xpath", "answers", "holds"),
    [
        ("${age} >= 18", {"age": 18.0}, True),
        ("${age} >= 18", {}, False),
        ("not(${age} >= 18)", {}, True),
        ("${age} = '5'", {"age": 5.0}, True),
        ("${age} = 'old'", {"age": 5.0}, False),
        ("${age} != 5", {}, True),
        ("${age} != 5", {"age": 5.0}, False),
        ("${name} = ''", {}, True),
        ("${name} != ''", {}, False),
        ("${name} != ''", {"name": "a"}, True),
        ("${name} != 'a'", {}, True),
        ("not(${name} != 'a')", {}, False),
        ("${sex} = 1", {"sex": "1"}, True),
        ("${sex} = 2 or ${age} > 60", {"age": 61.0}, True),
        ("${sex} = 2 and ${age} > 60", {"age": 61.0}, False),
        ("${score} > 1", {"score": "2"}, True),
        ("${score} > 1", {"score": "1"}, False),
        ("1 < ${score}", {"score": "2"}, True),
        ("${score} + ${sex} > 4", {"score": "3", "sex": "2"}, True),
        ("${score} + ${sex} > 4", {"score": "3"}, False),
        ("selected(${signs}, '1')", {"signs": ["0", "1"]}, True),
        ("selected(${signs}, '1')", {}, False),
        ("not(selected(${signs}, '1'))", {}, True),
        ("selected(${sex}, '1')", {"sex": "1"}, True),
        ("count-selected(${signs}) > 1", {"signs": ["0", "1"]}, True),
        ("count-selected(${signs}) = 0", {}, True),
        ("${signs} = '1'", {"signs": ["1"]}, True),
        ("${signs} = '1'", {"signs": ["0", "1"]}, False),
        ("${born} <= today()", {"born": "2026-05-06"}, True),
        ("${born} > today() - 30", {"born": "2026-04-06"}, False),
        ("${born} > today() - 30", {"born": "2026-04-07"}, True),
        ("${born} < '2020-01-01'", {"born": "2019-12-31"}, True),
        ("today() - ${born} > 365", {"born": "2025-05-05"}, True),
        ("string-length(${name}) = 2", {"name": "王兰"}, True),
        ("string-length(${name}) > 2", {"name": "王兰"}, False),
        ("string-length(${name}) < 3", {}, True),
        ("string-length(${name}) > 0", {}, False),
        ("regex(${name}, '[a-z]+')", {"name": "abc1"}, False),
        ("regex(${name}, '[a-z]+')", {"name": "abc"}, True),
        ("regex(${name}, 'a|bc')", {"name": "abc"}, False),
        ("contains(${name}, 'b')", {"name": "abc"}, True),
        ("starts-with(${name}, 'b')", {"name": "abc"}, False),
        ("${ok} = true()", {"ok": True}, True),
        ("not(${ok})", {}, True),
        ("${ok} = 'false'", {"ok": False}, True),
        ("count(${rows}) >= 2", {"rows": [{}, {}]}, True),
        ("count(${rows}) = 0", {}, True),
        ("if(${sex} = 1, ${age}, ${weight}) > 5", {"weight": 6.0}, True),
        ("if(${sex} = 1, ${age}, ${weight}) > 5", {"sex": "1", "weight": 6.0}, False),
        ("coalesce(${age}, 5) = 5", {}, True),
        ("coalesce(${age}, 5) = 5", {"age": 4.0}, False),
        ("${age} mod 2 = 1", {"age": 7.0}, True),
        ("${age} = ${weight}", {}, True),
        ("${age} = ${weight}", {"age": 1.0}, False),
        ("${age} != ${weight}", {"age": 1.0}, True),
        ("-${age} < 0", {"age": 1.0}, True),
        ("${age}", {"age": 0.0}, False),
        ("${name}", {"name": "x"}, True),
        ("true() and not(false())", {}, True),
        ("${age}>1and ${age}<3", {"age": 2.0}, True),
        ("checklist(1, 2, ${age} = 1, ${weight} = 1, ${sex} = 1)", {"age": 1.0}, True),
    ],
)
def test_a_condition_means_the_same(xpath: str, answers: dict[str, Any], holds: bool) -> None:
    assert (outcome(translator().condition(xpath), "bool", answers) is True) is holds
    total = translator().value(f"boolean({xpath})")[0]
    assert outcome(total, "bool", answers) is holds, "as a value it never fails"


@pytest.mark.parametrize(
    ("xpath", "answers", "fits"),
    [
        (". >= 0 and . <= 150", {"age": 151.0}, False),
        (". >= 0 and . <= 150", {}, True),
        (". > ${weight}", {"age": 5.0}, False),
        (". > ${weight}", {}, True),
        (". > 5 and ${sex} = '1'", {"sex": "2"}, True),
        (". > 5 or ${sex} = '1'", {"age": 1.0, "sex": "1"}, True),
        ("not(. = 3)", {"age": 3.0}, False),
    ],
)
def test_a_constraint_asks_only_what_is_answered(
    xpath: str, answers: dict[str, Any], fits: bool
) -> None:
    found = outcome(translator("age").constraint(xpath), "bool", answers)
    assert (found is not False) is fits


@pytest.mark.parametrize(
    ("xpath", "answers", "value"),
    [
        ("${weight} div pow(${height} div 100, 2)", {"weight": 50.0, "height": 200.0}, 12.5),
        ("${weight} div ${height}", {"weight": 50.0}, None),
        ("round(${weight}, 2)", {"weight": 1.005}, 1.0),
        ("round(${weight} div 3, 1)", {"weight": 1.0}, 0.3),
        ("round(2.5)", {}, 3.0),
        ("int(${weight})", {"weight": 2.9}, 2.0),
        ("int(${weight})", {"weight": 2.0}, 2.0),
        ("int(${weight})", {"weight": -2.9}, -2.0),
        ("int(${weight})", {"weight": 0.4}, 0.0),
        # 24,106 days: on a birthday this common formula is often a year short, in XPath too.
        ("int((today() - ${born}) div 365.25)", {"born": "1960-05-06"}, 65.0),
        ("max(${age}, ${weight}, 3)", {"age": 1.0, "weight": 2.0}, 3.0),
        ("min(${age}, 5)", {}, None),
        ("concat(${name}, '-', ${age})", {"age": 36.5}, "-36.5"),
        ("concat('a', 1)", {}, "a1"),
        ("if(${age} > 5, 'old', 'young')", {}, "young"),
        ("if(selected(${signs}, '1'), 2, 0) + if(${sex} = '1', 1, 0)", {"signs": ["1"]}, 2.0),
        ("coalesce(${name}, 'none')", {}, "none"),
        ("date(${born} + 7)", {"born": "2026-02-25"}, "2026-03-04"),
        ("date('2026-01-01')", {}, "2026-01-01"),
        ("format-date(today(), '%Y-%m-%d')", {}, "2026-05-06"),
        ("decimal-date-time('1970-01-03')", {}, 2.0),
        ("number(${score}) * 2", {"score": "3"}, 6.0),
        ("abs(${age} - 3)", {"age": 1.0}, 2.0),
    ],
)
def test_a_value_means_the_same(xpath: str, answers: dict[str, Any], value: Any) -> None:
    cel, kind = translator().value(xpath)
    assert outcome(cel, kind, answers) == value


def test_an_empty_branch_is_a_field_that_is_not_shown() -> None:
    found = calculation("if(${age} > 5, ${weight} * 2, '')", Scope(SYMBOLS.get))
    assert (found.text, found.kind, found.condition) == ("weight * 2.0", "number", "age > 5.0")
    found = calculation("if(${age} = '', '', ${age} + 1)", Scope(SYMBOLS.get))
    assert (found.text, found.condition) == ("age + 1.0", "answered(age)")


@pytest.mark.parametrize(
    ("xpath", "reason"),
    [
        ("${nobody} > 1", "there is no question 'nobody'"),
        ("${later} > 1", "stands later"),
        ("substr(${name}, 0, 2) = 'a'", "CEL has no part of a text"),
        ("position(..) > 1", "the number of a row is not known"),
        ("jr:choice-name(${sex}, '${sex}') = 'x'", "a label depends on the language"),
        ("sum(${rows}) > 1", "cannot add up the rows"),
        ("once(random()) > 1", "cannot be kept once set"),
        ("pulldata('a', 'b', 'c', 'd') = 1", "other files cannot be read"),
        ("${name} + 1 > 2", "cannot be read as a number"),
        ("${name} > 'a'", "cannot be read as a number"),
        ("${home} = 'x'", "can only be compared with ''"),
        ("/data/rows[1]/age > 1", "predicates"),
        ("${age} > ", "ends too early"),
        ("(${age} > 1", "')' is missing"),
        ("${age} > 'a", "is not closed"),
        ("${age} ? 1 : 2", "does not belong here"),
        ("${age} | ${weight}", "unions"),
        ("(" * 50 + "1" + ")" * 50, "nested too deeply"),
        ("+".join(["1"] * 500), "too many operators"),
        ("1" * 5000, "longer than"),
        ("uuid() = 1", "could not check a random value"),
        ("nothing(1)", "is not supported"),
        ("if(1, 2)", "another number of values"),
        (". = 1", "'.' has no meaning here"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(xpath: str, reason: str) -> None:
    with pytest.raises(BadXPath) as error:
        translator(before=SYMBOLS["later"].order).condition(xpath)
    assert reason in error.value.message


def test_names_with_hyphens_and_operators_between_names_are_told_apart() -> None:
    assert str(parse("../my-name div 2")).count("my-name") == 1
    assert translator().condition("../age - 1 > 0") == "age - 1.0 > 0.0"
    assert translator().condition("/data/group/age>0") == "age > 0.0"
