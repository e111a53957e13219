"""Follow-ups of diabetes and yearly checks of the elderly, so that their lists hold something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.kernel.dates import age_years
from backend.kernel.rounding import round1
from backend.residents.model import Resident

ELDERLY = 65
_CHECKED = 0.6
_UNCONTROLLED = 7.0
_MEDICINES = (
    ("盐酸二甲双胍片", 2, 0.5, "3"),
    ("格列美脲片", 1, 2, "1"),
    ("阿卡波糖片", 3, 50, "1"),
    ("达格列净片", 1, 10, "1"),
)
_ADL: tuple[tuple[dict[str, str], float], ...] = (
    ({}, 0.88),
    ({"adl_meal": "3", "adl_groom": "1"}, 0.08),
    ({"adl_groom": "7", "adl_dress": "3", "adl_move": "5"}, 0.04),
)


def diabetes(person: Resident, since: date, today: date, rng: Random) -> Iterator[dict[str, Any]]:
    """Follow-ups of about a year, as forms.md §5 writes them; a few people were forgotten."""
    usual, height = rng.gauss(6.6, 0.8), _height(person, rng)
    weight = round(rng.uniform(21, 27) * height * height / 10_000, 1)
    name, times, dose, unit = rng.choice(_MEDICINES)
    medicine = {"drug_name": name, "times_per_day": times, "dose_each": dose, "dose_unit": unit}
    day = max(since, today - timedelta(days=rng.randint(250, 400)))
    last = today - timedelta(days=rng.randint(125, 240) if rng.random() < 0.1 else 1)
    while day <= last:
        fbg = round1(min(14.0, max(4.4, rng.gauss(usual, 0.7))))
        yield _follow_up(person, day, fbg, height, weight, medicine, rng)
        day += timedelta(days=rng.randint(9, 14) if fbg >= _UNCONTROLLED else rng.randint(66, 112))


def _follow_up(
    person: Resident,
    on: date,
    fbg: float,
    height: int,
    weight: float,
    medicine: dict[str, Any],
    rng: Random,
) -> dict[str, Any]:
    class_ = "2" if fbg >= _UNCONTROLLED else "1"
    answers: dict[str, Any] = {
        "visit_date": on.isoformat(),
        "visit_mode": rng.choice("12"),
        "visit_outcome": "1",
        "fbg": fbg,
        "fbg_source": "1",
        "hypoglycaemia": "1",
        "sbp": rng.randint(112, 138),
        "dbp": rng.randint(66, 86),
        "weight": weight,
        "height": height,
        "bmi": _bmi(weight, height),
        "dorsalis_pedis": "1",
        "symptoms": ["2"] if rng.random() < 0.15 else ["1"],
        "emergency_signs": ["0"],
        "emergency": False,
        "smoke_now": 0,
        "drink_now": 0,
        "exercise_freq_now": 5,
        "exercise_min_now": 30,
        "staple_now": rng.choice((250, 300, 350)),
        "psych": "1",
        "compliance_behaviour": rng.choices("12", weights=(80, 20))[0],
        "adherence": rng.choices("12", weights=(84, 16))[0],
        "adverse_reaction": "1",
        "complication_change": "1",
        "fu_class_computed": class_,
        "fu_class": class_,
        "medications": [medicine],
        "referral": "1",
    }
    if person.sex == "2" and 15 <= age_years(person.birth_date, on) < 50:
        answers["maternal_status"] = "0"
    return answers


def elderly(person: Resident, today: date, rng: Random) -> Iterator[dict[str, Any]]:
    """Yearly checks of this year and the last; some were missed, some are still to come."""
    for year in (today.year - 1, today.year):
        if age_years(person.birth_date, date(year, 12, 31)) < ELDERLY:
            continue
        on = date(year, 3, 1) + timedelta(days=rng.randrange(240))
        if rng.random() < _CHECKED and on < today:
            yield _check(person, on, rng)


def _check(person: Resident, on: date, rng: Random) -> dict[str, Any]:
    height = _height(person, rng)
    weight = round(rng.uniform(20, 26) * height * height / 10_000, 1)
    adl = {f"adl_{name}": "0" for name in ("meal", "groom", "dress", "toilet", "move")}
    adl |= rng.choices([found for found, _ in _ADL], weights=[share for _, share in _ADL])[0]
    total = sum(float(score) for score in adl.values())
    sbp = rng.randint(114, 156)
    raised = sbp >= 140
    answers: dict[str, Any] = {
        "visit_date": on.isoformat(),
        "visit_mode": "1",
        "visit_outcome": "1",
        "check_kind": "1",
        "pulse": rng.randint(60, 90),
        "sbp_right": sbp,
        "dbp_right": rng.randint(66, 86),
        "height": height,
        "weight": weight,
        "waist": rng.randint(74, 98),
        "bmi": _bmi(weight, height),
        "self_health": rng.choices("1234", weights=(30, 50, 10, 10))[0],
        **adl,
        "adl_total": total,
        "adl_level": "1" if total <= 3 else "2" if total <= 8 else "3",
        "cognition": "1",
        "emotion": "1",
        "symptoms": ["1"],
        "exercise_frequency": "1",
        "exercise_minutes": 30,
        "diet_habits": ["1"],
        "smoke_status": "1",
        "drink_frequency": "1",
        "occupational_hazard": "1",
        "lips": "1",
        "teeth": ["2"],
        "throat": "1",
        "hearing": rng.choices("12", weights=(80, 20))[0],
        "movement": "1",
        "fbg": round1(rng.uniform(4.5, 6.0)),
        "ecg": "1",
        "tcm_now": False,
        "health_eval": "2" if raised else "1",
    }
    if raised:
        answers["abnormalities"] = [{"finding": "血压偏高"}]
        answers["health_guidance"] = ["2"]
        answers["recheck_what"] = "一周内复测血压"
    return answers


def _height(person: Resident, rng: Random) -> int:
    return round(rng.gauss(164 if person.sex == "1" else 154, 4))


def _bmi(weight: float, height: int) -> float:
    return round1(weight / ((height / 100.0) * (height / 100.0)))
