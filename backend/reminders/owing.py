"""What residents are told of their own follow-ups: by SMS, where they agreed to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.followups import service as followups
from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.kernel.vault import Vault
from backend.reminders.model import FOLLOWUP, RESIDENT
from backend.reminders.numbers import own_number
from backend.reminders.rules import owed
from backend.reminders.rules.hours import family_window
from backend.reminders.rules.planning import told_steps
from backend.reminders.store import reminders
from backend.residents import service as residents
from backend.residents.model import ACTIVE, FOLLOWUP_SMS, ConsentTold, Resident
from backend.residents.store import family

TEMPLATES = (f"{FOLLOWUP}.soon", f"{FOLLOWUP}.now")


def has_templates(registered: Collection[str]) -> bool:
    """Whether the gateway knows what residents are told: without, nobody is planned for."""
    return all(template in registered for template in TEMPLATES)


def agreed(session: Session) -> list[str]:
    """Residents who agreed to be told of their follow-ups by SMS, by id."""
    return sorted(family.consenting(session, FOLLOWUP_SMS))


def reachable(
    session: Session, vault: Vault, resident_ids: Iterable[str]
) -> dict[str, tuple[Resident, ConsentTold, str]]:
    """Of these, who lives here, agreed and has a mobile number, with the consent and the number."""
    consents = family.standing(session, resident_ids, FOLLOWUP_SMS)
    found = {}
    for key, one in residents.by_ids(session, vault, consents).items():
        number = own_number(one, consents[key].given_by)
        if one.status == ACTIVE and one.merged_into is None and number is not None:
            found[key] = (one, consents[key], number)
    return found


def plan(
    session: Session,
    vault: Vault,
    resident_ids: Sequence[str],
    now: datetime,
    holidays: Holidays = NO_HOLIDAYS,
) -> int:
    """Plan the messages of these residents for today; how many were made.

    On the quiet days of a holiday they are planned for its last day.
    """
    today = local_date(family_window(now, holidays)[0])
    people = reachable(session, vault, resident_ids)
    tasks = followups.open_of(session, people)
    told = _told(session, people)
    plans = []
    for key, (one, consent, _number) in people.items():
        steps = owed.steps_to_tell(
            tasks.get(key, ()), told.get(key, ()), local_date(consent.at), today
        )
        if steps:
            plans.append(owed.followup(key, one.village_code, steps, now, holidays))
    return reminders.plan(session, plans, now)


def _told(session: Session, ids: Iterable[str]) -> Mapping[str, set[tuple[str, int]]]:
    told = reminders.told(session, RESIDENT, ids, FOLLOWUP)
    return {
        key: {step for message in messages for step in told_steps(message)}
        for key, messages in told.items()
    }


def stop(session: Session, resident_id: str, now: datetime) -> None:
    """No SMS about the own follow-ups any more, at once."""
    family.withdraw_consent(session, resident_id, FOLLOWUP_SMS, now)
    reminders.cancel(session, now, addressee_kind=RESIDENT, addressee_id=resident_id)


def of_number(session: Session, vault: Vault, number: str) -> list[str]:
    """Residents who agreed and whose own number in the register it is."""
    found = residents.with_phone(session, vault, number)
    return sorted(family.standing(session, found, FOLLOWUP_SMS))
