"""Which answers are measurements: numbers that differ from person to person and day to day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEASURED = frozenset(
    {
        "body_temp", "dbp", "dbp_left", "dbp_right", "dbp1", "fbg", "fetal_heart", "fundal_height",
        "hb", "hba1c", "head_circ", "heart_rate", "pbg2h", "pulse", "pulse1", "random_bg",
        "resp_rate", "sbp", "sbp_left", "sbp_right", "sbp1", "spo2", "waist", "weight",
    }
)  # fmt: skip
"""Fields of all forms. A height that stays the same is no doubt, nor is a computed value."""

SYSTOLIC, DIASTOLIC = ("sbp", "sbp_left", "sbp1"), ("dbp", "dbp_left", "dbp1")


def readings_of(answers: Mapping[str, Any]) -> dict[str, float]:
    """What was measured, by field."""
    return {
        name: float(value)
        for name, value in answers.items()
        if name in MEASURED and isinstance(value, int | float) and not isinstance(value, bool)
    }
