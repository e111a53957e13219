"""From an edition's document to its nouns. Its shape was checked against ``schemas/meta``.

What a later version of the format added may be missing: phones and databases hold older editions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from typing import Any

from backend.immunization.model import (
    AfterVaccine,
    AtLeast,
    CompleteWith,
    Condition,
    Edition,
    FactSource,
    FactTest,
    Needed,
    Note,
    Place,
    Series,
    Settings,
    Span,
    Vaccine,
)
from backend.kernel.dates import add_months

_AT_BIRTH = Span()


def read_edition(body: Mapping[str, Any]) -> Edition:
    """``schemas/immunization/<edition>.json``."""
    settings = body["settings"]
    vaccines = {vaccine["code"]: _vaccine(vaccine) for vaccine in body["vaccines"]}
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
            hpv_born_after=_day(settings.get("hpv_born_after")),
        ),
        vaccines=vaccines,
        series=tuple(_series(series, vaccines) for series in body["series"]),
        facts=tuple(_fact_source(source) for source in body.get("facts", ())),
    )


def edition_in_force(editions: Iterable[Edition], day: date) -> Edition | None:
    """The one that began last by that day, the newest version of it; before the first one began,
    the first one.
    """
    known = sorted(editions, key=lambda edition: (edition.effective_from, edition.version))
    in_force = [edition for edition in known if edition.effective_from <= day]
    if in_force:
        return in_force[-1]
    first = [edition for edition in known if edition.effective_from == known[0].effective_from]
    return first[-1] if first else None


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
    if span.months:
        day = add_months(day, span.months)
    return day + timedelta(days=span.days) if span.days else day


def _vaccine(body: Mapping[str, Any]) -> Vaccine:
    return Vaccine(
        code=body["code"],
        also=tuple(body.get("also", ())),
        label=body["label"],
        prevents=body.get("prevents"),
        live_injectable=body["live_injectable"],
        components=tuple(body["components"]),
        after_immunoglobulin=_span(body.get("after_immunoglobulin")),
        contraindicated_when=_conditions(body.get("contraindicated_when")),
    )


def _series(body: Mapping[str, Any], vaccines: Mapping[str, Vaccine]) -> Series:
    parts = {body["series"], *body.get("requires", ())}
    return Series(
        name=body["series"],
        label=body["label"],
        places=tuple(_place(place) for place in body["doses"]),
        product=tuple(body.get("product", {}).items()),
        when=_conditions(body.get("when")),
        sex=body.get("sex"),
        born_after=_day(body.get("born_after")),
        born_after_setting=body.get("born_after_setting"),
        born_before=_day(body.get("born_before")),
        had=frozenset(body.get("had", ())),
        counts=frozenset(c for c, v in vaccines.items() if not parts.isdisjoint(v.components)),
        requires=body.get("requires", {}),
        first_no=body.get("first_no", 1),
        at_least=tuple(
            AtLeast(a["vaccine"], frozenset(a["of"]), a["doses"]) for a in body.get("at_least", ())
        ),
        complete_with=tuple(
            CompleteWith(
                vaccines=frozenset(w["vaccines"]),
                doses=w["doses"],
                min_interval=_must(w["min_interval"]),
                total=w.get("total", 0),
                from_age=_span(w.get("from_age")) or _AT_BIRTH,
                before_age=_span(w.get("before_age")),
                reached_age=_span(w.get("reached_age")) or _AT_BIRTH,
            )
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
        accepts=frozenset(body["accepts"]) if "accepts" in body else None,
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
        after_vaccine=tuple(
            AfterVaccine(frozenset(a["vaccines"]), _must(a["interval"]))
            for a in body.get("after_vaccine", ())
        ),
        not_needed_when=_conditions(body.get("not_needed_when")),
        notes=tuple(_note(note) for note in body.get("notes", ())),
    )


def _note(body: Mapping[str, Any]) -> Note:
    return Note(
        note=body["note"],
        from_age=_span(body.get("from_age")) or _AT_BIRTH,
        when=_conditions(body.get("when")),
        had=frozenset(body.get("had", ())),
    )


def _conditions(bodies: Sequence[Mapping[str, Any]] | None) -> tuple[Condition, ...]:
    return tuple(
        tuple(
            FactTest(fact, tuple(test["in"]) if "in" in test else None, test.get("below"))
            for fact, test in body.items()
        )
        for body in bodies or ()
    )


def _fact_source(body: Mapping[str, Any]) -> FactSource:
    return FactSource(
        form=body["form"],
        fact=body["fact"],
        field=body["field"],
        repeat=body.get("in"),
        times=body.get("times"),
        has=body.get("has"),
        vaccine_field=body.get("vaccine_field"),
        only_if=body.get("only_if", {}),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _span(body: Mapping[str, int] | None) -> Span | None:
    return None if body is None else _must(body)


def _must(body: Mapping[str, int]) -> Span:
    days = body.get("days", 0) + ceil(body.get("hours", 0) / 24)
    return Span(body.get("years", 0) * 12 + body.get("months", 0), days)
