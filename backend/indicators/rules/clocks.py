"""What an indicator asks of the day itself, told from the trees of its two expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.indicators.model import Indicator
from backend.kernel.expression_tree import Node

_DAY, _FROM = "day", "from_day"
_AGES = {"age_months": 1, "age_years": 12}
_ORDERS = frozenset({"_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"})
ROLLING = "last_12_months"


@dataclass(frozen=True)
class Clock:
    """When the answers of an indicator may change though nobody records anything.

    :param anniversaries: (variable, months): each time that so many more are completed since it
    :param compared: variables that are held against the day: on theirs, and on the one after
    :param quarterly: on the last day of a quarter
    :param daily: on every day, as far as can be told
    :param rolling: when a record falls out of the window
    """

    anniversaries: frozenset[tuple[str, int]] = frozenset()
    compared: frozenset[str] = frozenset()
    quarterly: bool = False
    daily: bool = False
    rolling: bool = False


def clock_of(indicator: Indicator) -> Clock:
    """The clock of an indicator. What reads the day in a way not known here does so daily."""
    rolling = indicator.window == ROLLING
    moving = {_DAY, _FROM} if rolling else {_DAY}
    anniversaries: set[tuple[str, int]] = set()
    compared: set[str] = set()
    daily = False
    names: set[str] = set()
    for tree in (indicator.denominator.tree, indicator.numerator.tree):
        for node, parent in _with_parents(tree, None):
            if node.kind != "name":
                continue
            names.add(node.text)
            if node.text not in moving:
                continue
            match parent:
                case Node(kind="call", text=age, children=(Node(kind="name", text=since), _)) if (
                    node.text == _DAY and age in _AGES and since != _DAY
                ):
                    anniversaries.add((since, _AGES[age]))
                case Node(kind="call", text=order, children=(Node() as a, Node() as b)) if (
                    node.text == _DAY and order in _ORDERS and a.kind == b.kind == "name"
                ):
                    compared.add(b.text if a is node else a.text)
                case _:
                    daily = True
    return Clock(
        frozenset(anniversaries),
        frozenset(compared - {_FROM}),
        "quarters_over" in names,
        daily,
        rolling and any(fact.selection.within == "window" for fact in indicator.facts),
    )


def _with_parents(node: Node, parent: Node | None) -> Iterator[tuple[Node, Node | None]]:
    yield node, parent
    for child in node.children:
        yield from _with_parents(child, node)
