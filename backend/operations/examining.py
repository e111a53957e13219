"""``flask doctor``: what is wrong with an installation, in a sentence each.

Judged are facts that were gathered before, so every finding can be shown by a test.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.exc import DBAPIError

from backend.feed import service as feed
from backend.forms import service as forms
from backend.house import House
from backend.kernel.clock import local_date
from backend.kernel.holidays import Holidays
from backend.operations.measures import Measures, measure
from backend.schema_version import current, wanted
from backend.settings import Settings

Weight = Literal["trouble", "doubt"]

MINUTE, HOUR, DAY = 60, 3600, 86400
LOW_DISK = 0.05
CALENDAR_AHEAD = timedelta(days=21)
VERY_LOW_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """:param weight: ``trouble``: something does not work; ``doubt``: it soon may not
    :param code: of the sentence, section ``doctor`` of ``schemas/i18n``
    """

    weight: Weight
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def examine(house: House) -> list[Finding]:
    """Everything that is wrong, the worst first."""
    found = [*of_settings(house.settings), *of_folder(house.settings.var)]
    found += of_calendar(house.holidays, local_date(house.clock()))
    try:
        with house.read() as session:
            at, head = current(session), wanted(house.settings.migrations)
            if at != head:
                return _sorted([*found, Finding("trouble", "schema_old", {"at": at, "head": head})])
            try:
                feed.epoch(session)
            except LookupError:
                found.append(Finding("trouble", "never_set_up"))
            if not forms.current(session):
                found.append(Finding("trouble", "no_forms"))
        found += of_measures(measure(house))
    except DBAPIError:
        found.append(Finding("trouble", "no_database"))
    return _sorted(found)


def of_calendar(holidays: Holidays, today: date) -> list[Finding]:
    """A year without its public holidays: the State Council announces them in November."""
    year = (today + CALENDAR_AHEAD).year
    known = year in holidays.years
    return [] if known else [Finding("doubt", "holidays_unknown", {"year": year})]


def of_settings(settings: Settings) -> list[Finding]:
    """What the environment says."""
    found = []
    if settings.development:
        found.append(Finding("doubt", "development"))
    if settings.proxy_hops == 0:
        found.append(Finding("doubt", "no_proxy"))
    if settings.push_test is not None:
        found.append(Finding("trouble", "push_test"))
    if settings.contact.endswith("example.org"):
        found.append(Finding("doubt", "no_contact"))
    if settings.sms_url is None:
        found.append(Finding("doubt", "no_sms"))
    if not (settings.pwa / "capture" / "index.html").exists():
        found.append(Finding("trouble", "no_pages", {"folder": str(settings.pwa)}))
    if settings.worker_off.exists():
        found.append(Finding("doubt", "pages_withdrawn"))
    return found


def of_folder(var: Path) -> list[Finding]:
    """Who may look where names and secrets lie, and whether we may write there."""
    found = []
    for path in (var, var / "secrets", *sorted((var / "secrets").glob("[!.]*"))):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXO | stat.S_IWGRP):
            found.append(Finding("trouble", "open_to_others", {"path": str(path)}))
    if not os.access(var, os.W_OK):
        found.append(Finding("trouble", "not_writable", {"path": str(var)}))
    return found


@dataclass(frozen=True)
class Limit:
    """How old something may get: an age of :class:`Measures`, told in ``unit``."""

    age: str
    most: int
    weight: Weight
    code: str
    unit: str


LIMITS = (
    Limit("worker_age", 5 * MINUTE, "trouble", "worker_silent", "minutes"),
    Limit("reminder_lag", 15 * MINUTE, "trouble", "reminders_late", "minutes"),
    Limit("audit_age", 30 * MINUTE, "trouble", "audit_open", "minutes"),
    Limit("backup_age", 26 * HOUR, "trouble", "backup_old", "hours"),
    Limit("held_age", 7 * DAY, "doubt", "held_long", "days"),
    Limit("transaction_age", 5 * MINUTE, "doubt", "transaction_open", "minutes"),
)
_UNITS = {"minutes": MINUTE, "hours": HOUR, "days": DAY}


def of_measures(now: Measures) -> list[Finding]:
    """What the data shows."""
    found = []
    if now.worker_age is None:
        found.append(Finding("trouble", "worker_never"))
    if now.backup_age is None:
        found.append(Finding("trouble", "backup_never"))
    for limit in LIMITS:
        age = getattr(now, limit.age)
        if age is not None and age > limit.most:
            values = {limit.unit: int(age // _UNITS[limit.unit]), "number": now.held}
            found.append(Finding(limit.weight, limit.code, values))
    if now.disk_free < max(VERY_LOW_BYTES, LOW_DISK * now.disk_total):
        found.append(Finding("trouble", "disk_full", {"mb": now.disk_free // 1024**2}))
    if now.numbers_missing:
        values = {"phones": now.phones_with_gaps, "numbers": now.numbers_missing}
        found.append(Finding("doubt", "numbers_missing", values))
    if now.rights_late:
        found.append(Finding("doubt", "rights_late", {"number": now.rights_late}))
    if now.rules_database:
        found.append(Finding("doubt", "role_too_strong"))
    if now.quarantined:
        found.append(Finding("doubt", "quarantined", {"number": now.quarantined}))
    return found


def _sorted(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: one.weight != "trouble")
