"""The one scope of every read: rows that lie inside somebody's areas (S02)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_


def within(column: Any, ranges: Iterable[tuple[str, str]]) -> ColumnElement[bool]:
    """True for rows whose area code lies inside one of these ranges.

    Without a range it is true for no row. A bare ``or_()`` would be no condition at all there, and
    somebody whose areas were taken away would see everybody.

    :param column: of 12-digit area codes
    :param ranges: lowest and highest code of each area, both inclusive (``geo.rules.bounds``)
    """
    return or_(false(), *(column.between(low, high) for low, high in ranges))
