"""What the line reads and what it decides: facts in, one decision out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backend.accounts.model import DeviceFacts
from backend.attachments.model import Attachment
from backend.audit.model import Actor
from backend.dedup.model import DuplicateCandidate
from backend.followups.model import Task
from backend.followups.rules.scheduling import Situation
from backend.forms.rules import CompiledForm
from backend.geo.model import Area
from backend.immunization.model import Dose
from backend.programmes.model import Enrolment
from backend.residents.model import ConsentTold, FamilyLink, Household, Resident
from backend.review.model import QualityFlag
from backend.sites.model import Site
from backend.submissions.model import (
    Asked,
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

    :param late_fix: the fix that came after finalising
    :param travelled: the envelope as it came, canonical bytes
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
class Sender:
    """On whose behalf envelopes come in, for the audit."""

    actor: Actor
    request_id: str | None


@dataclass(frozen=True)
class Sent:
    """An envelope, and on whose behalf it came in."""

    envelope: Opened | Unusable
    sender: Sender


def named(header: Header | None) -> tuple[str | None, str | None]:
    """Id and hash by which an envelope names itself, as far as that could be read."""
    return (None, None) if header is None else (header.id, header.sha256)


@dataclass(frozen=True)
class Base:
    """The submission that a correction is about.

    :param corrected: the version the doctor had in hand; nothing when it never came here
    :param newest: the version that counts now
    """

    submission: Submission
    corrected: Version | None
    newest: Version


@dataclass(frozen=True)
class Facts:
    """Everything that :func:`backend.intake.decide.decide` may know about one envelope.

    :param device: whose key must have signed; nothing when no such device was ever enrolled
    :param base: of a correction; nothing when the submission is not here
    :param resident: the subject, or whom it was merged into
    :param area: the subject
    :param site: the subject, or the one it was merged into
    :param neighbours: of a site being registered: every site of its village
    :param children: newborns that a delivery notice has brought into the register before
    :param likely_same: residents that may be the one being registered
    :param likely_homes: their households, and that of the one being registered, by id
    :param situation: what scheduling reads, without this record
    :param asked: whose visits those in ``history`` are
    :param history: the standing submissions behind the situation's records, newest visit first
    :param village_found: village whose boundary holds the fix
    :param turns: whom the envelope concerns -> how often their turn had been taken when the facts
        were read
    """

    device: DeviceFacts | None
    situation: Situation
    same_id: Taken | None = None
    same_seq_id: str | None = None
    form: CompiledForm | None = None
    base: Base | None = None
    resident: Resident | None = None
    household: Household | None = None
    area: Area | None = None
    site: Site | None = None
    neighbours: tuple[Site, ...] = ()
    children: tuple[Resident, ...] = ()
    likely_same: tuple[Resident, ...] = ()
    likely_homes: Mapping[str, Household] = field(default_factory=dict)
    enrolments: tuple[Enrolment, ...] = ()
    asked: Asked = field(default_factory=Asked)
    history: tuple[Submission, ...] = ()
    village_found: str | None = None
    turns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """The server's named answer to one envelope.

    :param names_pictures: its pictures may be awaited still
    """

    id: str | None
    sha256: str | None
    status: str
    reason: str | None
    received_at: datetime
    submission_id: str | None = None
    village_code: str | None = None
    tasks: tuple[Task, ...] = ()
    violations: tuple[Mapping[str, Any], ...] = ()
    names_pictures: bool = False


@dataclass(frozen=True)
class Stored:
    """Everything that is written when a submission is taken into the record.

    :param earlier: the submission before this version; nothing for a new one
    :param doses: what the submission says about doses; they replace what it had said before
    :param moved: residents who now live in another village: their tasks go with them
    :param urgent: tasks that the township must hear of at once
    """

    submission: Submission
    version: Version
    earlier: Submission | None
    attachments: tuple[Attachment, ...] = ()
    households: tuple[Household, ...] = ()
    residents: tuple[Resident, ...] = ()
    sites: tuple[Site, ...] = ()
    pairs: tuple[DuplicateCandidate, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    doses: tuple[Dose, ...] = ()
    moved: tuple[Resident, ...] = ()
    tasks: tuple[Task, ...] = ()
    urgent: tuple[Task, ...] = ()
    family_links: tuple[FamilyLink, ...] = ()
    consents: tuple[ConsentTold, ...] = ()
    flags: tuple[QualityFlag, ...] = ()


@dataclass(frozen=True)
class IntakeDecision:
    """All that follows from one envelope. ``apply`` writes it; nothing here was written yet.

    :param taken: what is remembered of the envelope; nothing for a replay and for one whose id
        cannot be trusted
    :param quarantine: kept as it travelled
    :param unblocks: ids that held envelopes may be waiting for
    """

    receipt: Receipt
    county_code: str
    taken: Taken | None = None
    quarantine: Quarantined | None = None
    stored: Stored | None = None
    unblocks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settled:
    """A decision that is to be written.

    :param was_held: the envelope is remembered already, as held
    """

    decision: IntakeDecision
    sender: Sender
    was_held: bool = False


@dataclass(frozen=True)
class Visit:
    """When and how a submission says the visit was made."""

    on: date
    mode: str | None
    outcome: str | None
