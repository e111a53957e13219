"""Compiling single expressions of a programme, with every mistake put down to its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.forms.model import FieldTypes, Mistake
from backend.kernel.expressions import BadExpression, Defect, Expression, compile_expression

CONTEXT: Mapping[str, str] = {
    "resident_birth_date": "date",
    "resident_sex": "text",
    "resident_programmes": "codes",
}


@dataclass
class Checker:
    """Compiles expressions and collects what is wrong.

    :param forms: field types of every form, by key
    """

    forms: Mapping[str, FieldTypes]
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, place: str, message: str) -> None:
        """Put a mistake down."""
        self.mistakes.append(Mistake(place, message))

    def known(self, place: str, form: str) -> bool:
        """Whether there is such a form; that there is none is a mistake."""
        if form not in self.forms:
            self.wrong(place, f"there is no form '{form}'")
        return form in self.forms

    def fields_of_any(self) -> dict[str, str]:
        """Fields by name that mean the same type in every form that has them."""
        found: dict[str, str] = {}
        odd: set[str] = set()
        for types in self.forms.values():
            for name, kind in types.fields.items():
                if found.setdefault(name, kind) != kind:
                    odd.add(name)
        return {name: kind for name, kind in found.items() if name not in odd}

    def maybe(
        self,
        place: str,
        source: str | None,
        types: Mapping[str, str],
        result: str = "bool",
        before: frozenset[str] | None = None,
    ) -> Expression | None:
        """As :meth:`one`; nothing for an absent expression."""
        return None if source is None else self.one(place, source, types, result, before)

    def one(
        self,
        place: str,
        source: str,
        types: Mapping[str, str],
        result: str = "bool",
        before: frozenset[str] | None = None,
    ) -> Expression | None:
        """Compile an expression; nothing, and a mistake, when it is wrong.

        :param before: the variables that have a value at this place; nothing: all
        """
        try:
            expression = compile_expression(source, types, result)
        except BadExpression as error:
            self.wrong(place, f"character {error.position + 1}: {error.message}")
            return None
        for name in sorted(expression.names - before) if before is not None else ():
            self.wrong(place, f"reads '{name}', which is worked out later")
        empty = expression.evaluate({})
        if isinstance(empty, Defect):
            self.wrong(place, f"fails when nothing is answered: {empty.message}")
        return expression
