"""Births of the last 60 days: the notice, the first visit to mother and child, the full month.

Some visits have not been made yet, so that a young mother stands on the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.kernel.rounding import round1
from backend.residents.model import Resident

HOSPITAL = "岳西县人民医院"
VAGINAL, CAESAREAN = "1", "3"
_VISITED = 0.8
_MANNER = {VAGINAL: "1", CAESAREAN: "4"}  # birth situation, forms.md §8
_EXAMINED = (
    "eyes", "ear", "nose", "oral", "heart_lung", "chest", "abdomen", "spine", "limbs", "anus",
    "genitalia",
)  # fmt: skip
_UNREMARKABLE = {
    "hearing_screen": "1",
    "disease_screen": ["2"],
    "risks": ["0"],
    "malformation": "1",
    "vomit": "1",
    "stool": "1",
    "complexion": "1",
    "fontanelle_a": 1.5,
    "fontanelle_b": 1.5,
    "fontanelle": "1",
    "neck_mass": "1",
    "skin": "1",
    "danger_signs": ["0"],
    "danger_auto": [],
    "urgent": False,
    "high_risk": False,
    "asphyxia": "1",
    "referral": "1",
    "guidance": ["1", "3"],
    "next_visit_place": "乡镇卫生院",
    **dict.fromkeys(_EXAMINED, "1"),
}


@dataclass(frozen=True)
class Birth:
    """How a child came into the world.

    :param manner: delivery mode, forms.md §6
    :param weight: in kg
    """

    born_on: date
    discharged_on: date
    noticed_on: date
    manner: str
    gest_weeks: int
    weight: float
    length: float


def birth(born_on: date, today: date, rng: Random) -> Birth:
    """An unremarkable birth in the county's hospital."""
    manner = CAESAREAN if rng.random() < 0.42 else VAGINAL
    stay = 5 if manner == CAESAREAN else 3
    return Birth(
        born_on=born_on,
        discharged_on=born_on + timedelta(days=stay),
        noticed_on=min(today, born_on + timedelta(days=rng.randint(1, 3))),
        manner=manner,
        gest_weeks=rng.choice((38, 39, 39, 40, 40)),
        weight=round(min(3.95, max(2.6, rng.gauss(3.25, 0.3))), 2),
        length=float(round(rng.gauss(50, 1))),
    )


def notice(born: Birth, mother_age: int, child: Resident, rng: Random) -> Mapping[str, Any]:
    """The delivery notice that brings the child into the register."""
    discharged = born.discharged_on <= born.noticed_on
    row = {
        "name": child.name,
        "sex": child.sex,
        "birth_time": f"{rng.randrange(24):02d}:{rng.randrange(60):02d}",
        "birth_weight": born.weight,
        "risks": ["0"],
        "hepb1": "1",
        "hepb1_date": born.born_on.isoformat(),
        "bcg": "1",
        "bcg_date": born.born_on.isoformat(),
    }
    return {
        "visit_date": born.noticed_on.isoformat(),
        "delivery_date": born.born_on.isoformat(),
        "delivery_place": "1",
        "delivery_org": HOSPITAL,
        "delivery_mode": born.manner,
        **({"discharge_date": born.discharged_on.isoformat()} if discharged else {}),
        "home_birth": False,
        "gest_weeks": born.gest_weeks,
        "mother_hbsag": "1",
        "mother_risks": ["0"],
        "mother_age": mother_age,
        "newborns": [row],
    }


def first_visit_on(born: Birth, today: date, rng: Random) -> date | None:
    """The day of the visit within a week of discharge; nothing when it was not made (yet)."""
    day = born.discharged_on + timedelta(days=rng.randint(1, 7))
    return day if day < today and rng.random() < _VISITED else None


def full_month_on(born: Birth, today: date, rng: Random) -> date | None:
    """The day of the full-month visit (day 28 to 30)."""
    day = born.born_on + timedelta(days=rng.randint(28, 30))
    return day if day < today and rng.random() < _VISITED else None


def postpartum_visit(born: Birth, on: date, rng: Random) -> Mapping[str, Any]:
    """A normal visit to the mother (forms.md §6)."""
    return {
        "visit_date": on.isoformat(),
        "visit_mode": "2",
        "visit_outcome": "1",
        "delivery_date": born.born_on.isoformat(),
        "postpartum_day": (on - born.born_on).days,
        "discharge_date": born.discharged_on.isoformat(),
        "delivery_mode": born.manner,
        "mother_risks": ["0"],
        "body_temp": round(rng.uniform(36.2, 36.9), 1),
        "sbp": rng.randint(102, 126),
        "dbp": rng.randint(64, 80),
        "general_health": "良好",
        "general_psych": "平稳",
        "mood": "1",
        "breast": "1",
        "lochia": "1",
        "uterus": "1",
        "wound": "1",
        "danger_signs": ["0"],
        "danger_auto": [],
        "urgent": False,
        "classification_computed": "1",
        "classification": "1",
        "guidance": ["1", "4", "5"],
        "referral": "1",
    }


def newborn_visit(
    born: Birth, child: Resident, mother: Resident, address: str, on: date, rng: Random
) -> Mapping[str, Any]:
    """A normal visit to the child (forms.md §8)."""
    days = (on - born.born_on).days
    now = round(born.weight + (-0.08 if days < 6 else 0.028 * (days - 5)), 2)
    change = (now - born.weight) / born.weight * 100
    return {
        **_UNREMARKABLE,
        "visit_date": on.isoformat(),
        "visit_mode": "2",
        "visit_outcome": "1",
        "sex": child.sex,
        "birth_date": born.born_on.isoformat(),
        "address": address,
        "mother_name": mother.name,
        "mother_phone": mother.phone or mother.contact_phone,
        "gest_weeks": born.gest_weeks,
        "mother_illness": ["1"],
        "mother_hbsag": "1",
        "birth_org": HOSPITAL,
        "birth_situation": [_MANNER[born.manner]],
        "birth_weight": born.weight,
        "birth_length": born.length,
        "weight_now": now,
        "weight_change": round1(change),
        "feeding": rng.choices("123", weights=(70, 22, 8))[0],
        "stool_times": rng.randint(2, 5),
        "body_temp": round(rng.uniform(36.4, 37.1), 1),
        "heart_rate": rng.randint(118, 142),
        "resp_rate": rng.randint(38, 48),
        "jaundice_site": ["2"] if days < 12 and rng.random() < 0.3 else ["1"],
        "cord": "2" if days > 9 else "1",
        "vacc_hepb1": "1",
        "vacc_hepb1_date": born.born_on.isoformat(),
        "vacc_bcg": "1",
        "vacc_bcg_date": born.born_on.isoformat(),
    }
