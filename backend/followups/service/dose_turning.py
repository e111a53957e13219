"""Doses as tasks for children about whom nothing has been sent: a newborn from the register.

A visit makes the dose tasks of its own child (``rules.scheduling``); this is for all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.followups import store
from backend.followups.model import IMMUNIZATION, SubjectFacts, Task
from backend.followups.rules import compare
from backend.followups.rules.doses import dose_tasks
from backend.geo.rules import county_of
from backend.immunization import service as immunization
from backend.kernel.clock import local_date
from backend.residents.model import RegisterLine
from backend.submissions.store import turns


def waiting(session: Session, page: Sequence[RegisterLine], now: datetime) -> list[RegisterLine]:
    """Those of a page whose stored dose tasks are not what the forecast of today asks for."""
    changed = {task.subject_id for task in _changes(session, page, now)}
    return [one for one in page if one.id in changed]


def bring(session: Session, found: Sequence[RegisterLine], now: datetime) -> int:
    """Write the dose tasks of these children as the forecast asks for them; how many."""
    turns.take(session, sorted(one.id for one in found))
    put = _changes(session, found, now)
    store.save(session, put, now)
    return len(put)


def _changes(session: Session, page: Sequence[RegisterLine], now: datetime) -> list[Task]:
    today = local_date(now)
    edition = immunization.edition_on(session, today)
    if edition is None or not page:
        return []
    plans = immunization.forecasts(session, page, today)
    stored = store.by_subjects(session, [one.id for one in page])
    put: list[Task] = []
    for one in page:
        mine = [task for task in stored[one.id] if task.service == IMMUNIZATION]
        child = SubjectFacts(
            kind="resident",
            id=one.id,
            county_code=county_of(one.village_code),
            village_code=one.village_code,
            household_id=one.household_id,
        )
        due = dose_tasks(plans[one.id], child, today, mine, f"{edition.key}/{edition.version}")
        put += compare(mine, due, now).put
    return put
