"""From an edition's document to its nouns. Its shape was checked against ``schemas/meta``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from typing import Any

from backend.forms.model import FieldTypes, Mistake
from backend.immunization.model import (
    CompleteWith,
    Edition,
    Needed,
    Place,
    Series,
    Settings,
    Span,
    Vaccine,
)
from backend.kernel.dates import add_months


def read_edition(body: Mapping[str, Any]) -> Edition:
    """``schemas/immunization/<edition>.json``."""
    settings = body["settings"]
    born_after = settings.get("hpv_born_after")
    return Edition(
        key=body["key"],
        version=body["version"],
        title=body["title"],
        effective_from=date.fromisoformat(body["effective_from"]),
        settings=Settings(
            je_product=settings["je_product"],
            hepa_product=settings["hepa_product"],
            grace_days=settings["grace_days"],
            live_interval_days=settings["live_interval_days"],
            timely_months=settings["timely_months"],
            hpv_born_after=None if born_after is None else date.fromisoformat(born_after),
        ),
        vaccines={vaccine["code"]: _vaccine(vaccine) for vaccine in body["vaccines"]},
        series=tuple(_series(series) for series in body["series"]),
    )


def check_edition(body: Mapping[str, Any], forms: Mapping[str, FieldTypes]) -> list[Mistake]:
    """What is wrong with an edition's content: names that lead nowhere, tables out of order."""
    del forms  # an edition names no form; every rule document is checked by the same call
    edition = read_edition(body)
    found: list[Mistake] = []
    seen: set[str] = set()
    names = {series.name for series in edition.series}
    for series in edition.series:
        numbers = [place.no for place in series.places]
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(Mistake(f"series {series.name}", "doses must be numbered 1, 2, 3, ..."))
        if series.catch_up_for is not None and series.catch_up_for not in names:
            told = f"there is no series '{series.catch_up_for}'"
            found.append(Mistake(f"series {series.name} catch_up_for", told))
        for setting, _ in series.product:
            if setting not in body["settings"]:
                found.append(Mistake(f"series {series.name} product", f"no setting '{setting}'"))
        for place in series.places:
            if place.dose_id in seen:
                found.append(Mistake(f"dose {place.dose_id}", "stands twice"))
            seen.add(place.dose_id)
            vaccine = edition.vaccines.get(place.vaccine)
            if vaccine is None:
                told = f"there is no vaccine '{place.vaccine}'"
                found.append(Mistake(f"dose {place.dose_id}", told))
            elif series.name not in vaccine.components:
                told = f"'{place.vaccine}' does not count for {series.name}"
                found.append(Mistake(f"dose {place.dose_id}", told))
    return found


def with_settings(edition: Edition, settings: Mapping[str, Any] | None) -> Edition:
    """The edition with an area's own settings."""
    if not settings:
        return edition
    changed = dict(settings)
    if isinstance(changed.get("hpv_born_after"), str):
        changed["hpv_born_after"] = date.fromisoformat(changed["hpv_born_after"])
    return replace(edition, settings=replace(edition.settings, **changed))


def after(day: date, span: Span) -> date:
    """A day plus a span: months first, clamped to the month's end, then days."""
    return add_months(day, span.months) + timedelta(days=span.days)


def _vaccine(body: Mapping[str, Any]) -> Vaccine:
    return Vaccine(
        code=body["code"],
        label=body["label"],
        prevents=body.get("prevents"),
        live_injectable=body["live_injectable"],
        components=tuple(body["components"]),
    )


def _series(body: Mapping[str, Any]) -> Series:
    born_after = body.get("born_after")
    return Series(
        name=body["series"],
        places=tuple(_place(place) for place in body["doses"]),
        product=tuple(body.get("product", {}).items()),
        sex=body.get("sex"),
        born_after=None if born_after is None else date.fromisoformat(born_after),
        complete_with=tuple(
            CompleteWith(frozenset(w["vaccines"]), w["doses"], _must(w["min_interval"]))
            for w in body.get("complete_with", ())
        ),
        catch_up_for=body.get("catch_up_for"),
        needed=tuple(
            Needed(n["given"], n["doses"], tuple(_must(span) for span in n["after"]))
            for n in body.get("needed", ())
        ),
    )


def _place(body: Mapping[str, Any]) -> Place:
    former = body.get("former")
    return Place(
        dose_id=body["dose_id"],
        no=body["no"],
        vaccine=body["vaccine"],
        min_age=_must(body["min_age"]),
        min_interval=_span(body.get("min_interval")),
        product_interval=_span(body.get("product_interval")),
        from_first=_span(body.get("from_first")),
        complete_before=_span(body.get("complete_before")),
        complete_after_first=_span(body.get("complete_after_first")),
        upper_age=_span(body.get("upper_age")),
        catch_up_min_age=_span(body.get("catch_up_min_age")),
        catch_up_interval=_span(body.get("catch_up_interval")),
        former_before=None if former is None else date.fromisoformat(former["given_before"]),
        former_age=None if former is None else _must(former["min_age"]),
        notes=tuple((_must(n["from_age"]), n["note"]) for n in body.get("notes", ())),
    )


def _span(body: Mapping[str, int] | None) -> Span | None:
    return None if body is None else _must(body)


def _must(body: Mapping[str, int]) -> Span:
    days = body.get("days", 0) + ceil(body.get("hours", 0) / 24)
    return Span(body.get("years", 0) * 12 + body.get("months", 0), days)
