"""Which flags a submission gets from what the line knows about it alone.

What shows only beside other visits stands in ``patterns``, what shows only over many in
``scoring``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.geo.model import Geotag
from backend.kernel.clock import SHANGHAI, local_date
from backend.review.model import QualityFlag
from backend.review.rules.readings import readings_of

CLOCK_DOUBT_MINUTES = 5  # domain/README, decision 10
NIGHT = (22, 5)
"""Hours from and to which nobody visits; engineering."""
LATE_DAYS = 3
LEAST_ANSWERS = 12
LEAST_SECONDS_AN_ANSWER = 1.0
LEAST_READINGS = 3

WEIGHTS = {
    "same_visit": 60,
    "conflicts": 50,
    "violations": 40,
    "copied_answers": 40,
    "spread_dates": 40,
    "repeated_photo": 40,
    "impossible_travel": 35,
    "many_in_minutes": 35,
    "far_from_home": 30,
    "other_village": 30,
    "unchanged_readings": 25,
    "too_fast": 20,
    "outside_scope": 20,
    "null_island": 20,
    "computed_differs": 20,
    "drawn": 15,
    "written_late": 10,
    "late_next_visit": 10,
    "clock_off": 10,
    "night_entry": 5,
    "poor_accuracy": 5,
    "no_fix": 5,
}
"""Kind of flag -> what it adds to the priority; engineering."""

_URGENT = 100
_OWN_DOING = ("off", "denied")


@dataclass(frozen=True)
class Evidence:
    """What the line knows about a submission when flags are raised.

    :param fix_state: why there is no fix: a phone that tried in vain is no doubt
    :param written: from opening the form to finishing it; nothing for a correction
    :param visit_date: day of the visit; nothing for a correction, which is always written later
    :param before: answers of the visit before this one, same form, same subject
    """

    geotag: Geotag
    visit_mode: str | None
    violations: Sequence[Mapping[str, Any]]
    conflicts: Sequence[Mapping[str, Any]]
    same_visit_ids: Sequence[str]
    skew_ms: int | None
    next_visit_late_days: int | None
    fix_state: str = "off"
    written: tuple[datetime, datetime] | None = None
    visit_date: date | None = None
    answers: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None
    escalation: str = "E0"


def flags(evidence: Evidence) -> tuple[QualityFlag, ...]:
    """The quality flags of one version, heaviest first."""
    found: dict[str, Mapping[str, Any]] = {**_of_place(evidence), **_of_writing(evidence)}
    if evidence.violations:
        found["violations"] = {"count": len(evidence.violations)}
        if any(v["code"] == "computed" for v in evidence.violations):
            found["computed_differs"] = {}
    if evidence.conflicts:
        found["conflicts"] = {"count": len(evidence.conflicts)}
    if evidence.same_visit_ids:
        found["same_visit"] = {"submission_ids": list(evidence.same_visit_ids)}
    if evidence.skew_ms is not None and abs(evidence.skew_ms) > CLOCK_DOUBT_MINUTES * 60_000:
        found["clock_off"] = {"minutes": round(evidence.skew_ms / 60_000)}
    if evidence.next_visit_late_days:
        found["late_next_visit"] = {"days": evidence.next_visit_late_days}
    return heaviest_first(flag(kind, facts) for kind, facts in found.items())


def _of_place(evidence: Evidence) -> dict[str, Mapping[str, Any]]:
    """A missing or distant fix is no doubt for a visit by telephone or in the clinic, and none is
    missing where the phone looked for one and the valley had none.
    """
    at_home = evidence.visit_mode in (None, "2")
    found: dict[str, Mapping[str, Any]] = {}
    for doubt in evidence.geotag.doubt:
        excused = doubt == "no_fix" and evidence.fix_state not in _OWN_DOING
        if (at_home and not excused) or doubt == "null_island":
            found[doubt] = {"distance_m": evidence.geotag.distance_m}
    return found


def _of_writing(evidence: Evidence) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    answers = evidence.answers or {}
    if evidence.written is not None:
        started, finished = evidence.written
        seconds = (finished - started).total_seconds()
        if len(answers) >= LEAST_ANSWERS and 0 <= seconds < len(answers) * LEAST_SECONDS_AN_ANSWER:
            found["too_fast"] = {"seconds": round(seconds), "answers": len(answers)}
        if is_night(finished) and evidence.escalation != "E3":
            at = finished.astimezone(SHANGHAI)
            found["night_entry"] = {"local_time": at.strftime("%H:%M")}
        if evidence.visit_date is not None:
            late = (local_date(finished) - evidence.visit_date).days
            if late > LATE_DAYS:
                found["written_late"] = {"days": late}
    now, before = readings_of(answers), readings_of(evidence.before or {})
    if len(now) >= LEAST_READINGS and now == before:
        found["unchanged_readings"] = {"readings": len(now)}
    return found


def is_night(at: datetime) -> bool:
    """True between 22:00 and 05:00 in China."""
    hour = at.astimezone(SHANGHAI).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def flag(kind: str, evidence: Mapping[str, Any]) -> QualityFlag:
    """A flag with the weight of its kind."""
    return QualityFlag(kind, WEIGHTS[kind], evidence)


def heaviest_first(raised: Iterable[QualityFlag]) -> tuple[QualityFlag, ...]:
    """Flags in the order in which they are shown."""
    return tuple(sorted(raised, key=lambda one: (-one.weight, one.kind)))


def priority(raised: Sequence[QualityFlag], escalation: str) -> int:
    """Place in the queue: urgent cases first, then the most doubtful."""
    return sum(one.weight for one in raised) + (_URGENT if escalation == "E3" else 0)


def days_late(next_visit: date | None, closes: date | None) -> int | None:
    """Days by which the doctor's next visit lies behind the rule's last day."""
    if next_visit is None or closes is None or next_visit <= closes:
        return None
    return (next_visit - closes).days
