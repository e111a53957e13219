"""The house's own functions in CEL, under the names and types of docs/decisions/0002.

Dates travel as ISO text and are turned into :class:`datetime.date` here, once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.kernel import dates, growth, identity_numbers, rounding


@dataclass(frozen=True)
class Function:
    """One function as authors see it.

    :param parameters: ``date``, ``number`` or ``text``, in order
    :param result: ``date``, ``number``, ``text`` or ``bool``
    :param run: takes and gives the CEL values: text for dates, floats for numbers
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    run: Callable[..., Any]


def _function(name: str, signature: str, rule: Callable[..., Any]) -> Function:
    taken, result = signature.split(" -> ")
    parameters = tuple(taken.split())

    readers = [_READ[kind] for kind in parameters]
    write = _WRITE[result]

    def run(*given: Any) -> Any:
        return write(rule(*[read(v) for read, v in zip(readers, given, strict=True)]))

    def run_two(first: Any, second: Any) -> Any:
        return write(rule(read_first(first), read_second(second)))

    if len(readers) != 2:
        return Function(name, parameters, result, run)
    read_first, read_second = readers
    return Function(name, parameters, result, run_two)  # most: a list for two costs half as much


def _same(value: Any) -> Any:
    return value


_READ: dict[str, Callable[[Any], Any]] = {"date": dates.parse_day, "number": _same, "text": _same}
_WRITE: dict[str, Callable[[Any], Any]] = {
    "date": lambda day: "" if day is None else day.isoformat(),
    "number": float,
    "text": lambda text: text or "",
    "bool": _same,
}


# Days and months are counted whole: a fraction is cut off, as Math.trunc does.
def _add_days(day: date, number: float) -> date:
    return dates.add_days(day, int(number))


def _add_months(day: date, number: float) -> date:
    return dates.add_months(day, int(number))


def _period_start(day: date, number: float) -> date:
    return dates.period_start(day, int(number))


def _period_end(day: date, number: float) -> date:
    return dates.period_end(day, int(number))


# WHO itself gives two decimals; rounding also hides the last bit, in which two machines may differ.
def _who_z(indicator: str, sex: str, x: float, value: float) -> float:
    return rounding.round2(growth.z_score(indicator, sex, x, value))


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        _function("age_years", "date date -> number", dates.age_years),
        _function("age_months", "date date -> number", dates.age_months),
        _function("days_between", "date date -> number", dates.days_between),
        _function("add_days", "date number -> date", _add_days),
        _function("add_months", "date number -> date", _add_months),
        _function("gestational_week", "date date -> number", dates.gestational_week),
        _function("quarter", "date -> text", dates.quarter),
        _function("period_start", "date number -> date", _period_start),
        _function("period_end", "date number -> date", _period_end),
        _function("min_date", "date date -> date", min),
        _function("max_date", "date date -> date", max),
        _function("round1", "number -> number", rounding.round1),
        _function("round_half_up", "number -> number", rounding.round_half_up),
        _function("text", "number -> text", rounding.shortest_text),
        _function("id_no_valid", "text -> bool", identity_numbers.id_no_valid),
        _function("id_no_birth", "text -> date", identity_numbers.id_no_birth),
        _function("id_no_sex", "text -> text", identity_numbers.id_no_sex),
        _function("phone_valid", "text -> bool", identity_numbers.phone_valid),
        _function("who_covers", "text text number -> bool", growth.covers),
        _function("who_z", "text text number number -> number", _who_z),
    )
}
