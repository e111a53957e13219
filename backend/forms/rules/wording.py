"""The expressions of a form before it is published: do they compile, look back, and never break?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.forms.model import (
    CONTEXT_TYPES,
    Condition,
    Field,
    FieldTypes,
    FormBundle,
    Group,
    Item,
    Mistake,
    Note,
    Repeat,
)
from backend.forms.rules.compiling import scope_types
from backend.kernel.dates import parse_day
from backend.kernel.expressions import BadExpression, Defect, compile_expression


@dataclass(frozen=True)
class Written:
    """One expression with what it may read.

    :param before: names that stand earlier; ``None`` when all may be read
    :param repeat: in whose rows it is evaluated
    """

    place: str
    source: str
    types: Mapping[str, str]
    result: str
    before: frozenset[str] | None = None
    repeat: str | None = None


def check_expressions(bundle: FormBundle, types: FieldTypes) -> list[Mistake]:
    """Compile every expression and run it with nothing answered."""
    found: list[Mistake] = []
    for one in written(bundle, types):
        found.extend(check_expression(one))
    for check in bundle.ui.checks:
        columns = types.rows.get(check.repeat or "", {})
        place = f"ui.json checks {check.name}"
        if check.repeat is not None and check.repeat not in types.rows:
            found.append(Mistake(place, f"there is no repeat '{check.repeat}'"))
        for name in check.fields:
            if name not in (columns if check.repeat else types.fields):
                found.append(Mistake(place, f"there is no field '{name}'"))
    return found


def check_expression(one: Written) -> Iterable[Mistake]:
    """The mistakes of one expression."""
    try:
        expression = compile_expression(one.source, one.types, one.result)
    except BadExpression as error:
        yield Mistake(one.place, f"character {error.position + 1}: {error.message}")
        return
    if one.before is not None:
        for name in sorted(expression.names - one.before):
            yield Mistake(one.place, f"reads '{name}', which stands later or is itself")
    empty = expression.evaluate({})
    if isinstance(empty, Defect):
        yield Mistake(one.place, f"fails when nothing is answered: {empty.message}")


def written(bundle: FormBundle, types: FieldTypes) -> Iterable[Written]:
    if bundle.form.offer is not None:
        yield Written("form.json offer", bundle.form.offer, CONTEXT_TYPES, "bool")
    walk = _Walk(types)
    for page in bundle.ui.pages:
        yield from walk.condition(f"ui.json {page.name} visible", page.visible, forward=False)
        yield from walk.items(f"ui.json {page.name}", page.items)
    for check in bundle.ui.checks:
        if check.repeat is None or check.repeat in types.rows:
            scope = scope_types(types, check.repeat)
            yield Written(
                f"ui.json checks {check.name}", check.expression, scope, "bool", None, check.repeat
            )


class _Walk:
    """Walks the items in document order and knows what stands earlier."""

    def __init__(self, types: FieldTypes) -> None:
        self._types = types
        self._scope = scope_types(types)
        self._kinds = types.fields
        self._before = frozenset(CONTEXT_TYPES)
        self._repeat: str | None = None

    def items(self, place: str, items: Iterable[Item]) -> Iterable[Written]:
        for item in items:
            here = f"{place} {item.name}"
            yield from self.condition(f"{here} visible", item.visible, forward=False)
            if isinstance(item, Group):
                yield from self.items(place, item.items)
            elif isinstance(item, Repeat):
                yield from self.condition(f"{here} required", item.required, forward=True)
                yield from self._inside(item).items(here, item.items)
                self._before |= {item.name}
            elif not isinstance(item, Note):
                yield from self._field(here, item)
                self._before |= {item.name}

    def condition(self, place: str, condition: Condition, *, forward: bool) -> Iterable[Written]:
        if isinstance(condition, str):
            before = None if forward else self._before
            yield Written(place, condition, self._scope, "bool", before, self._repeat)

    def _field(self, place: str, field: Field) -> Iterable[Written]:
        kind = self._kinds[field.name]
        yield from self.condition(f"{place} required", field.required, forward=True)
        for role, source in (("compute", field.compute), ("default", field.default)):
            if source is not None:
                yield Written(
                    f"{place} {role}", source, self._scope, kind, self._before, self._repeat
                )
        for column, source in field.where.items():
            place_of = f"{place} where {column}"
            yield Written(place_of, source, self._scope, "text", self._before, self._repeat)
        for bound in (field.soft.low, field.soft.high) if field.soft else ():
            if isinstance(bound, str) and not _is_day(bound):
                yield Written(f"{place} soft", bound, self._scope, kind, None, self._repeat)

    def _inside(self, repeat: Repeat) -> _Walk:
        inner = _Walk(self._types)
        columns = self._types.rows[repeat.name]
        inner._scope = scope_types(self._types, repeat.name)
        inner._kinds = columns
        inner._repeat = repeat.name
        inner._before = self._before - columns.keys()
        return inner


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except ValueError:
        return False
    return True
