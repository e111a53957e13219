"""Rules that compile and can never do anything, or not what was meant: only what is sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from backend.followups.rules.checking import CONTEXT
from backend.followups.rules.compiling import check_programme
from backend.forms.model import FieldTypes, Mistake
from backend.kernel.expressions import BadExpression, Expression, compile_expression

_SOME_DAY = "2026-03-05"
_WINDOW = ("opens", "due", "closes", "expires")


def check_whole_programme(
    body: Mapping[str, Any], forms: Mapping[str, FieldTypes]
) -> list[Mistake]:
    """What does not compile, and what makes no sense."""
    return [*check_programme(body, forms), *_unsound(body)]


def _unsound(body: Mapping[str, Any]) -> Iterable[Mistake]:
    parameters = {name: one["value"] for name, one in body.get("parameters", {}).items()}
    yield from _twice("services", "", (service["service"] for service in body["services"]))
    for service in body["services"]:
        for form, section in service.get("on", {}).items():
            place = f"{service['service']} {form}"
            yield from _twice(place, "fact ", (fact["id"] for fact in section.get("facts", ())))
            yield from _twice(place, "rule ", (rule["id"] for rule in section.get("rules", ())))
            yield from _twice(place, "class ", (one["code"] for one in section.get("class", ())))
            yield from _rules(place, section.get("rules", ()), parameters)
            yield from _classes(place, section.get("class", ()))


def _twice(place: str, kind: str, names: Iterable[str]) -> Iterable[Mistake]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Mistake(place, f"{kind}'{name}' stands {count} times")


def _rules(
    place: str, rules: Iterable[Mapping[str, Any]], parameters: Mapping[str, Any]
) -> Iterable[Mistake]:
    """A rule after a final one whose condition it repeats, or that never holds, is dead."""
    final: dict[str, str] = {}
    covered_by = ""
    for rule in rules:
        here, when = f"{place} {rule['id']}", _plain(rule["when"])
        always = _constant(rule["when"])
        if covered_by:
            yield Mistake(here, f"can never fire: '{covered_by}' is final and always holds")
        elif when in final:
            told = f"can never fire: '{final[when]}' is final and has the same condition"
            yield Mistake(here, told)
        elif always is False:
            yield Mistake(here, "can never fire: its condition is always false")
        if rule.get("final"):
            final.update({part: rule["id"] for part in (when, *_parts(when))})
            covered_by = covered_by or (rule["id"] if always is True else "")
        yield from _window(here, rule, parameters)


def _parts(when: str) -> Iterable[str]:
    """``a || b`` that is final leaves nothing to a later rule that asks for ``a`` alone."""
    if "(" in when or "&&" in when or "?" in when:
        return ()
    return (part.strip() for part in when.split("||"))


def _plain(source: str) -> str:
    return " ".join(source.split())


def _constant(source: str) -> Any:
    """The value of a condition that reads nothing; nothing for any other."""
    try:
        expression = compile_expression(source, {}, "bool")
    except BadExpression:
        return None
    return expression.evaluate({})


def _window(
    place: str, rule: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Iterable[Mistake]:
    """Days that depend on the visit and on parameters alone must stand in order."""
    days: list[tuple[str, str]] = []
    kinds = {
        n: "bool" if isinstance(v, bool) else "text" if isinstance(v, str) else "number"
        for n, v in parameters.items()
    }
    types = {**CONTEXT, **kinds, "visit_date": "date"}
    values = {**parameters, "visit_date": _SOME_DAY}
    for member in _WINDOW:
        expression = _compiled(rule.get(member), types)
        if expression is None or not expression.names <= values.keys():
            continue
        day = expression.evaluate(values)
        if isinstance(day, str):
            days.append((member, day))
    for (earlier, first), (later, second) in pairwise(days):
        if first > second:
            yield Mistake(place, f"{later} lies before {earlier}")


def _compiled(source: str | None, types: Mapping[str, str]) -> Expression | None:
    if source is None:
        return None
    try:
        return compile_expression(source, types, "date")
    except BadExpression:
        return None  # reads facts, or is wrong and told where rules are compiled


def _classes(place: str, classes: Iterable[Mapping[str, Any]]) -> Iterable[Mistake]:
    """The first class that holds counts: what stands behind one that always does is never given."""
    sure = ""
    for one in classes:
        if sure:
            yield Mistake(place, f"class '{one['code']}' is never given: '{sure}' always holds")
        elif _constant(one["when"]) is False:
            yield Mistake(place, f"class '{one['code']}' is never given: its condition is false")
        elif _constant(one["when"]) is True:
            sure = one["code"]
