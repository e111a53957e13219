"""Opening the tasks that come with the calendar, for households that nobody has visited since.

A visit opens the tasks of its own quarter (``rules.schedule``); this is for all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.followups import service, store
from backend.followups.model import Task
from backend.followups.rules import compare, fold
from backend.followups.rules.compiled import Service
from backend.followups.rules.subjects import household_facts, record_of
from backend.kernel.clock import local_date
from backend.kernel.dates import quarter, quarter_bounds
from backend.kernel.ids import task_id
from backend.kernel.vault import Vault
from backend.programmes import service as policies
from backend.residents import service as residents
from backend.residents.model import Household
from backend.submissions.store import submissions


def without_task(session: Session, household_ids: Sequence[str], now: datetime) -> list[str]:
    """Those of the households that lack a periodic task of this quarter."""
    period = quarter(local_date(now))
    wanted = {
        task_id(household_id, each.key, period): household_id
        for each in _periodic(session)
        for household_id in household_ids
    }
    known = store.by_ids(session, wanted)
    return sorted({household for key, household in wanted.items() if key not in known})


def open_quarter(
    session: Session, vault: Vault, household_ids: Sequence[str], now: datetime
) -> int:
    """Make this quarter's tasks of these households; how many were made.

    What was visited in this quarter already is folded in, so that a task made late knows of it.
    """
    made: list[Task] = []
    households = residents.households_by_ids(session, vault, household_ids)
    for household in households.values():
        for each in _periodic(session):
            made += _tasks(session, each, household, now)
    store.save(session, made, now)
    return len(made)


def _periodic(session: Session) -> list[Service]:
    found = service.programmes(session).services.values()
    return [
        each
        for each in found
        if each.newest.periodic is not None and each.newest.subject_kind == "household"
    ]


def _tasks(session: Session, each: Service, household: Household, now: datetime) -> list[Task]:
    today = local_date(now)
    start, _end = quarter_bounds(quarter(today))
    asked = submissions.Asked(frozenset({household.id}), {household.id: start})
    history = submissions.history(session, asked)
    records = [record_of(one) for one in history if one.visit_date >= start]
    parameters = policies.overrides(session, each.newest.programme, household.village_code)
    folded = fold(each, household_facts(household, start), records, parameters, today)
    stored = store.by_ids(session, [task.id for task in folded.tasks])
    return list(compare(stored.values(), folded.tasks, now).put)
