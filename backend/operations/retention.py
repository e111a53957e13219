"""What lies here beyond its time goes, and the audit says so (S47)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.house import House
from backend.rights import service as rights


def remove_over(house: House, now: datetime) -> tuple[int, int]:
    """Destroy the names of residents out of use that need not be kept any longer, and
    forget requests answered years ago; how many of each. Every name that goes is in the audit.
    """
    names = requests = 0
    while True:
        found = house.transact(lambda session: _remove_over(house, session, now))
        names, requests = names + len(found.sealings), requests + found.requests
        if not found.sealings:
            return names, requests


def _remove_over(house: House, session: Session, now: datetime) -> rights.Over:
    found = rights.remove_over(session, house.vault, now)
    for one in found.sealings:
        audit.record(
            session, audit.SYSTEM, "name_destroyed", "resident", one.resident_id,
            area_code=one.village_code, detail={}, now=now, request_id=None,
        )  # fmt: skip
    if found.requests:
        audit.record(
            session, audit.SYSTEM, "rights_requests_removed", "rights_request", None,
            area_code=None, detail={"count": found.requests}, now=now, request_id=None,
        )  # fmt: skip
    return found
