"""What is known of a child beside its doses: asked by the edition, told by its records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from backend.immunization.model import Condition, Edition, Facts, FactSource, Told
from backend.kernel.dates import parse_day
from backend.kernel.ids import newborn_id


def any_holds(conditions: Sequence[Condition], facts: Facts) -> bool:
    """True when one of the conditions holds; an unknown fact fulfils nothing."""
    return any(_holds(condition, facts) for condition in conditions)


def _holds(condition: Condition, facts: Facts) -> bool:
    for test in condition:
        value = getattr(facts, test.fact)
        if value is None:
            return False
        if test.among is not None and value not in test.among:
            return False
        if test.below is not None and not value < test.below:
            return False
    return True


def facts_of(edition: Edition, records: Iterable[Told], child_id: str) -> Facts:
    """What a child's records, and the notice of its birth, say; of two answers the later one.

    :param records: standing ones, in any order
    """
    found: dict[str, Any] = {}
    deferred: list[tuple[str, date]] = []
    contraindicated: set[str] = set()
    for record in sorted(records, key=lambda told: (told.on, told.submission_id)):
        for source in edition.facts:
            answers = _answers(source, record, child_id)
            value = None if answers is None else _value(source, answers)
            if value is None or answers is None:
                continue
            vaccine = str(answers.get(source.vaccine_field or ""))
            if source.fact == "deferred":
                deferred.append((vaccine, value))
            elif source.fact == "contraindicated":
                contraindicated.add(vaccine)
            else:
                found[source.fact] = value
    return replace(
        Facts(**found), deferred=tuple(deferred), contraindicated=frozenset(contraindicated)
    )


def _answers(source: FactSource, record: Told, child_id: str) -> Mapping[str, Any] | None:
    """The answers about this child; nothing where the record is not about it."""
    if record.form != source.form:
        return None
    if source.repeat is None:
        return record.answers if record.subject_id == child_id else None
    for index, row in enumerate(record.answers.get(source.repeat) or ()):
        if newborn_id(record.submission_id, index) == child_id:
            return {**record.answers, **row}
    return None


def _value(source: FactSource, answers: Mapping[str, Any]) -> Any:
    """The value told; nothing where there is none, or it cannot be used."""
    value = answers.get(source.field)
    if value is None or any(answers.get(name) != code for name, code in source.only_if.items()):
        return None
    if source.vaccine_field is not None and not answers.get(source.vaccine_field):
        return None
    if source.has is not None:
        codes = [value] if isinstance(value, str) else value
        return True if source.has in codes else None
    if source.times is not None:
        return value * source.times
    return _day(value) if source.fact in _DAYS else value


_DAYS = frozenset({"immunoglobulin_on", "defer_until", "deferred"})


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None
