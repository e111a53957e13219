"""A year of hypertension follow-ups of one person, as forms.md §3 writes them.

Most come when they are due, some late; some were forgotten, so that the list of a doctor has
overdue, due and upcoming visits in it on whatever day the sample is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.kernel.dates import age_years
from backend.kernel.rounding import round1
from backend.residents.model import Resident

CLINIC, HOME = "1", "2"
_FORGOTTEN = 0.07
_MEDICINES = (
    ("苯磺酸氨氯地平片", 1, 5, "1"),
    ("硝苯地平缓释片", 2, 20, "1"),
    ("缬沙坦胶囊", 1, 80, "1"),
    ("厄贝沙坦片", 1, 150, "1"),
    ("马来酸依那普利片", 2, 10, "1"),
    ("吲达帕胺缓释片", 1, 1.5, "1"),
    ("厄贝沙坦氢氯噻嗪片", 1, 1, "3"),
)


@dataclass(frozen=True)
class FollowUp:
    """One follow-up: its day and what was written down."""

    on: date
    answers: Mapping[str, Any]
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Habits:
    """What stays the same from visit to visit."""

    sbp: float
    dbp: float
    height: int
    weight: float
    smoke: int
    drink: float
    exercise: tuple[int, int]
    medicines: list[dict[str, Any]]
    at_home: float


def follow_ups(
    person: Resident, since: date, today: date, rng: Random, *, urgent: bool = False
) -> Iterator[FollowUp]:
    """Follow-ups from about a year ago, or from the diagnosis, until today.

    :param urgent: the last one, some days ago, found a pressure that had to be referred at once
    """
    habits = _habits(person, today, rng)
    day = max(since, today - timedelta(days=rng.randint(330, 430)))
    last = today - timedelta(days=rng.randint(125, 300) if rng.random() < _FORGOTTEN else 0)
    urgent_on = today - timedelta(days=rng.randint(2, 5))
    if urgent:
        last = urgent_on - timedelta(days=20)
    while day <= last:
        sbp = min(178, round(rng.gauss(habits.sbp, 7)))
        dbp = min(108, sbp - 22, round(rng.gauss(habits.dbp, 5)))
        yield FollowUp(day, _answers(person, habits, day, sbp, dbp, rng))
        bad = sbp >= _limit(person, day) or dbp >= 90
        day += timedelta(days=_days_to_next(rng, bad=bad))
    if urgent:
        answers = _answers(person, habits, urgent_on, 186, 104, rng)
        yield FollowUp(urgent_on, {**answers, **_URGENT}, confirmed=("sbp",))


_URGENT = {
    "emergency": True,
    "referral": "2",
    "referral_reason": "血压186/104，休息后复测仍高",
    "referral_org_dept": "县医院心血管内科",
    "referral_urgency": "1",
}


def _limit(person: Resident, on: date) -> int:
    """Systolic limit of the class (followup-rules §1.2)."""
    return 150 if age_years(person.birth_date, on) >= 65 else 140


def _days_to_next(rng: Random, *, bad: bool) -> int:
    if bad:
        return rng.randint(8, 14) if rng.random() < 0.9 else rng.randint(15, 24)
    return round(rng.triangular(66, 116, 86))


def _habits(person: Resident, today: date, rng: Random) -> _Habits:
    man = person.sex == "1"
    height = round(rng.gauss(164 if man else 154, 5))
    bmi = min(27.2, max(19.5, rng.gauss(24.2, 2.4)))
    old = age_years(person.birth_date, today) >= 65
    chosen = rng.sample(_MEDICINES, rng.choices((1, 2), weights=(72, 28))[0])
    return _Habits(
        sbp=rng.gauss(139 if old else 132, 7),
        dbp=rng.gauss(78 if old else 81, 5),
        height=height,
        weight=round(bmi * height * height / 10_000, 1),
        smoke=rng.choice((5, 10, 10, 20)) if man and rng.random() < 0.38 else 0,
        drink=rng.choice((0.5, 1, 2)) if man and rng.random() < 0.35 else 0,
        exercise=(rng.choice((0, 2, 3, 5, 7)), rng.choice((20, 30, 30, 60))),
        medicines=[
            {"drug_name": name, "times_per_day": times, "dose_each": dose, "dose_unit": unit}
            for name, times, dose, unit in chosen
        ],
        at_home=rng.choice((0.25, 0.5, 0.8)),
    )


def _answers(
    person: Resident, habits: _Habits, on: date, sbp: int, dbp: int, rng: Random
) -> dict[str, Any]:
    weight = round(habits.weight + rng.uniform(-0.9, 0.9), 1)
    unwell = rng.random() < 0.12
    class_ = "2" if sbp >= _limit(person, on) or dbp >= 90 else "1"
    answers: dict[str, Any] = {
        "visit_date": on.isoformat(),
        "visit_mode": HOME if rng.random() < habits.at_home else CLINIC,
        "visit_outcome": "1",
        "sbp": sbp,
        "dbp": dbp,
        "heart_rate": max(56, min(104, round(rng.gauss(74, 7)))),
        "weight": weight,
        "height": habits.height,
        "bmi": round1(weight / ((habits.height / 100) * (habits.height / 100))),
        "symptoms": ["2"] if unwell else ["1"],
        "emergency_signs": ["0"],
        "emergency": False,
        "smoke_now": habits.smoke,
        "drink_now": habits.drink,
        "exercise_freq_now": habits.exercise[0],
        "exercise_min_now": habits.exercise[1] if habits.exercise[0] else 0,
        "salt_now": rng.choices("123", weights=(30, 52, 18))[0],
        "psych": rng.choices("12", weights=(85, 15))[0],
        "compliance_behaviour": rng.choices("123", weights=(75, 22, 3))[0],
        "adherence": rng.choices("12", weights=(84, 16))[0],
        "adverse_reaction": "1",
        "complication_change": "1",
        "fu_class_computed": class_,
        "fu_class": class_,
        "medications": habits.medicines,
        "referral": "1",
    }
    if person.sex == "2" and 15 <= age_years(person.birth_date, on) < 50:
        answers["maternal_status"] = "0"
    if class_ == "2":
        answers["med_adjustment"] = "嘱按时服药、低盐饮食，两周内复查血压"
    return answers
