"""Reminders as other rooms use them: planning and cancelling inside their transactions.

Nothing here sends; :mod:`backend.reminders.dispatch` does, in the worker process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.followups import service as followups
from backend.geo.rules import county_of, township_of
from backend.kernel.clock import local_date
from backend.kernel.holidays import NO_HOLIDAYS, Holidays
from backend.kernel.vault import Vault
from backend.reminders.holidays import before_holiday, closings_for
from backend.reminders.model import (
    ACCOUNT,
    CALL,
    DIGEST,
    FAMILY,
    FAMILY_LINK,
    REACTION,
    RETURNED,
    SMS,
    URGENT,
    WEB_PUSH,
    Attempt,
    DueDose,
    Reminder,
    ReminderPlan,
    Subscription,
    Workload,
)
from backend.reminders.rules import planning
from backend.reminders.rules.endpoints import allowed_endpoint, checked_keys
from backend.reminders.rules.hours import digest_window, family_window
from backend.reminders.store import addresses, attempts, reminders
from backend.residents import service as residents
from backend.residents.model import ACTIVE, FamilyLink, Resident
from backend.residents.store import family
from backend.submissions.model import Submission
from backend.submissions.store import submissions

CONSENT = family.VACCINATION_REMINDER
SMS_CONSENT = family.VACCINATION_SMS
CALLS_AFTER_DAYS = 14
"""How long after its step a late dose is still put on the call list: an outage of the worker, or a
child that moved here, is caught up with; old arrears stay in the doctor's list of tasks."""


class Forecast(Protocol):
    """Doses still to be given, by child."""

    def __call__(
        self, session: Session, children: Sequence[Resident], now: datetime
    ) -> Mapping[str, Sequence[DueDose]]: ...


# ── what other rooms tell us ─────────────────────────────────────────────────────────────────────


def plan(session: Session, plans: Iterable[ReminderPlan], now: datetime) -> int:
    """Make the reminders that do not exist yet; how many were made."""
    return reminders.plan(session, plans, now)


def township_staff(session: Session, village_code: str) -> list[str]:
    """Accounts of the reviewers who are told of an emergency in a village."""
    above = (village_code, township_of(village_code), county_of(village_code))
    return [
        account.id
        for account in accounts.accounts_in(session, [(code, code) for code in above])
        if account.role == "reviewer" and account.disabled_at is None
    ]


def urgent(session: Session, task_id: str, village_code: str, now: datetime) -> int:
    """Tell township staff at once that a task is an emergency (E3)."""
    staff = township_staff(session, village_code)
    return plan(session, [planning.urgent(one, task_id, village_code, now) for one in staff], now)


def reaction(session: Session, reaction_id: str, village_code: str, now: datetime) -> int:
    """Tell the village's doctors and township staff at once of a reaction that cannot wait."""
    near = [
        one.id
        for one in accounts.accounts_in(session, [(village_code, village_code)])
        if one.role == "worker" and one.disabled_at is None
    ]
    told = dict.fromkeys([*near, *township_staff(session, village_code)])
    plans = [planning.reaction(one, reaction_id, village_code, now) for one in told]
    return plan(session, plans, now)


def cancel_reaction(session: Session, reaction_id: str, now: datetime) -> int:
    """A reaction was answered: whoever was not told yet is not told any more."""
    return reminders.cancel_reasons(session, [f"{REACTION}:{reaction_id}"], now)


def returned(session: Session, submission: Submission, now: datetime) -> None:
    """Tell a doctor at once that this version came back."""
    plan(
        session,
        [
            planning.returned(
                submission.worker_id,
                submission.id,
                submission.version_id,
                submission.village_code,
                now,
            )
        ],
        now,
    )


def cancel_for_tasks(session: Session, task_ids: Iterable[str], now: datetime) -> int:
    """Tasks are done or cancelled: whoever was not told of them yet is not told any more."""
    return reminders.cancel_reasons(session, [f"{URGENT}:{one}" for one in task_ids], now)


def cancel_returned(session: Session, submission_id: str, now: datetime) -> int:
    """A returned submission was corrected: whoever was not told yet is not told any more."""
    return reminders.cancel(session, now, reason=f"{RETURNED}:{submission_id}")


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


def subscribe(
    session: Session,
    vault: Vault,
    new: Subscription,
    now: datetime,
    *,
    hosts: Sequence[str],
    test_origin: str | None = None,
) -> None:
    """Keep a browser's push address.

    :raises Refusal: ``push_endpoint_refused`` (S29)
    """
    checked_keys(new.p256dh, new.auth)
    endpoint = allowed_endpoint(new.endpoint, hosts, test_origin)
    addresses.save(session, vault, replace(new, endpoint=endpoint), now)


def unsubscribe(session: Session, account_id: str, endpoint: str, now: datetime) -> bool:
    """Forget an address of an account."""
    return addresses.end(
        session, "unsubscribed", now, owner=(ACCOUNT, account_id), endpoint=endpoint
    )


def is_subscribed(session: Session, link: FamilyLink) -> bool:
    """True while a browser is reminded by way of this link."""
    return addresses.count_live(session, FAMILY_LINK, [link.id]) > 0


def consent_to_reminders(session: Session, link: FamilyLink, now: datetime) -> None:
    """A caregiver asked to be reminded (PIPL 14, 31: guardian under 14)."""
    family.give_consent(session, link.child_id, CONSENT, "guardian", now)


def unsubscribe_family(session: Session, link: FamilyLink, endpoint: str, now: datetime) -> bool:
    """Stop at once in this browser; with the last one the family's consent is withdrawn.

    :returns: whether anything changed
    """
    owner = (FAMILY_LINK, link.id)
    ended = addresses.end(session, "unsubscribed", now, owner=owner, endpoint=endpoint)
    _withdraw_if_nobody_is_left(session, link.child_id, now)
    return ended


def end_link(session: Session, link: FamilyLink, now: datetime) -> None:
    """Revoke a link and everything that hangs on it."""
    family.revoke_link(session, link.id, now)
    addresses.end(session, "link_revoked", now, owner=(FAMILY_LINK, link.id))
    _withdraw_if_nobody_is_left(session, link.child_id, now)


def _withdraw_if_nobody_is_left(session: Session, child_id: str, now: datetime) -> None:
    links = [link.id for link in family.links_of(session, [child_id])]
    if not addresses.count_live(session, FAMILY_LINK, links):
        family.withdraw_consent(session, child_id, CONSENT, now)
        _cancel_unless_agreed(session, child_id, now)


def agree_to_sms(session: Session, child_id: str, now: datetime) -> None:
    """A caregiver agreed to messages at the number in the register."""
    family.give_consent(session, child_id, SMS_CONSENT, "guardian", now)


def stop_sms(session: Session, child_id: str, now: datetime) -> None:
    """No SMS any more, at once."""
    family.withdraw_consent(session, child_id, SMS_CONSENT, now)
    _cancel_unless_agreed(session, child_id, now)


def stop_push(session: Session, child_id: str, now: datetime) -> None:
    """No message by push any more, at once, in no browser."""
    family.withdraw_consent(session, child_id, CONSENT, now)
    for link in family.links_of(session, [child_id]):
        addresses.end(session, "stopped", now, owner=(FAMILY_LINK, link.id))
    _cancel_unless_agreed(session, child_id, now)


def stop_everything(session: Session, child_id: str, now: datetime) -> None:
    """The family wants no reminders of any kind: told a doctor on the telephone."""
    stop_sms(session, child_id, now)
    stop_push(session, child_id, now)


def _cancel_unless_agreed(session: Session, child_id: str, now: datetime) -> None:
    """What is planned goes when no consent is left; with one left, its rung decides at sending."""
    standing = [
        family.standing_consents(session, [child_id], one) for one in (CONSENT, SMS_CONSENT)
    ]
    if not any(standing):
        reminders.cancel(session, now, addressee_kind=FAMILY, addressee_id=child_id)


# ── what the periodic jobs ask for ───────────────────────────────────────────────────────────────


def without_digest(session: Session, now: datetime) -> set[str]:
    """Accounts with a live address that have no digest of this morning; nobody at other times."""
    window = digest_window(now)
    if window is None:
        return set()
    day = local_date(window[0]).isoformat()
    return addresses.owners(session, ACCOUNT) - reminders.have(session, DIGEST, day)


def plan_digests(session: Session, now: datetime, holidays: Holidays = NO_HOLIDAYS) -> int:
    """Plan this morning's digests of the doctors who can be reached; how many were made.

    The counts are those of the lists on the doctor's screen.
    """
    today = local_date(now)
    waiting = without_digest(session, now)
    back = submissions.count_returned(session, waiting)
    plans = []
    for account_id in sorted(waiting):
        account = accounts.account(session, account_id)
        if account is None or account.role != "worker" or account.disabled_at or not account.areas:
            continue
        found = followups.counts(session, account.areas, today)
        work = Workload(
            found["overdue"],
            found["due"],
            back.get(account_id, 0),
            *before_holiday(session, account.areas, today, holidays),
        )
        digest = planning.digest(account_id, min(account.areas), work, now)
        if digest is not None:
            plans.append(digest)
    return reminders.plan(session, plans, now)


def reachable_children(session: Session, now: datetime) -> list[str]:
    """Children whose caregivers have a live link with a live address, or agreed to SMS, by id."""
    today = local_date(now)
    links = family.links_by_ids(session, addresses.owners(session, FAMILY_LINK))
    by_push = {link.child_id for link in links if link.is_live(today)}
    return sorted(by_push | family.consenting(session, SMS_CONSENT))


def plan_families(
    session: Session,
    vault: Vault,
    child_ids: Sequence[str],
    forecast: Forecast,
    now: datetime,
    holidays: Holidays = NO_HOLIDAYS,
) -> int:
    """Plan the vaccination messages of these children for today; how many were made.

    Only with a standing consent, and only what was not told before. On the quiet days of a holiday
    they are planned for its last day.
    """
    due_at, _until = family_window(now, holidays)
    today = local_date(due_at)
    push = family.standing_consents(session, child_ids, CONSENT)
    sms = family.standing_consents(session, child_ids, SMS_CONSENT)
    consents = {
        key: min(each[key] for each in (push, sms) if key in each) for key in {**push, **sms}
    }
    children = _active(session, vault, consents)
    ahead = forecast(session, children, now)
    told = _told(session, consents)
    closings = closings_for(session, children, today, holidays)
    plans = []
    for child in children:
        closing = closings.get(child.village_code)
        there = None if closing else holidays.ahead(today)
        steps = planning.steps_to_tell(
            planning.asked_to_come(ahead.get(child.id, ()), holidays, there),
            told.get(child.id, ()),
            local_date(consents[child.id]),
            today,
        )
        if steps:
            rung = WEB_PUSH if child.id in push else SMS
            plans.append(
                planning.vaccination(
                    child.id,
                    child.village_code,
                    steps,
                    now,
                    rung,
                    holidays=holidays,
                    closing=closing,
                )
            )
    return reminders.plan(session, plans, now)


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
    due_at, _until = family_window(now)
    today = local_date(due_at)
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


def page(
    session: Session,
    ranges: Sequence[tuple[str, str]],
    state: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Reminder]:
    """Reminders inside the code ranges, newest first.

    :param after: due instant and id of the last one that was read
    """
    return reminders.page(session, ranges, state, after, limit)


def attempts_of(session: Session, reminder_ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """Reminder -> its tries, oldest first."""
    return attempts.of(session, reminder_ids)


def expire(session: Session, now: datetime) -> int:
    """Fail what was not sent while it was worth it."""
    return reminders.expire(session, now)
