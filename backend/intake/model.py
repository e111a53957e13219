"""What the line reads and what it decides: facts in, one decision out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backend.accounts.model import DeviceFacts
from backend.dedup.model import DuplicateCandidate
from backend.followups.model import Task
from backend.forms.rules import CompiledForm
from backend.immunization.model import Dose, Edition
from backend.programmes.model import Enrolment
from backend.reminders.model import ReminderPlan
from backend.residents.model import FamilyLink, Household, Resident
from backend.review.model import QualityFlag
from backend.submissions.model import (
    Content,
    Header,
    Quarantined,
    Submission,
    Taken,
    Version,
)


@dataclass(frozen=True)
class Opened:
    """An envelope that could be read.

    :param travelled: the envelope as it came, canonical bytes
    :param late_fix: the fix that came after finalising
    """

    header: Header
    content: Content
    late_fix: Mapping[str, Any] | None
    travelled: bytes = field(repr=False)


@dataclass(frozen=True)
class Unusable:
    """An envelope that could not be read.

    :param kind: ``invalid`` (its maker must make it anew) or ``quarantined`` (we may yet read it)
    :param header: what could be read of it
    """

    kind: str
    reason: str
    header: Header | None
    travelled: bytes = field(repr=False)


@dataclass(frozen=True)
class Base:
    """The submission that a correction is about, and the version that was corrected."""

    submission: Submission
    corrected: Version
    newest: Version


@dataclass(frozen=True)
class Facts:
    """Everything that :func:`backend.intake.decide.decide` may know about one envelope.

    :param programmes: rules in force on the visit's day, compiled
    :param history: standing submissions of the subject, its household and its origin
    :param tasks: stored tasks of every subject that may be concerned
    :param likely_same: residents that may be the one being registered
    :param village_found: village whose boundary holds the fix
    :param parameters: programme key -> parameters after the area's policy
    """

    device: DeviceFacts | None
    same_id: Taken | None = None
    same_seq_id: str | None = None
    form: CompiledForm | None = None
    base: Base | None = None
    resident: Resident | None = None
    household: Household | None = None
    area_known: bool = False
    likely_same: tuple[Resident, ...] = ()
    history: tuple[Submission, ...] = ()
    tasks: tuple[Task, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    doses: Mapping[str, tuple[Dose, ...]] = field(default_factory=dict)
    programmes: Any = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    edition: Edition | None = None
    village_found: str | None = None


@dataclass(frozen=True)
class Receipt:
    """The server's named answer to one envelope."""

    id: str | None
    sha256: str | None
    status: str
    reason: str | None
    submission_id: str | None
    received_at: datetime
    village_code: str | None = None
    tasks: tuple[Task, ...] = ()
    violations: tuple[Mapping[str, Any], ...] = ()
    missing_attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class IntakeDecision:
    """All that follows from one envelope. ``apply`` writes it; nothing here was written yet."""

    receipt: Receipt
    county_code: str
    taken: Taken | None = None
    quarantine: Quarantined | None = None
    submission: Submission | None = None
    version: Version | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()
    households: tuple[Household, ...] = ()
    residents: tuple[Resident, ...] = ()
    pairs: tuple[DuplicateCandidate, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    doses: Mapping[str, tuple[Dose, ...]] | None = None
    tasks: tuple[Task, ...] = ()
    family_links: tuple[FamilyLink, ...] = ()
    reminders: tuple[ReminderPlan, ...] = ()
    flags: tuple[QualityFlag, ...] = ()
    unblocks: frozenset[str] = frozenset()
    visit_day: date | None = None
