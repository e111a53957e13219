"""What tells whether an installation is well: read for the metrics, judged by the examination."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.feed import service as feed
from backend.house import House
from backend.kernel.clock import iso, local_date, parse_instant
from backend.kernel.db import is_postgresql
from backend.reminders.store import reminders
from backend.rights import service as rights
from backend.submissions.store import quarantine, receipts

WORKER_SEEN = "worker_seen_at"
BACKUP_MADE = "backup_made_at"
"""Notes in the database: when the worker last worked, when the newest backup was whole."""


@dataclass(frozen=True)
class Measures:
    """Ages are in seconds, and nothing where there is nothing to be old.

    :param worker_age: since the worker last turned
    :param reminder_lag: how long the oldest reminder that could go has been due
    :param phones_with_gaps: phones of which a number never arrived
    :param numbers_missing: how many numbers of them
    :param held: envelopes that wait for another; ``held_age`` of the oldest
    :param quarantined: envelopes that wait for a person
    :param audit_age: of the oldest row that is not in the chain yet
    :param backup_age: since the newest backup
    :param disk_free: bytes free where the data lies, of ``disk_total``
    :param transaction_age: of the oldest open transaction; holds the phones' feed back (0003)
    :param rights_late: requests of residents about their data whose day of answer is over
    :param rules_database: whether our role may do anything to the whole database server (S38)
    """

    worker_age: float | None
    reminder_lag: float | None
    phones_with_gaps: int
    numbers_missing: int
    held: int
    held_age: float | None
    quarantined: int
    audit_age: float | None
    backup_age: float | None
    disk_free: int
    disk_total: int
    transaction_age: float | None
    rights_late: int
    rules_database: bool


def measure(house: House) -> Measures:
    """Look at everything once."""
    now = house.clock()

    def age(since: datetime | None) -> float | None:
        return None if since is None else max(0.0, (now - since).total_seconds())

    with house.read() as session:
        phones, numbers = receipts.gaps(session)
        waiting = quarantine.waiting(session)
        held, held_since = waiting.pop("held", (0, None))
        disk = shutil.disk_usage(house.settings.var)
        return Measures(
            worker_age=age(_noted(session, WORKER_SEEN)),
            reminder_lag=age(reminders.oldest_due(session, now)),
            phones_with_gaps=phones,
            numbers_missing=numbers,
            held=held,
            held_age=age(held_since),
            quarantined=sum(number for number, _ in waiting.values()),
            audit_age=age(audit.oldest_unsealed(session)),
            backup_age=age(_noted(session, BACKUP_MADE)),
            disk_free=disk.free,
            disk_total=disk.total,
            transaction_age=_transaction_age(session),
            rights_late=rights.late(session, local_date(now)),
            rules_database=_rules_database(session),
        )


def _rules_database(session: Session) -> bool:
    if not is_postgresql(session):
        return False
    asked = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    return bool(session.scalar(asked))


def note(session: Session, key: str, now: datetime) -> None:
    """Write down that something was done now."""
    feed.note(session, key, iso(now))


def _noted(session: Session, key: str) -> datetime | None:
    written = feed.noted(session, key)
    return None if written is None else parse_instant(written)


def _transaction_age(session: Session) -> float | None:
    if not is_postgresql(session):
        return None
    found = session.scalar(
        text(
            "SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    return None if found is None else float(found)
