"""Vaccination histories by chance: children on time, and books nobody could have written."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from backend.immunization.model import Edition

FIRST_BIRTH = date(2008, 7, 1)
LAST_BIRTH = date(2026, 6, 1)


def history(rng: Random, edition: Edition) -> dict[str, Any]:
    """A child, its doses, facts and the day of asking, as JSON."""
    birth = FIRST_BIRTH + timedelta(days=rng.randrange((LAST_BIRTH - FIRST_BIRTH).days))
    age = rng.choice((60, 400, 900, 2600, 4500, 6800))
    asked = birth + timedelta(days=rng.randrange(age))
    vaccines = sorted(edition.vaccines)
    focus = rng.sample(vaccines, rng.randint(1, 6))  # some series with many doses
    given = [
        {"vaccine": rng.choice(focus), "on": _between(rng, birth, asked)}
        for _ in range(rng.choice((0, 1, 3, 8, 14)))
    ]
    if rng.random() < 0.6:
        given += _on_time(rng, edition, birth, asked)
    rng.shuffle(given)
    return {
        "birth_date": birth.isoformat(),
        "sex": rng.choice("1229"),
        "on": asked.isoformat(),
        "given": given,
        "settings": _settings(rng),
        "facts": _facts(rng, vaccines, birth, asked),
    }


def ordinary(rng: Random, edition: Edition) -> dict[str, Any]:
    """A child up to seven years old who came for its doses at their ages, but for some."""
    asked = LAST_BIRTH
    birth = asked - timedelta(days=rng.randrange(7 * 365))
    given = _on_time(rng, edition, birth, asked, share=0.9)
    return {
        "birth_date": birth.isoformat(),
        "sex": rng.choice("12"),
        "on": asked.isoformat(),
        "given": sorted(given, key=lambda dose: dose["on"]),
        "settings": {},
        "facts": {"mother_hbsag": "1", "birth_weight_g": 3200},
    }


def _on_time(
    rng: Random, edition: Edition, birth: date, asked: date, share: float = 0.4
) -> list[dict[str, str]]:
    """Doses near the ages of the tables, some left out."""
    found = []
    for series in edition.series:
        for place in series.places:
            days = place.min_age.months * 30.44 + place.min_age.days + rng.choice((-1, 0, 1, 9, 80))
            on = birth + timedelta(days=max(0, round(days)))
            if on <= asked and rng.random() < share:
                found.append({"vaccine": place.vaccine, "on": on.isoformat()})
    return found


def _settings(rng: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rng.random() < 0.3:
        found["je_product"] = rng.choice(("JE-L", "JE-I"))
    if rng.random() < 0.3:
        found["hepa_product"] = rng.choice(("HepA-L", "HepA-I"))
    if rng.random() < 0.2:
        found["grace_days"] = rng.randint(0, 5)
    if rng.random() < 0.1:
        found["hpv_born_after"] = "2009-01-01"
    return found


def _facts(rng: Random, vaccines: list[str], birth: date, asked: date) -> dict[str, Any]:
    until = (asked + timedelta(days=rng.randint(-30, 30))).isoformat()
    known: dict[str, tuple[float, Any]] = {
        "mother_hbsag": (0.3, rng.choice("123")),
        "birth_weight_g": (0.3, rng.choice((900, 1999, 2000, 3200))),
        "gestation_weeks": (0.2, rng.randint(26, 42)),
        "immune_deficient": (0.1, rng.random() < 0.7),
        "hiv_exposed": (0.1, rng.random() < 0.7),
        "critically_ill": (0.1, True),
        "conjugate_complete": (0.1, True),
        "immunoglobulin_on": (0.15, _between(rng, birth, asked)),
        "defer_until": (0.1, until),
        "deferred": (0.15, [{"vaccine": rng.choice(vaccines), "until": until}]),
        "contraindicated": (0.1, rng.sample(vaccines, 2)),
    }
    return {name: value for name, (share, value) in known.items() if rng.random() < share}


def _between(rng: Random, first: date, last: date) -> str:
    return (first + timedelta(days=rng.randint(0, (last - first).days))).isoformat()
