"""``column`` is one of several values, in a statement whose text does not depend on how many.

``IN (?, ?, ?)`` is another statement for each number of values: SQLAlchemy writes it out at each
execution, and PostgreSQL, which keeps plans by text, soon keeps none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Text, bindparam
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """True for rows whose ``column`` is among the values of a parameter.

    :param column: of texts, ids or whole numbers
    :param name: of the parameter; its value is a list, which may be empty
    """
    return _Among(column, bindparam(name, type_=_Several(column.type)))


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself: written as ``... = 1``, SQLite would look at every row instead of the index."""
        return self


class _Several(TypeDecorator[list[Any]]):
    """A list in one parameter: an array on PostgreSQL, JSON elsewhere.

    :param item: type of the column it is compared with
    """

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            item = self.item.dialect_impl(dialect)
            return dialect.type_descriptor(postgresql.ARRAY(item))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled


@compiles(_Among, "postgresql")
def _any_of(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({values})"
