"""Pure decisions of review: which flags a submission gets, and which step may follow which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.geo.model import Geotag
from backend.review.model import QualityFlag

CLOCK_DOUBT_MINUTES = 5  # domain/README, decision 10

_WEIGHTS = {
    "violations": 40,
    "conflicts": 50,
    "same_visit": 60,
    "far_from_home": 30,
    "other_village": 30,
    "outside_scope": 20,
    "null_island": 20,
    "computed_differs": 20,
    "late_next_visit": 10,
    "clock_off": 10,
    "poor_accuracy": 5,
    "no_fix": 5,
}
_URGENT = 100
_AWAITING = ("received", "corrected")


@dataclass(frozen=True)
class Evidence:
    """What the line knows about a submission when flags are raised."""

    geotag: Geotag
    visit_mode: str | None
    violations: Sequence[Mapping[str, Any]]
    conflicts: Sequence[Mapping[str, Any]]
    same_visit_ids: Sequence[str]
    skew_ms: int | None
    next_visit_late_days: int | None


def flags(evidence: Evidence) -> tuple[QualityFlag, ...]:
    """The quality flags of one version, heaviest first.

    A missing or distant fix is no doubt for a visit by telephone or in the clinic.
    """
    found: dict[str, Mapping[str, Any]] = {}
    at_home = evidence.visit_mode in (None, "2")
    for doubt in evidence.geotag.doubt:
        if at_home or doubt == "null_island":
            found[doubt] = {"distance_m": evidence.geotag.distance_m}
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
    raised = (QualityFlag(kind, _WEIGHTS[kind], facts) for kind, facts in found.items())
    return tuple(sorted(raised, key=lambda flag: (-flag.weight, flag.kind)))


def priority(raised: Sequence[QualityFlag], escalation: str) -> int:
    """Place in the queue: urgent cases first, then the most doubtful."""
    return sum(flag.weight for flag in raised) + (_URGENT if escalation == "E3" else 0)


def may_decide(state: str, verdict: str) -> bool:
    """Whether a verdict may follow a state (DESIGN §8).

    An approval can be taken back by returning; a rejected submission can be approved after all;
    what waits for the doctor's correction is not decided again meanwhile.
    """
    if state in _AWAITING:
        return verdict in ("approved", "returned", "rejected")
    if state == "approved":
        return verdict in ("returned", "rejected")
    return state == "rejected" and verdict == "approved"


def state_after_version(state: str | None) -> str:
    """State of a submission when a version arrives: ``None`` is the first one."""
    return "received" if state is None else "corrected"


def days_late(next_visit: date | None, closes: date | None) -> int | None:
    """Days by which the doctor's next visit lies behind the rule's last day."""
    if next_visit is None or closes is None or next_visit <= closes:
        return None
    return (next_visit - closes).days
