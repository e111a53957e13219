"""The county of the sample: its document, the townships that are inhabited, their workers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

from backend.accounts.model import Role
from backend.geo.model import Area
from backend.geo.rules import covers
from backend.kernel.ids import derived_id
from backend.sample.generate.names import given_name, surname
from backend.sample.generate.places import settle
from backend.sample.model import County, Worker

DOCUMENT = Path(__file__).with_name("county.json")
INHABITED_FIRST = ("340828107000", "340828201000", "340828112000")
"""响肠镇, 莲云乡, 黄尾镇: the three townships of a small sample."""

_RESIDENTS_PER_TOWNSHIP = 10_000
_VILLAGES_PER_DOCTOR = 3
_NAMED = {"doctor": "王秀英", "reviewer": "储志远", "supervisor": "汪晓兰"}


def account_id(login: str) -> str:
    """Id of a sample account: the same in every sample, so that it can be found again."""
    return derived_id("sample", "account", login)


def read_document() -> Mapping[str, Any]:
    """The real codes and names (``county.json``)."""
    document: Mapping[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return document


def build(residents: int, seed: int) -> County:
    """The county with invented places, and workers for its inhabited villages.

    :param residents: three townships hold up to 30,000; every further 10,000 take one more
    """
    areas = settle(read_document(), Random(f"{seed}/places"))
    townships = [area.code for area in areas if area.level == "township"]
    order = [*INHABITED_FIRST, *(code for code in townships if code not in INHABITED_FIRST)]
    used = order[: max(len(INHABITED_FIRST), ceil(residents / _RESIDENTS_PER_TOWNSHIP))]
    inhabited = tuple(
        area
        for code in used
        for area in areas
        if area.level == "village" and covers(code, area.code)
    )
    return County(tuple(areas), inhabited, tuple(_workers(areas[0].code, used, inhabited, seed)))


def _workers(
    county_code: str, townships: Sequence[str], villages: Sequence[Area], seed: int
) -> list[Worker]:
    """A supervisor, a reviewer of the first township, doctors of two or three villages each."""
    staff = [
        _worker("supervisor", "supervisor", (county_code,), seed),
        _worker("reviewer", "reviewer", (townships[0],), seed),
    ]
    number = 0
    for township in townships:
        codes = [village.code for village in villages if covers(township, village.code)]
        doctors = ceil(len(codes) / _VILLAGES_PER_DOCTOR)
        for n in range(doctors):
            number += 1
            login = "doctor" if number == 1 else f"doctor{number}"
            first, last = ceil(n * len(codes) / doctors), ceil((n + 1) * len(codes) / doctors)
            staff.append(_worker(login, "worker", tuple(codes[first:last]), seed))
    return staff


def _worker(login: str, role: Role, areas: tuple[str, ...], seed: int) -> Worker:
    rng = Random(f"{seed}/worker/{login}")
    sex = rng.choice("12")
    name = _NAMED.get(login) or surname(rng) + given_name(sex, rng.randint(1965, 1992), rng)
    return Worker(account_id(login), login, name, role, areas)
