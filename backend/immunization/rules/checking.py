"""What is wrong with an edition: names that lead nowhere, tables out of order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from backend.forms.model import FieldTypes, Mistake
from backend.immunization.model import Condition, Edition, Facts, Place, Series
from backend.immunization.rules.reading import read_edition

_FACTS = frozenset(field.name for field in fields(Facts))


def check_edition(body: Mapping[str, Any], forms: Mapping[str, FieldTypes]) -> list[Mistake]:
    """Every mistake of an edition's content.

    :param forms: fields of the forms that are published with it; facts are read from them
    """
    edition = read_edition(body)
    return [
        *_codes(edition),
        *(mistake for series in edition.series for mistake in _series(edition, series, body)),
        *_dose_ids(edition),
        *_sources(edition, forms),
    ]


def _codes(edition: Edition) -> Iterator[Mistake]:
    seen: set[str] = set(edition.vaccines)
    for vaccine in edition.vaccines.values():
        for code in vaccine.also:
            if code in seen:
                yield Mistake(f"vaccine {vaccine.code} also", f"'{code}' stands twice")
            seen.add(code)
        yield from _conditions(f"vaccine {vaccine.code}", vaccine.contraindicated_when)


def _series(edition: Edition, series: Series, body: Mapping[str, Any]) -> Iterator[Mistake]:
    where = f"series {series.name}"
    numbers = [place.no for place in series.places]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Mistake(where, "doses must be numbered 1, 2, 3, ...")
    if series.first_no not in numbers:
        yield Mistake(f"{where} first_no", f"there is no dose {series.first_no}")
    if series.catch_up_for is not None and all(
        other.name != series.catch_up_for for other in edition.series
    ):
        yield Mistake(f"{where} catch_up_for", f"there is no series '{series.catch_up_for}'")
    settings = [setting for setting, _ in series.product]
    if series.born_after_setting is not None:
        settings.append(series.born_after_setting)
    for setting in settings:
        if setting not in body["settings"]:
            yield Mistake(f"{where} product", f"no setting '{setting}'")
    named = set(series.had).union(
        *(rule.vaccines for rule in series.complete_with),
        *(rule.of | {rule.vaccine} for rule in series.at_least),
    )
    yield from _vaccines(edition, where, named)
    yield from _conditions(where, series.when)
    for place in series.places:
        yield from _place(edition, series, place)


def _place(edition: Edition, series: Series, place: Place) -> Iterator[Mistake]:
    where = f"dose {place.dose_id}"
    named = set(place.accepts or ()).union(
        {place.vaccine},
        *(rule.vaccines for rule in place.after_vaccine),
        *(note.had for note in place.notes),
    )
    yield from _vaccines(edition, where, named)
    parts = {series.name, *series.requires}
    vaccine = edition.vaccines.get(place.vaccine)
    if vaccine is not None and parts.isdisjoint(vaccine.components):
        yield Mistake(where, f"'{place.vaccine}' does not count for {series.name}")
    for conditions in (place.not_needed_when, *(note.when for note in place.notes)):
        yield from _conditions(where, conditions)


def _dose_ids(edition: Edition) -> Iterator[Mistake]:
    """An id may stand in several tables of one series: a child has only one of them."""
    owner: dict[str, int] = {}
    for number, series in enumerate(edition.series):
        for place in series.places:
            before = owner.setdefault(place.dose_id, number)
            same_table = (
                before == number and [p.dose_id for p in series.places].count(place.dose_id) > 1
            )
            if same_table or edition.series[before].name != series.name:
                yield Mistake(f"dose {place.dose_id}", "stands twice")


def _sources(edition: Edition, forms: Mapping[str, FieldTypes]) -> Iterator[Mistake]:
    for source in edition.facts:
        where = f"facts {source.form}.{source.field}"
        if source.fact not in _FACTS:
            yield Mistake(where, f"no fact '{source.fact}'")
        types = forms.get(source.form)
        if types is None:
            if forms:
                yield Mistake(where, f"there is no form '{source.form}'")
            continue
        known = set(types.fields) | set(types.rows.get(source.repeat or "", ()))
        names = {source.field, *source.only_if, *filter(None, [source.vaccine_field])}
        for name in sorted(names - known):
            yield Mistake(where, f"the form has no field '{name}'")


def _vaccines(edition: Edition, where: str, codes: set[str]) -> Iterator[Mistake]:
    for code in sorted(codes - set(edition.vaccines)):
        yield Mistake(where, f"there is no vaccine '{code}'")


def _conditions(where: str, conditions: tuple[Condition, ...]) -> Iterator[Mistake]:
    for fact in sorted({test.fact for condition in conditions for test in condition} - _FACTS):
        yield Mistake(where, f"no fact '{fact}'")
