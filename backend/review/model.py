"""Review as nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class QualityFlag:
    """A reason to look closer; never an accusation.

    :param weight: what it adds to the priority of the review item
    :param evidence: figures the sentence ``flag.<kind>`` of schemas/i18n names
    """

    kind: str
    weight: int
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewDecision:
    """What a person (or, where the township allows it, a policy) decided."""

    id: str
    submission_id: str
    version_id: str
    verdict: str  # approved, returned, rejected, voided
    fields: tuple[str, ...]
    reason: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One submission as credibility looks at it: what the phone took by itself, and the numbers.

    :param household_id: of the subject; one household is one door
    :param mode: 1 clinic, 2 at home, 3 by telephone; nothing where a form does not ask
    :param seconds: from opening the form to finishing it; nothing when unknown, or a correction
    :param fix: (lng, lat, accuracy in metres)
    :param fix_state: ``fixed``, ``pending``, ``denied``, ``unavailable``, ``off``
    :param distance_m: from the fix to the registered door
    :param readings: what was measured, by field; never what was computed
    :param pictures: hashes of photos
    """

    submission_id: str
    version_id: str
    subject_id: str
    household_id: str | None
    form_key: str
    mode: str | None
    visit_date: date
    finalised_at: datetime
    seconds: float | None
    fix: tuple[float, float, float] | None
    fix_state: str
    distance_m: float | None
    readings: Mapping[str, float]
    answer_count: int
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What a worker's visits of a window look like taken together: counts, no residents.

    :param hours: visits by local hour of finishing
    :param digits: last digits of blood pressures
    :param below: systolic 135-139 and diastolic 85-89, just under the line
    :param above: systolic 140-144 and diastolic 90-94, just over it
    :param jumps: (how many, mean square) of systolic differences from visit to visit of a resident
    :param distances: home visits with a fix: within 100 m, 500 m, 2 km of the door, beyond, as
        far as the accuracy allows to say
    :param fix_off: home visits for which the phone's location was off or not allowed
    :param patterns: kind of pattern -> visits that show it
    :param pace: median seconds an answer
    :param shared_phones: residents whose number belongs to three or more other households
    """

    visits: int
    home_visits: int
    hours: tuple[int, ...]
    digits: tuple[int, ...]
    below: int
    above: int
    jumps: tuple[int, float]
    distances: tuple[int, ...]
    fix_off: int
    patterns: Mapping[str, int]
    pace: float | None
    phones: int = 0
    shared_phones: int = 0


@dataclass(frozen=True)
class Signal:
    """One way in which a worker's visits differ from what visits look like.

    :param strength: 0 to 1
    :param evidence: figures the sentence ``signal.<kind>`` of schemas/i18n names
    """

    kind: str
    domain: str
    strength: float
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Credibility:
    """How a worker's visits of a window stand beside the township's.

    :param score: 0 to 100; from :data:`backend.review.rules.scoring.ALARM` on somebody should look
    """

    worker_id: str
    township_code: str
    from_on: date
    to_on: date
    profile: Profile
    signals: tuple[Signal, ...]
    score: int
    worked_out_at: datetime
