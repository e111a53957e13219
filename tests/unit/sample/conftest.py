"""One sample county for all tests here: the one that `make run` loads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.sample.county import build
from backend.sample.generate.families import families
from backend.sample.model import County, Family

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SEED = 340828

# A cut of the schedule that is enough to be late, to miss and to collide.
EDITION: Mapping[str, Any] = {
    "settings": {"je_product": "JE-L"},
    "vaccines": [
        {"code": "HepB", "live_injectable": False},
        {"code": "DTaP", "live_injectable": False},
        {"code": "MMR", "live_injectable": True},
        {"code": "JE-L", "live_injectable": True},
        {"code": "JE-I", "live_injectable": False},
        {"code": "OPV", "live_injectable": False},
    ],
    "series": [
        {
            "series": "HepB",
            "doses": [
                {"dose_id": "HepB-1", "no": 1, "vaccine": "HepB", "min_age": {"months": 0}},
                {
                    "dose_id": "HepB-2",
                    "no": 2,
                    "vaccine": "HepB",
                    "min_age": {"months": 1},
                    "min_interval": {"days": 28},
                },
            ],
        },
        {
            "series": "DTP",
            "doses": [
                {"dose_id": "DTaP-1", "no": 1, "vaccine": "DTaP", "min_age": {"months": 2}},
                {"dose_id": "DTaP-2", "no": 2, "vaccine": "DTaP", "min_age": {"months": 4}},
                {"dose_id": "DTaP-3", "no": 3, "vaccine": "DTaP", "min_age": {"months": 6}},
            ],
        },
        {
            "series": "MMR",
            "doses": [{"dose_id": "MMR-1", "no": 1, "vaccine": "MMR", "min_age": {"months": 8}}],
        },
        {
            "series": "JE",
            "product": {"je_product": "JE-L"},
            "doses": [
                {"dose_id": "JE-L-1", "no": 1, "vaccine": "JE-L", "min_age": {"months": 9}},
                {
                    "dose_id": "JE-L-2",
                    "no": 2,
                    "vaccine": "JE-L",
                    "min_age": {"months": 24},
                    "min_interval": {"months": 12},
                },
            ],
        },
        {
            "series": "JE",
            "product": {"je_product": "JE-I"},
            "doses": [{"dose_id": "JE-I-1", "no": 1, "vaccine": "JE-I", "min_age": {"months": 8}}],
        },
        {
            "series": "Polio",
            "doses": [
                {"dose_id": "Polio-1", "no": 1, "vaccine": "OPV", "min_age": {"months": 4}},
                {"dose_id": "Polio-2", "no": 2, "vaccine": "OPV", "min_age": {"years": 4}},
            ],
        },
    ],
}


@pytest.fixture(scope="session")
def county() -> County:
    return build(2000, SEED)


@pytest.fixture(scope="session")
def homes(county: County) -> list[Family]:
    return list(families(county, 2000, SEED, NOW, EDITION))
