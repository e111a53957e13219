"""Turning a bundle into something that can be evaluated again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from backend.forms.model import (
    CONTEXT_TYPES,
    CodeList,
    Condition,
    Field,
    FieldTypes,
    FormBundle,
    Group,
    Item,
    Note,
    Repeat,
    SoftRange,
)
from backend.forms.rules.reading import field_types
from backend.forms.rules.shape import Shape
from backend.kernel.dates import parse_day
from backend.kernel.expressions import Expression, compile_expression


@dataclass(frozen=True)
class CompiledField:
    """One field, with every condition under which it is shown, from the page down."""

    name: str
    field: Field
    shown: tuple[Expression, ...]
    required: Expression | bool
    compute: Expression | None
    low: Expression | float | str | None
    high: Expression | float | str | None
    where: tuple[tuple[str, Expression], ...]
    columns: Mapping[str, Mapping[str, tuple[str, ...]]]

    @cached_property
    def is_judged(self) -> bool:
        """Whether there is anything to judge when all values are known."""
        return self.required is not False or self.low is not None or self.high is not None

    @cached_property
    def is_asked(self) -> bool:
        """Whether an answer may be required; what is computed is not asked for."""
        return self.compute is None and self.required is not False


@dataclass(frozen=True)
class CompiledRepeat:
    """A repeat; the fields of its rows are compiled where row fields shadow outer ones."""

    name: str
    shown: tuple[Expression, ...]
    required: Expression | bool
    columns: tuple[CompiledField, ...]
    column_names: frozenset[str]


@dataclass(frozen=True)
class CompiledCheck:
    name: str
    expression: Expression
    hard: bool
    fields: tuple[str, ...]
    repeat: str | None


@dataclass(frozen=True)
class CompiledForm:
    """A form ready to be evaluated; immutable, shared by all threads of a process."""

    bundle: FormBundle
    types: FieldTypes
    shape: Shape
    items: tuple[CompiledField | CompiledRepeat, ...]
    checks: tuple[CompiledCheck, ...]
    private: frozenset[str]

    @cached_property
    def judged(self) -> tuple[CompiledField | CompiledRepeat, ...]:
        """Items of which something is judged when all values are known."""
        return tuple(i for i in self.items if isinstance(i, CompiledRepeat) or i.is_judged)


_compiled: dict[str, CompiledForm] = {}


def compile_form(bundle: FormBundle) -> CompiledForm:
    """Compile a published bundle, once a process and content.

    :raises backend.kernel.expressions.BadExpression: the bundle was never checked
    """
    known = _compiled.get(bundle.sha256)
    if known is None:
        known = _compiled[bundle.sha256] = _compile(bundle)
    return known


def scope_types(types: FieldTypes, repeat: str | None = None) -> Mapping[str, str]:
    """Variables in sight of an expression: context, fields, and in a row the row's own."""
    inner = types.rows[repeat] if repeat is not None else {}
    return {**CONTEXT_TYPES, **types.fields, **inner}


def _compile(bundle: FormBundle) -> CompiledForm:
    types = field_types(bundle.schema)
    outer = scope_types(types)
    items: list[CompiledField | CompiledRepeat] = []
    private: set[str] = set()
    together: dict[tuple[Expression, ...], tuple[Expression, ...]] = {}
    for page in bundle.ui.pages:
        for item, conditions in _flat(page.items, (page.visible,)):
            shown = tuple(compile_expression(c, outer, "bool") for c in _written(conditions))
            shown = together.setdefault(shown, shown)  # one object, so that the pass asks once
            if isinstance(item, Field):
                kind = types.fields[item.name]
                items.append(_field(item, shown, outer, kind, bundle.codes))
                private |= {item.name} if item.private else set()
                continue
            inner, columns = scope_types(types, item.name), types.rows[item.name]
            items.append(
                CompiledRepeat(
                    name=item.name,
                    shown=shown,
                    required=_condition(item.required, outer),
                    columns=tuple(
                        _field(
                            column,
                            tuple(
                                compile_expression(c, inner, "bool")
                                for c in _written((column.visible,))
                            ),
                            inner,
                            columns[column.name],
                            bundle.codes,
                        )
                        for column in item.items
                    ),
                    column_names=frozenset(columns),
                )
            )
            private |= {f"{item.name}.{c.name}" for c in item.items if c.private}
    checks = tuple(
        CompiledCheck(
            name=check.name,
            expression=compile_expression(
                check.expression, scope_types(types, check.repeat), "bool"
            ),
            hard=check.level == "hard",
            fields=check.fields,
            repeat=check.repeat,
        )
        for check in bundle.ui.checks
    )
    shape = Shape(bundle.schema, types)
    return CompiledForm(bundle, types, shape, tuple(items), checks, frozenset(private))


def _flat(
    items: Iterable[Item], above: tuple[Condition, ...]
) -> Iterator[tuple[Field | Repeat, tuple[Condition, ...]]]:
    for item in items:
        conditions = (*above, item.visible)
        if isinstance(item, Group):
            yield from _flat(item.items, conditions)
        elif not isinstance(item, Note):
            yield item, conditions


def _written(conditions: Iterable[Condition]) -> list[str]:
    return [c for c in conditions if isinstance(c, str)]


def _condition(condition: Condition, types: Mapping[str, str]) -> Expression | bool:
    if isinstance(condition, bool):
        return condition
    return compile_expression(condition, types, "bool")


def _field(
    item: Field,
    shown: tuple[Expression, ...],
    types: Mapping[str, str],
    kind: str,
    codes: Mapping[str, CodeList],
) -> CompiledField:
    soft = item.soft or SoftRange(None, None)
    return CompiledField(
        name=item.name,
        field=item,
        shown=shown,
        required=_condition(item.required, types),
        compute=None if item.compute is None else compile_expression(item.compute, types, kind),
        low=_bound(soft.low, types, kind),
        high=_bound(soft.high, types, kind),
        where=tuple((c, compile_expression(e, types, "text")) for c, e in item.where.items()),
        columns=codes[item.codes].columns if item.where and item.codes is not None else {},
    )


def _bound(
    bound: float | str | None, types: Mapping[str, str], kind: str
) -> Expression | float | str | None:
    """A soft bound: a number or an ISO date as it stands, any other text is CEL."""
    if not isinstance(bound, str):
        return bound
    try:
        parse_day(bound)
    except ValueError:
        return compile_expression(bound, types, kind)
    return bound
