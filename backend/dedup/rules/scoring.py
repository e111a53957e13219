"""How likely two registrations are of one person (Fellegi and Sunter 1969).

Each field speaks for or against by ``log2(m / u)`` bits: how often it compares like this among
registrations of one person (m), and among those of two that came to be compared at all (u). The
shares are fixed beforehand and shipped as ``schemas/identity/weights.json``: what fits one county's
data best fits the next county's worse. ``flask dedup estimate`` shows how far local data differ.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import log2
from pathlib import Path
from typing import Any

from backend.dedup.model import DIFFERENT, SAME, UNSURE, Verdict
from backend.dedup.rules.comparing import FIELDS, born, contacts, levels, numbers, sexes
from backend.dedup.rules.names import compare_names
from backend.dedup.rules.traits import Traits

_CHEAP = ("birth_date", "id_no", "sex", "contact")
SHIPPED = Path(__file__).resolve().parents[3] / "schemas" / "identity" / "weights.json"


@dataclass(frozen=True)
class Weights:
    """What each way of comparing speaks for.

    :param shares: field -> level -> (m, u)
    :param same: bits from which two registrations are of one person
    :param unsure: bits from which a person has to look
    :param prior: bits of the odds that two compared registrations are of one person
    """

    edition: int
    shares: Mapping[str, Mapping[str, tuple[float, float]]]
    same: float
    unsure: float
    prior: float
    bits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def read_weights(told: Mapping[str, Any]) -> Weights:
    """Weights as a file tells them.

    :raises KeyError: something is missing
    """
    fields: Mapping[str, Mapping[str, Sequence[float]]] = told["fields"]
    shares = {name: {k: (m, u) for k, (m, u) in fields[name].items()} for name in FIELDS}
    limits: Mapping[str, float] = told["limits"]
    return Weights(
        edition=int(str(told["edition"])),
        shares=shares,
        same=limits["same"],
        unsure=limits["unsure"],
        prior=limits["prior"],
        bits={n: {k: log2(m / u) for k, (m, u) in found.items()} for n, found in shares.items()},
    )


@cache
def shipped() -> Weights:
    """The weights in force."""
    return read_weights(json.loads(SHIPPED.read_text(encoding="utf-8")))


def compare_unless_hopeless(a: Traits, b: Traits) -> Verdict | None:
    """Judge two registrations; nothing when they are different whatever their names, the costliest
    to compare, may say. Saves most of the work where many are compared.
    """
    birth, number = born(a, b), numbers(a, b)
    if _is_hopeless(birth, number):
        return None
    sex, contact = sexes(a, b), contacts(a, b)
    if _is_hopeless(birth, number, sex, contact):
        return None
    return judged((compare_names(a.typed_name, b.typed_name), birth, number, sex, contact))


@cache
def _is_hopeless(*known: str) -> bool:
    bits = shipped().bits
    told = sum(bits[name][level] for name, level in zip(_CHEAP, known, strict=False))
    open_yet = {"name", *_CHEAP[len(known) :]}
    return told + sum(max(bits[name].values()) for name in open_yet) < shipped().unsure


def compare(a: Traits, b: Traits) -> Verdict:
    """Judge two registrations."""
    return judged(levels(a, b))


@lru_cache(maxsize=50_000)
def judged(found: tuple[str, str, str, str, str]) -> Verdict:
    """What a comparison comes to, by the weights in force.

    :param found: the level of each field, in the order of :data:`FIELDS`
    """
    weights = shipped()
    bits = {name: weights.bits[name][level] for name, level in zip(FIELDS, found, strict=True)}
    total = sum(bits.values())
    return Verdict(
        verdict=SAME if total >= weights.same else UNSURE if total >= weights.unsure else DIFFERENT,
        score=1 / (1 + 2 ** -(total + weights.prior)),
        explanation=dict(zip(FIELDS, found, strict=True)),
        weights={name: round(value, 2) for name, value in bits.items()},
    )
