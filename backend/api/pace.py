"""How often somebody may search, take files out, fetch: whoever empties a register is slowed (S32).

Nothing is counted for it: each of these is a row in the audit already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from backend.api.house import house
from backend.api.policy import Caller
from backend.audit import service as audit
from backend.kernel.errors import Refusal


@dataclass(frozen=True)
class Pace:
    """At most so many in a time [engineering]."""

    most: int
    within: timedelta


PACES = {
    # who types a name asks four times; a clerk who looks up a list all day stays below
    "residents_searched": Pace(300, timedelta(minutes=10)),
    "exported": Pace(60, timedelta(hours=1)),
    # 500 changes each: a first download of a county's largest village takes a tenth
    "synced": Pace(600, timedelta(minutes=10)),
}


def keep_pace(session: Session, caller: Caller, action: str) -> None:
    """Look whether the caller did this too often of late.

    :param action: as the audit calls it, a key of :data:`PACES`
    :raises Refusal: ``asked_too_often``
    """
    pace = PACES[action]
    since = house().clock() - pace.within
    if audit.how_often(session, caller.account_id, action, since, pace.most) >= pace.most:
        raise Refusal("asked_too_often", retry_after=int(pace.within.total_seconds()) // 4)
