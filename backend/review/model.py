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
    """What a person (or, where the township allows it, a policy) decided.

    :param verdict: approved, returned, rejected, voided; undone: taken back at once by the same
        person
    :param decided_by: an account, or a policy
    :param batch_id: shared by decisions that were made together
    """

    id: str
    submission_id: str
    version_id: str
    verdict: str
    fields: tuple[str, ...]
    reason: str | None
    decided_by: str
    decided_at: datetime
    batch_id: str | None = None


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
    :param since: when it was first seen, without a break
    """

    kind: str
    domain: str
    strength: float
    evidence: Mapping[str, Any]
    since: datetime | None = None


@dataclass(frozen=True)
class Credibility:
    """How a worker's visits of a window stand beside the township's.

    :param score: 0 to 100; from :data:`backend.review.rules.scoring.ALARM` on somebody should look
    :param seen_at: when the doctor last looked at it
    """

    worker_id: str
    township_code: str
    from_on: date
    to_on: date
    profile: Profile
    signals: tuple[Signal, ...]
    score: int
    worked_out_at: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Comment:
    """What somebody said about a submission, or about a signal of a worker.

    :param kind: of the flag or signal
    """

    id: str
    submission_id: str | None
    worker_id: str | None
    kind: str | None
    text: str
    author_id: str
    at: datetime


@dataclass(frozen=True)
class SavedFilter:
    """A filter of the queue with a name, as the desk wrote it."""

    id: str
    name: str
    filter: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewPolicy:
    """An area lets unflagged submissions pass by themselves.

    :param after_days: days in the queue
    :param sample_percent: share, drawn by chance, that a person still sees
    """

    id: str
    area_code: str
    after_days: int
    sample_percent: int
    set_by: str
    set_at: datetime


@dataclass(frozen=True)
class Audit:
    """A sample of a programme's residents in an area, drawn by a seed.

    :param method: ``systematic``, or ``risk``: more often where visits are doubtful
    :param frame_size: how many it was drawn from
    """

    id: str
    area_code: str
    programme: str
    from_on: date
    to_on: date
    method: str
    seed: int
    frame_size: int
    drawn_by: str
    drawn_at: datetime


@dataclass(frozen=True)
class AuditItem:
    """One resident of a sample.

    :param submission_id: the visit that is asked about
    :param answered_by: code of the interview form; nothing while nobody has called
    :param agrees: 1 agrees with the record, 2 differs, 3 cannot be told
    """

    id: str
    no: int
    resident_id: str
    village_code: str
    submission_id: str
    worker_id: str
    answered_by: str | None = None
    agrees: str | None = None
    answers: Mapping[str, Any] | None = None
    asked_by: str | None = None
    asked_at: datetime | None = None
