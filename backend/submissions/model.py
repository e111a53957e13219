"""Submissions as nouns: what travelled, what is kept, what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

STATES = ("received", "returned", "corrected", "approved", "rejected", "voided")
"""Every state (DESIGN §8)."""

STANDING = ("received", "returned", "corrected", "approved")
"""States in which a submission counts for the rules' history (DESIGN §8)."""

RECEIPT_CODES = {
    "stored": 201,
    "replayed": 200,
    "held": 202,
    "quarantined": 202,
    "conflict": 409,
    "deleted": 410,
    "invalid": 422,
    "failed": 500,
}
"""Status of a receipt -> its code (docs/decisions/0001-envelope.md)."""


@dataclass(frozen=True)
class Subject:
    """Whom or what a submission is about; ``id`` is a UUID, or an area's code."""

    kind: str
    id: str


@dataclass(frozen=True)
class Header:
    """What anybody may see of an envelope (docs/decisions/0001)."""

    id: str
    device_id: str
    seq: int
    sha256: str
    key_id: str
    signature: bytes

    def signed(self) -> bytes:
        """The bytes under the signature, which are the seal's associated data too."""
        parts = ("suifang.envelope/1", self.id, self.device_id, self.seq, self.sha256, self.key_id)
        return "\n".join(map(str, parts)).encode()


@dataclass(frozen=True)
class Content:
    """What the doctor did: the opened inside of an envelope."""

    id: str
    submission_id: str
    base_version_id: str | None
    device_id: str
    seq: int
    form_key: str
    form_version: int
    subject: Subject
    worker_id: str
    started_at: datetime
    finalised_at: datetime
    clock: Mapping[str, Any]
    fix: Mapping[str, Any] | None
    fix_state: str
    answers: Mapping[str, Any]
    confirmed: tuple[str, ...]
    attachments: tuple[Mapping[str, Any], ...]
    sitting_id: str | None
    grants: tuple[Mapping[str, Any], ...]
    evidence: Mapping[str, Any]
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class Version:
    """One version of a submission, as the server keeps it.

    :param answers: everything, private answers included; the store parts them
    :param private: names of the private fields among them
    :param seconds: from opening the form to finishing it; nothing for a correction
    """

    id: str
    submission_id: str
    no: int
    base_version_id: str | None
    form_version: int
    answers: Mapping[str, Any]
    private: frozenset[str]
    computed: Mapping[str, Any]
    violations: tuple[Mapping[str, Any], ...]
    conflicts: tuple[Mapping[str, Any], ...]
    confirmed: tuple[str, ...]
    fix: Mapping[str, Any] | None
    fix_state: str
    geotag: Mapping[str, Any]
    device_id: str
    worker_id: str
    finalised_at: datetime
    received_at: datetime
    content: bytes = field(repr=False, default=b"")
    seconds: float | None = None


@dataclass(frozen=True)
class Submission:
    """A finalised form at its newest version. ``answers`` leave private fields out."""

    id: str
    county_code: str
    township_code: str
    village_code: str
    form_key: str
    form_version: int
    service: str | None
    subject: Subject
    household_id: str | None
    worker_id: str
    device_id: str
    visit_date: date
    visit_mode: str | None
    visit_outcome: str | None
    state: str
    version_id: str
    version_no: int
    answers: Mapping[str, Any]
    flag_count: int
    priority: int
    finalised_at: datetime
    received_at: datetime
    decided_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """True while it counts for the rules' history."""
        return self.state in STANDING


@dataclass(frozen=True)
class Asked:
    """Whose history is wanted.

    :param households_since: household id -> first visit date that matters
    :param also: ids of further submissions, such as the delivery notice of a child
    """

    subject_ids: frozenset[str] = frozenset()
    households_since: Mapping[str, date] = field(default_factory=dict)
    also: frozenset[str] = frozenset()

    def wants(self, one: Submission) -> bool:
        """Whether a standing submission belongs to this history."""
        since = self.households_since.get(one.household_id or "")
        return (
            one.subject.id in self.subject_ids
            or one.id in self.also
            or (since is not None and one.visit_date >= since)
        )


@dataclass(frozen=True)
class WrittenVisit:
    """A submission with what the phone took beside the answers of its newest version.

    :param seconds: from opening the form to finishing it; nothing for a correction
    """

    submission: Submission
    fix: Mapping[str, Any] | None
    geotag: Mapping[str, Any]
    seconds: float | None


@dataclass(frozen=True)
class Doubt:
    """Flags that were raised on a version after it was stored.

    :param flags: how many
    :param weight: what they add to the priority
    """

    submission_id: str
    version_id: str
    flags: int
    weight: int


@dataclass(frozen=True)
class Taken:
    """An envelope taken before: what a replay is answered with."""

    id: str
    device_id: str
    seq: int | None
    sha256: str
    status: str
    reason: str | None
    submission_id: str | None
    summary: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True)
class Quarantined:
    """An envelope kept as it travelled, waiting for a person or for its parent."""

    id: str
    envelope_id: str | None
    sha256: str
    device_id: str | None
    account_id: str | None
    township_code: str | None
    kind: str  # quarantined, held, conflict, invalid
    reason: str
    waits_for: str | None
    state: str  # open, applied, dismissed
    received_at: datetime
    envelope: bytes = field(repr=False, default=b"")
