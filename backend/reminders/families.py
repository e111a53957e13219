"""What families are told of their children's doses, and whom only a doctor can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.followups import service as followups
from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.kernel.vault import Vault
from backend.reminders.holidays import closings_for
from backend.reminders.model import (
    CALL,
    FAMILY,
    FAMILY_LINK,
    SMS,
    WEB_PUSH,
    DueDose,
    ReminderPlan,
)
from backend.reminders.rules import planning
from backend.reminders.rules.hours import family_window
from backend.reminders.service import CONSENT, SMS_CONSENT, Forecast
from backend.reminders.store import addresses, reminders
from backend.residents import service as residents
from backend.residents.model import ACTIVE, Resident
from backend.residents.store import family

CALLS_AFTER_DAYS = 14
"""How long after its step a late dose is still put on the call list: an outage of the worker, or a
child that moved here, is caught up with; old arrears stay in the doctor's list of tasks."""


def reachable_children(session: Session, now: datetime) -> list[str]:
    """Children whose caregivers have a live link with a live address, or agreed to SMS, by id."""
    today = local_date(now)
    links = family.links_by_ids(session, addresses.owners(session, FAMILY_LINK))
    by_push = {link.child_id for link in links if link.is_live(today)}
    return sorted(by_push | family.consenting(session, SMS_CONSENT))


@dataclass(frozen=True)
class _Asked:
    """What is known of the children who are planned for.

    :param push: those whose caregivers agreed to be told by push
    :param agreed: since when any consent stands
    :param told: (dose, step) of what was told before
    """

    ahead: Mapping[str, Sequence[DueDose]]
    push: Collection[str]
    agreed: Mapping[str, datetime]
    told: Mapping[str, Collection[tuple[str, int]]]


def plan_families(
    session: Session,
    vault: Vault,
    child_ids: Sequence[str],
    forecast: Forecast,
    now: datetime,
    holidays: Holidays = NO_HOLIDAYS,
) -> int:
    """Plan the vaccination messages of these children; how many were made.

    Only with a standing consent, and only what was not told before. On the quiet days of a holiday
    they are planned for its last day, but where the clinic set a day inside: there a day is as any.
    """
    push = family.standing_consents(session, child_ids, CONSENT)
    sms = family.standing_consents(session, child_ids, SMS_CONSENT)
    agreed = {key: min(each[key] for each in (push, sms) if key in each) for key in {**push, **sms}}
    children = _active(session, vault, agreed)
    asked = _Asked(forecast(session, children, now), push, agreed, _told(session, agreed))
    today = local_date(family_window(now)[0])
    closed = closings_for(session, children, today, holidays)
    quiet = holidays.is_quiet(today)
    waiting = [child for child in children if quiet and child.village_code in closed]
    others = [child for child in children if not (quiet and child.village_code in closed)]
    plans = [
        *_plans(session, others, asked, now, holidays, waits=False),
        *_plans(session, waiting, asked, now, holidays, waits=True),
    ]
    return reminders.plan(session, plans, now)


def _plans(
    session: Session,
    children: Sequence[Resident],
    asked: _Asked,
    now: datetime,
    holidays: Holidays,
    *,
    waits: bool,
) -> list[ReminderPlan]:
    """:param waits: the message waits for the last day of the holiday"""
    quiet = holidays if waits else NO_HOLIDAYS
    today = local_date(family_window(now, quiet)[0])
    closings = closings_for(session, children, today, holidays)
    plans = []
    for child in children:
        closing = closings.get(child.village_code)
        there = None if closing else holidays.ahead(today)
        steps = planning.steps_to_tell(
            planning.asked_to_come(asked.ahead.get(child.id, ()), holidays, there),
            asked.told.get(child.id, ()),
            local_date(asked.agreed[child.id]),
            today,
        )
        if steps:
            plans.append(
                planning.vaccination(
                    child.id,
                    child.village_code,
                    steps,
                    now,
                    WEB_PUSH if child.id in asked.push else SMS,
                    holidays=quiet,
                    closing=closing,
                    is_open=there is not None and there.first <= today,
                )
            )
    return plans


def overdue_children(session: Session, now: datetime, after: str | None, limit: int) -> list[str]:
    """Children with a dose that is a week late, whom no message can reach: a page after an id."""
    today = local_date(now)
    latest = today - timedelta(days=planning.STEPS[2])
    earliest = today - timedelta(days=planning.STEPS[3] + CALLS_AFTER_DAYS)
    return followups.subjects_with_doses_due(session, earliest, latest, after, limit)


def plan_calls(
    session: Session,
    vault: Vault,
    child_ids: Sequence[str],
    forecast: Forecast,
    now: datetime,
) -> int:
    """Put children on the call list whom nothing but a person can reach; how many were put.

    A call of the responsible doctor is the doctor's own duty and asks for no consent to messages.
    """
    today = local_date(family_window(now)[0])
    reached = set(reachable_children(session, now))
    children = _active(session, vault, [one for one in child_ids if one not in reached])
    ahead = forecast(session, children, now)
    told = _told(session, [child.id for child in children])
    plans = []
    for child in children:
        asked_on = today - timedelta(days=CALLS_AFTER_DAYS)
        steps = planning.steps_to_tell(
            ahead.get(child.id, ()), told.get(child.id, ()), asked_on, today
        )
        late = tuple(step for step in steps if step[1] > 0)
        if late:
            plans.append(planning.vaccination(child.id, child.village_code, late, now, CALL))
    return reminders.plan(session, plans, now)


def _active(session: Session, vault: Vault, ids: Iterable[str]) -> list[Resident]:
    found = residents.by_ids(session, vault, ids).values()
    return [one for one in found if one.status == ACTIVE and one.merged_into is None]


def _told(session: Session, child_ids: Iterable[str]) -> dict[str, set[tuple[str, int]]]:
    told = reminders.told(session, FAMILY, child_ids, planning.VACCINATION)
    return {
        key: {step for message in messages for step in planning.told_steps(message)}
        for key, messages in told.items()
    }
