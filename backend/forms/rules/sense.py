"""What compiles and still makes no sense: conditions that never change, codes nobody can choose,
values prefilled from nowhere. Only what is certain is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.forms.model import Field, FieldTypes, FormBundle, Mistake, Repeat
from backend.forms.rules.reading import fields_of
from backend.forms.rules.wording import Written, written
from backend.kernel.expression_tree import Node
from backend.kernel.expressions import BadExpression, Expression, compile_expression

Codes = Mapping[str, frozenset[str]]
"""Every code of a field's list, by the field's name; retired ones too."""

_TASK = frozenset({"service", "kind", "anchor", "opens", "due", "closes"})


@dataclass(frozen=True)
class Surroundings:
    """What a form may be prefilled from, told by the other forms of the folder.

    :param attributes: of a resident, a household and a site: what registering one fills
    :param fields: names of the fields of every form
    """

    attributes: Mapping[str, frozenset[str]]
    fields: frozenset[str]


OWN_ATTRIBUTES = frozenset(
    {"id", "village_code", "household_id", "status", "mother_id", "programmes", "birth_date", "sex"}
)
"""What a resident, household or site has besides what a registration fills."""


def surroundings(drafts: Iterable[tuple[Mapping[str, Any], FieldTypes]]) -> Surroundings:
    """:param drafts: form.json and field types of every form of the folder"""
    attributes: dict[str, set[str]] = {}
    fields: set[str] = set()
    for form, types in drafts:
        fields.update(types.fields)
        registers = form.get("registers")
        if registers is not None:
            known = attributes.setdefault(registers, set(OWN_ATTRIBUTES))
            known.update(types.fields, form.get("registration_map", {}))
        if form.get("family_link") == "children":  # a row registers a newborn
            known = attributes.setdefault("resident", set(OWN_ATTRIBUTES))
            known.update(types.rows.get(form.get("for_each", ""), {}))
    return Surroundings({k: frozenset(v) for k, v in attributes.items()}, frozenset(fields))


def check_sense(
    bundle: FormBundle, types: FieldTypes, around: Surroundings | None
) -> Iterable[Mistake]:
    """Everything senseless in a form whose expressions compile."""
    ui = bundle.body["ui"]
    outer, rows = codes_of(bundle)
    for one in written(bundle, types):
        yield from _expression(one, {**outer, **rows.get(one.repeat or "", {})})
    shapes = bundle.schema["properties"]
    for page in bundle.ui.pages:
        for item in fields_of(page.items):
            place = f"ui.json {page.name} {item.name}"
            if isinstance(item, Repeat):
                yield from _repeat(place, item, shapes[item.name])
                columns = shapes[item.name]["items"]["properties"]
                for column in item.items:
                    yield from _field(f"{place}.{column.name}", column, columns[column.name])
            else:
                yield from _field(place, item, shapes[item.name])
    yield from _usual_answers(ui, outer)
    if around is not None:
        yield from _prefills(ui, around, frozenset(types.fields))


def codes_of(bundle: FormBundle) -> tuple[Codes, Mapping[str, Codes]]:
    """Codes by field, and of each repeat by column."""
    outer: dict[str, frozenset[str]] = {}
    rows: dict[str, Codes] = {}
    for page in bundle.ui.pages:
        for item in fields_of(page.items):
            if isinstance(item, Repeat):
                rows[item.name] = {c.name: _listed(bundle, c) for c in item.items if c.codes}
            elif item.codes is not None:
                outer[item.name] = _listed(bundle, item)
    return outer, rows


def _listed(bundle: FormBundle, field: Field) -> frozenset[str]:
    return frozenset(bundle.codes[field.codes].labels) if field.codes else frozenset()


def impossible_codes(expression: Expression, codes: Codes) -> Iterable[str]:
    """Comparisons with a code that the field's list does not have: they can never hold."""
    for node in expression.tree.walk():
        if node.kind != "call" or len(node.children) != 2:
            continue
        left, right = node.children
        if node.text in ("_==_", "_!=_"):
            pairs = [(left, right), (right, left)]
        elif node.text == "@in":
            pairs = [(right, left), *((left, each) for each in right.children)]
        else:
            continue
        for name, code in pairs:
            if _is_odd(name, code, codes):
                yield f"'{code.text}' is no code of '{name.text}'"


def _is_odd(name: Node, code: Node, codes: Codes) -> bool:
    known = codes.get(name.text) if name.kind == "name" else None
    return known is not None and code.kind == "const" and code.text != "" and code.text not in known


def _expression(one: Written, codes: Codes) -> Iterable[Mistake]:
    try:
        expression = compile_expression(one.source, one.types, one.result)
    except BadExpression:
        return  # told where expressions are compiled
    for told in impossible_codes(expression, codes):
        yield Mistake(one.place, told)
    role = one.place.rpartition(" ")[2]
    if expression.names or not (role in ("visible", "required") or " checks " in one.place):
        return
    always = expression.evaluate({})
    if role == "visible":
        told = "never holds: nobody will ever see it" if always is False else "always holds"
    elif role == "required":
        told = f"is always {str(always).lower()}: write it so, or leave it out"
    else:
        told = "always holds: it can never fail" if always is True else "can never be satisfied"
    yield Mistake(one.place, told)


def repeated_ids(ui: Mapping[str, Any]) -> Iterable[Mistake]:
    """A name stands once: what the screen and a violation find things by."""
    named = Counter(("pages", page["id"]) for page in ui["pages"])
    named.update(("checks", check["id"]) for check in ui.get("checks", ()))
    for page in ui["pages"]:
        named.update(_blocks(page["items"]))
    for (kind, name), count in sorted(named.items()):
        if count > 1:
            yield Mistake(f"ui.json {kind} {name}", f"stands {count} times")


def _blocks(items: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for item in items:
        if "group" in item:
            yield "group", item["group"]
            yield from _blocks(item["items"])
        elif "note" in item:
            yield "note", item["note"]


def _field(place: str, field: Field, shape: Mapping[str, Any]) -> Iterable[Mistake]:
    low, high = (field.soft.low, field.soft.high) if field.soft else (None, None)
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield Mistake(f"{place} soft", f"min {low} lies above max {high}")
    least, most = shape.get("minimum"), shape.get("maximum")
    if isinstance(low, int | float) and most is not None and low > most:
        yield Mistake(f"{place} soft", f"min {low} lies above the hard maximum {most}")
    if isinstance(high, int | float) and least is not None and high < least:
        yield Mistake(f"{place} soft", f"max {high} lies below the hard minimum {least}")
    if least is not None and most is not None and least > most:
        told = f"minimum {least} lies above maximum {most}"
        yield Mistake(f"data.schema.json {field.name}", told)
    if field.control == "datetime" and shape.get("format") == "date-time":
        told = "asks for seconds and a time zone, which a phone's picker never gives"
        yield Mistake(f"data.schema.json {field.name}", told)
    if field.exclusive and field.control != "choices":
        yield Mistake(place, "names exclusive codes, but only 'choices' takes several")
    if field.only_codes and field.codes is None:
        yield Mistake(place, "names codes, but no code list")


def _repeat(place: str, repeat: Repeat, shape: Mapping[str, Any]) -> Iterable[Mistake]:
    most = shape.get("maxItems")
    if repeat.max_rows is not None and most is not None and most != repeat.max_rows:
        yield Mistake(place, f"takes {repeat.max_rows} rows, data.schema.json {most}")


def _prefills(
    ui: Mapping[str, Any], around: Surroundings, own: frozenset[str]
) -> Iterable[Mistake]:
    for page in ui["pages"]:
        for item in _raw_fields(page["items"]):
            prefill = item.get("prefill")
            if prefill is None:
                continue
            name = item.get("field") or item["repeat"]
            source, wanted = prefill["from"], prefill.get("field", name)
            known = {
                "resident": around.attributes.get("resident"),
                "household": around.attributes.get("household"),
                "site": around.attributes.get("site"),
                "task": _TASK,
                "last": around.fields | own,
                "sitting": around.fields | own,
            }[source]
            if known is not None and wanted not in known:
                place = f"ui.json {page['id']} {name} prefill"
                yield Mistake(place, f"there is no '{wanted}' to take from '{source}'")


def _usual_answers(ui: Mapping[str, Any], codes: Codes) -> Iterable[Mistake]:
    """One tap answers questions of its own group, with answers that they have."""
    for page in ui["pages"]:
        for group in _groups(page["items"]):
            asked = {item["field"]: item for item in _raw_fields(group["items"]) if "field" in item}
            for name, answer in group.get("usual", {}).items():
                place = f"ui.json {page['id']} {group['group']} usual {name}"
                told = _usual_answer(asked.get(name), answer, codes.get(name, frozenset()))
                if told is not None:
                    yield Mistake(place, told)


def _usual_answer(item: Mapping[str, Any] | None, answer: Any, codes: frozenset[str]) -> str | None:
    if item is None:
        return "is no question of this group"
    wanted = {"choice": str, "choices": list, "yes_no": bool}.get(item["control"])
    if wanted is None:
        return f"'{item['control']}' is never answered for the doctor"
    if not isinstance(answer, wanted):
        return f"'{item['control']}' cannot have this answer"
    offered = frozenset(item.get("only_codes", codes))
    given = answer if isinstance(answer, list) else [answer] if isinstance(answer, str) else []
    unknown = sorted(set(given) - offered)
    return f"'{unknown[0]}' is not offered" if unknown else None


def _groups(items: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for item in items:
        if "group" in item:
            yield item
            yield from _groups(item["items"])


def _raw_fields(items: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for item in items:
        if "group" in item:
            yield from _raw_fields(item["items"])
        elif "note" not in item:
            yield item
            if "repeat" in item:
                yield from item["items"]
