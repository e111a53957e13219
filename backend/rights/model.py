"""What residents ask about their own data, as nouns (PIPL 44-49)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

ACCESS, COPY, CORRECTION, DELETION = "access", "copy", "correction", "deletion"
KINDS = (ACCESS, COPY, CORRECTION, DELETION)

ASKERS = ("self", "guardian", "agent", "kin")
"""The person, the guardian of a child, somebody with a written power, next of kin of the dead."""

OPEN, DONE, REFUSED = "open", "done", "refused"


@dataclass(frozen=True)
class RightsRequest:
    """Somebody asked to see, to have, to put right or to delete what is kept of a resident.

    :param asked_by: see :data:`ASKERS`; whoever takes the request has looked at their papers
    :param note: what exactly is asked, in words
    :param due_on: last day for an answer
    :param state: ``open``, ``done`` or ``refused``
    :param outcome: what was done, or why it was refused
    """

    id: str
    resident_id: str
    village_code: str
    kind: str
    asked_by: str
    note: str | None
    received_at: datetime
    due_on: date
    taken_by: str
    state: str = OPEN
    outcome: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True)
class Duty:
    """Records that the law has us keep, whatever the resident asks.

    :param what: ``doses`` or ``visits``
    :param count: how many records
    :param until: last day of the duty
    """

    what: str
    count: int
    until: date


@dataclass(frozen=True)
class Sealing:
    """A resident who was taken out of use: nothing in the register names them any more.

    :param until: last day on which their name is kept, locked; nothing once it is erased
    :param is_kept: whether the locked name is still there
    """

    resident_id: str
    village_code: str
    sealed_at: datetime
    sealed_by: str
    until: date | None
    is_kept: bool
