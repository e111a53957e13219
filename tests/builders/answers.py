"""Answers made from a form's own definition: plausible ones, and ones that are wrong."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.forms.model import Context, Field, Repeat
from backend.forms.rules import CompiledForm, evaluate
from backend.forms.rules.reading import fields_of

TRIES = 60
SOFT_TRIES = 25
ID_NO = "110101199003070134"
PHONE = "13812345678"
_TEXTS = (
    "08:30", "2026-03", "A123456789", "469999101201", "81234567890123456789", "13812345678",
    "1", "12", "123456", "000000", "a" * 64, "0197aaaa-0000-7000-8000-000000000001", ID_NO,
)  # fmt: skip
"""Tried against a pattern, one after the other."""


class Asker:
    """Knows the fields of a form by path, a row's number left out: ``medications.drug_name``."""

    def __init__(self, form: CompiledForm, random: Random, today: date) -> None:
        self._random = random
        self._today = today
        self.fields: dict[str, Field] = {}
        self.shapes: dict[str, Mapping[str, Any]] = {}
        self.repeats: dict[str, Repeat] = {}
        self._codes = form.bundle.codes
        shapes = form.bundle.schema["properties"]
        for page in form.bundle.ui.pages:
            for item in fields_of(page.items):
                if isinstance(item, Field):
                    self.fields[item.name] = item
                    self.shapes[item.name] = shapes[item.name]
                    continue
                self.repeats[item.name] = item
                for column in item.items:
                    path = f"{item.name}.{column.name}"
                    self.fields[path] = column
                    self.shapes[path] = shapes[item.name]["items"]["properties"][column.name]

    def field(self, path: str) -> Field | None:
        """The field at ``sbp`` or ``medications.0.drug_name``."""
        return self.fields.get(_named(path))

    def shape(self, path: str) -> Mapping[str, Any]:
        """Its part of data.schema.json."""
        return self.shapes[_named(path)]

    def codes(self, field: Field) -> list[str]:
        """The codes a field offers."""
        assert field.codes is not None
        listed = self._codes[field.codes]
        offered = field.only_codes or tuple(listed.labels)
        return [code for code in offered if code not in listed.retired]

    def value(self, path: str) -> Any:
        """A value that fits the field by itself, another one each time."""
        field, shape = self.field(path), self.shape(path)
        assert field is not None
        if field.codes is not None:
            offered = self.codes(field)
            return [self._random.choice(offered)] if shape["type"] == "array" else (
                self._random.choice(offered)
            )  # fmt: skip
        kind = shape["type"]
        if kind == "boolean":
            return self._random.random() < 0.5
        if kind in ("number", "integer"):
            return self._number(field, shape)
        if kind == "object":
            return {"lng": 109.7021, "lat": 27.4456}
        if kind == "array":
            return [self._text(path, shape["items"])]
        return self._day() if shape.get("format") == "date" else self._text(path, shape)

    def _number(self, field: Field, shape: Mapping[str, Any]) -> float:
        soft = field.soft
        low, high = shape.get("minimum", 0), shape.get("maximum")
        if soft is not None and isinstance(soft.low, int | float):
            low = max(low, soft.low)
        if soft is not None and isinstance(soft.high, int | float):
            high = soft.high if high is None else min(high, soft.high)
        high = low + 10 if high is None else high
        if self._random.random() < 0.1:  # of the sick nobody died
            high = low
        if shape["type"] == "integer":
            return self._random.randint(round(low), max(round(high), round(low)))
        return min(max(round(self._random.uniform(low, high), 1), low), high)

    def _day(self) -> str:
        within = self._random.choice((0, 0, 1, 7, 30, 90, 400))
        return (
            self._today + timedelta(days=self._random.randint(-within, within // 3))
        ).isoformat()

    def _text(self, path: str, shape: Mapping[str, Any]) -> str:
        if "enum" in shape:
            return str(self._random.choice(shape["enum"]))
        name = path.rpartition(".")[2]
        if name.endswith("id_no"):
            return ID_NO
        if "phone" in name:
            return PHONE
        pattern = shape.get("pattern")
        if pattern is not None:
            for text in (*_TEXTS, f"{self._today.isoformat()}T08:30"):
                if re.search(pattern, text):
                    return text
            raise AssertionError(f"{path}: no text of this file fits {pattern}")
        if shape.get("format") == "date-time":
            return f"{self._today.isoformat()}T08:30:00+08:00"
        least, most = shape.get("minLength", 1), shape.get("maxLength", 20)
        return ("测试" + string.ascii_lowercase)[: max(least, min(4, most))].ljust(least, "x")


def filled(
    form: CompiledForm, context: Context, random: Random, fixed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Answers to every field that is shown, without a violation; soft warnings where nothing else
    was found in time.

    :param fixed: answers that stay as they are
    :raises AssertionError: the form could not be filled; the last violations are named
    """
    ask = Asker(form, random, context.today)
    given: dict[str, Any] = dict(fixed or {})
    kept = frozenset(given)
    left_open: set[str] = set()
    wrong: list[Any] = []
    for turn in range(TRIES):
        seen = evaluate(form, given, context)
        given = _without_hidden(given, seen.visible)
        asked = [p for p in sorted(seen.visible) if _is_open(p, ask, given) and p not in left_open]
        for path in asked:
            _put(given, path, [{}] if path in ask.repeats else ask.value(path))
        if asked:
            continue
        wrong = [
            v for v in seen.violations if turn < SOFT_TRIES or not v.code.startswith("unconfirmed:")
        ]
        if not wrong:
            return given
        paths = {v.path for v in wrong} | {f for v in wrong for f in v.detail.get("fields", ())}
        for path in sorted(paths - kept):
            field = ask.field(path)
            if field is None or field.compute is not None:
                continue
            if turn > TRIES // 2 and path not in seen.required and random.random() < 0.5:
                left_open.add(path)
                _put(given, path, None)
            elif random.random() < 0.7:
                _put(given, path, ask.value(path))
    raise AssertionError(f"{form.bundle.key} cannot be filled: {[v.as_json() for v in wrong]}")


def mangled(
    form: CompiledForm, answers: Mapping[str, Any], context: Context, random: Random
) -> dict[str, Any]:
    """The same answers with a few faults: missing, out of range, of another type, not asked for."""
    ask = Asker(form, random, context.today)
    made: dict[str, Any] = {
        name: [dict(row) if isinstance(row, dict) else row for row in value]
        if isinstance(value, list)
        else value
        for name, value in answers.items()
    }
    paths = [p for p in ask.fields if "." not in p]
    for _ in range(random.randint(1, 4)):
        path = random.choice(paths)
        rows = [r for r in ask.repeats if isinstance(made.get(r), list) and made[r]]
        if rows and random.random() < 0.4:
            repeat = random.choice(rows)
            column = random.choice([c.name for c in ask.repeats[repeat].items])
            path = f"{repeat}.{random.randrange(len(made[repeat]))}.{column}"
        _put(made, path, _odd(ask, path, random))
    if random.random() < 0.1:
        made["nobody_asked"] = 1
    for repeat in ask.repeats:
        if random.random() < 0.1:
            made[repeat] = random.choice(("text", [], [{}], 5, made.get(repeat), None))
    return {name: value for name, value in made.items() if value is not None}


def _odd(ask: Asker, path: str, random: Random) -> Any:
    """Something for a field that may be right, and mostly is not."""
    shape = ask.shape(path)
    edges = [shape[k] + d for k in ("minimum", "maximum") if k in shape for d in (-1, 0, 1, 0.5)]
    kinds: Collection[Any] = (
        None, "", [], ask.value(path), *edges, "99", "2026-02-30", "2031-01-01", "1899-12-31", "x",
        "长" * 600, 0, -1, 1e9, 0.05, 3.25, True, False, ["1"], ["1", "1"], ["9", "x"],
        {"lng": 200}, {},
    )  # fmt: skip
    return random.choice(list(kinds))


def _named(path: str) -> str:
    return ".".join(step for step in path.split(".") if not step.isdigit())


def _is_open(path: str, ask: Asker, given: Mapping[str, Any]) -> bool:
    field = ask.field(path)
    if field is not None and field.compute is not None:
        return False
    return _at(given, path) is None


def _at(given: Mapping[str, Any], path: str) -> Any:
    at: Any = given
    for step in path.split("."):
        at = at[int(step)] if step.isdigit() else at.get(step)
    return at


def _put(given: dict[str, Any], path: str, value: Any) -> None:
    name, _, rest = path.partition(".")
    if rest:
        index, _, column = rest.partition(".")
        row = given[name][int(index)]
        if isinstance(row, dict):
            _put(row, column, value)
    elif value is None:
        given.pop(name, None)
    else:
        given[name] = value


def _without_hidden(given: Mapping[str, Any], visible: frozenset[str]) -> dict[str, Any]:
    kept = {name: value for name, value in given.items() if name in visible}
    for name, value in kept.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            kept[name] = [
                {column: cell for column, cell in row.items() if f"{name}.{i}.{column}" in visible}
                for i, row in enumerate(value)
            ]
    return kept
