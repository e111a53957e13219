"""Reading an indicator's file, and saying what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.indicators.model import (
    HOUSEHOLD,
    RESIDENT,
    SITE,
    TASK,
    Among,
    Fact,
    Indicator,
    Selection,
)
from backend.kernel.expressions import compile_expression

_SHARED = {"day": "date", "from_day": "date", "known_on": "date", "status": "text"}
VARIABLES: Mapping[str, Mapping[str, str]] = {
    RESIDENT: _SHARED
    | {
        "birth_date": "date",
        "sex": "text",
        "since": "date",
        "quarters_over": "number",
        "birth_rank": "number",
    },
    HOUSEHOLD: _SHARED,
    SITE: _SHARED,
    TASK: {"day": "date", "from_day": "date", "closes": "date", "done_on": "date"},
}
"""What every indicator of a subject may read beside its facts.

``day`` is the last day that counts, ``from_day`` the first; ``since`` the day of enrolment.
"""

_TYPES = {"count": "number", "first_on": "date", "last_on": "date", "dose": "date"}


def read_indicator(body: Mapping[str, Any]) -> Indicator:
    """An indicator from its file, its expressions compiled.

    :raises BadExpression: an expression is not allowed
    :raises KeyError: the file does not fit ``schemas/meta/indicator.schema.json``
    """
    subject = body["subject"]
    facts = tuple(_fact(each) for each in body.get("facts", ()))
    types = dict(VARIABLES[subject]) | {fact.id: fact.type for fact in facts}
    among = body.get("among", {})
    return Indicator(
        key=body["key"],
        group=body["group"],
        title=body["title"],
        explained=body["explained"],
        subject=subject,
        window=body["window"],
        among=Among(among.get("programme"), among.get("age_from"), among.get("age_below")),
        keeps_ended=body.get("keeps_ended", False),
        facts=facts,
        denominator=compile_expression(body["denominator"], types, "bool"),
        numerator=compile_expression(body["numerator"], types, "bool"),
        target=body.get("target"),
        source=body["source"],
        source_note=body.get("source_note", ""),
    )


def _fact(body: Mapping[str, Any]) -> Fact:
    kind = next(each for each in ("count", "latest", "first_on", "last_on", "dose") if each in body)
    if kind == "dose":
        return Fact(body["id"], kind, "date", dose=body["dose"])
    wanted = body[kind]
    selection = Selection(
        forms=tuple(wanted.get("forms", ())),
        modes=tuple(wanted.get("modes", ())),
        outcomes=tuple(wanted.get("outcomes", ())),
        where={answer: tuple(codes) for answer, codes in wanted.get("where", {}).items()},
        answered=tuple(wanted.get("answered", ())),
        of=wanted.get("of", "self"),
        within=wanted.get("within", "window"),
    )
    if kind == "latest":
        return Fact(body["id"], kind, wanted["type"], selection, answer=wanted["answer"])
    return Fact(body["id"], kind, _TYPES[kind], selection)
